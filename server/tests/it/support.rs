//! A house to ring at: the real router on a database of its own, without a network in between.

use std::net::SocketAddr;

use app::office::SignInAgain;
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{CustomerId, Role};
use http_body_util::BodyExt;
use serde_json::Value;
use server::{
    config::Config,
    proxies::Proxies,
    router::{House, router},
};
use server_fn::ServerFn;
use store::{
    Engine,
    testing::{TABLES, dump},
};
use tower::ServiceExt;
use usecases::{
    demo,
    people::{self, NewUser},
    testing::World,
};
use wire::people::DemoLogin;

/// The password of everybody here.
pub const PASSWORD: &str = "correct horse";

/// A picture that can be a logo: a PNG of one pixel, as base64.
pub const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGPgj/EFAAE2ALmJKY7JAAAAAElFTkSuQmCC";

/// A company with its router.
pub struct Office {
    /// What the use cases get, and builders for what a test is given.
    pub world: World,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }

    /// Whether the answer is a whole page. What the renderer keeps for the browser stands behind its end.
    pub fn is_whole_page(&self) -> bool {
        let Some((_, after)) = self.body.rsplit_once("</html>") else { return false };
        after.replace("<!>", "").split("</script>").all(|rest| rest.trim().is_empty() || rest.starts_with("<script"))
    }

    /// A header as text, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of text"))
    }

    /// The session's token that the answer gives to the browser.
    pub fn session(&self) -> Option<String> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter();
        let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.strip_prefix("session="));
        cookies.next().map(|rest| rest.split(';').next().unwrap_or_default().to_owned())
    }

    /// The fields of the page with their values, as a browser posts them.
    pub fn fields(&self) -> Vec<(String, String)> {
        let attribute = |element: &str, name: &str| {
            let value = element.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
            Some(value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
        };
        let fields = self.body.split("<input").skip(1).filter_map(|rest| {
            let element = rest.split('>').next()?;
            Some((attribute(element, "name")?, attribute(element, "value").unwrap_or_default()))
        });
        fields.collect()
    }

    /// The value of the first field of that name.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let found = self.fields().into_iter().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("no field {name}: {}", self.body)).1
    }

    /// A problem of RFC 9457 of that status and type.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["title"], code);
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
        problem
    }
}

/// The configuration of the tests.
pub fn config() -> Config {
    Config {
        database: String::new(),
        archive: String::new(),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        site: std::env::temp_dir().join("drawdown-tests-without-site"),
        company: "Musterhaus".to_owned(),
        time_zone: chrono_tz::Europe::Berlin,
        secure: false,
        demo: false,
        nightly_billing: false,
        sign_ins_per_minute: 10_000,
        sign_ins_per_login: 10_000,
        proxies: Proxies::default(),
    }
}

impl Office {
    /// On a fresh SQLite database.
    pub async fn new() -> Office {
        Office::with(config()).await
    }

    /// With another configuration.
    pub async fn with(config: Config) -> Office {
        Office::of(World::new(Engine::Sqlite).await, &config)
    }

    /// On a fresh database of that engine.
    pub async fn on(engine: Engine) -> Office {
        Office::of(World::new(engine).await, &config())
    }

    fn of(world: World, config: &Config) -> Office {
        Office::beginning(world, config, Vec::new())
    }

    /// With the logins that a server which starts on the database of that world shows.
    pub async fn started(world: World) -> Office {
        let logins = demo::logins(&world.env).await.expect("a read");
        Office::beginning(world, &config(), logins)
    }

    fn beginning(world: World, config: &Config, logins: Vec<DemoLogin>) -> Office {
        let router = router(House::new(world.env.clone(), config, logins), config);
        Office { world, router }
    }

    /// Sends a request as the network would, from one address.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.send_from(SocketAddr::from(([192, 0, 2, 1], 50_000)), request).await
    }

    /// Sends a request from that address.
    pub async fn send_from(&self, peer: SocketAddr, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body ends").to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            bytes: body.to_vec(),
        }
    }

    /// Fetches a page, with a session or without.
    pub async fn get(&self, path: &str, session: Option<&str>) -> Answer {
        self.send(request(Method::GET, path, session).body(Body::empty()).expect("a request")).await
    }

    /// Posts a form.
    pub async fn post(&self, path: &str, session: Option<&str>, form: &str) -> Answer {
        let request = request(Method::POST, path, session)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            // As every client says it.
            .header(header::CONTENT_LENGTH, form.len())
            .body(Body::from(form.to_owned()));
        self.send(request.expect("a request")).await
    }

    /// Posts a form as a browser without JavaScript does, from that page of ours.
    pub async fn post_plain(&self, path: &str, session: Option<&str>, from: &str, form: &str) -> Answer {
        let request = request(Method::POST, path, session)
            .header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, form.len())
            .header(header::ORIGIN, "http://drawdown.test")
            .header(header::REFERER, format!("http://drawdown.test{from}"))
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form.to_owned()));
        self.send(request.expect("a request")).await
    }

    /// Adds a user of that role and signs in as it.
    pub async fn session(&self, role: Role, customer: Option<CustomerId>) -> String {
        let login = role.name().to_owned();
        let new = NewUser { login: login.clone(), name: login.clone(), role, customer, password: PASSWORD.to_owned() };
        people::add_user(&self.world.env, new).await.expect("the user is new");
        self.signed_in(&login).await
    }

    /// Signs in once more.
    pub async fn signed_in(&self, login: &str) -> String {
        people::sign_in(&self.world.env, login, PASSWORD).await.expect("the password is right")
    }

    /// Makes a token for REST.
    pub async fn token(&self, role: Role) -> String {
        people::add_token(&self.world.env, role.name(), role).await.expect("the role may have tokens")
    }

    /// Calls REST with a token.
    pub async fn rest(&self, method: Method, path: &str, token: &str, body: &Value) -> Answer {
        self.rest_with(method, path, token, &[], body.to_string()).await
    }

    /// The same with further headers and any body.
    pub async fn rest_with(
        &self,
        method: Method,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = request(method, &format!("/api/v1{path}"), None)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).expect("a request")).await
    }

    /// Everything that the business has stored.
    pub async fn books(&self) -> Vec<String> {
        dump(&self.world.env.db, &TABLES).await
    }
}

/// A request with the cookie of a session.
pub fn request(method: Method, path: &str, session: Option<&str>) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path).header(header::HOST, "drawdown.test");
    match session {
        Some(token) => request.header(header::COOKIE, format!("session={token}")),
        None => request,
    }
}

/// What the form of the sign-in page posts.
pub fn attempt(login: &str, password: &str) -> Request<Body> {
    sign_in_at("/sign-in", login, password)
}

/// What renews a session in place.
pub fn renewal(login: &str, password: &str) -> Request<Body> {
    sign_in_at(SignInAgain::PATH, login, password)
}

fn sign_in_at(path: &str, login: &str, password: &str) -> Request<Body> {
    request(Method::POST, path, None)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form(&[("login", login), ("password", password)])))
        .expect("a request")
}

/// The address of a server function.
pub fn function(name: &str) -> &'static str {
    let mut paths = server_fn::axum::server_fn_paths().map(|(path, _)| path);
    let found = paths.find(|path| path.rsplit_once('/').is_some_and(|(_, last)| last == name));
    found.expect("a server function")
}

/// Percent-encodes everything but letters and digits.
pub fn encode(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}

/// A form as a browser posts it.
pub fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}
