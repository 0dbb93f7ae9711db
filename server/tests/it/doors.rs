//! Signing in and out.

use domain::Role;
use server_fn::ServerFn;
use store::Engine;
use texts::{Lang, say};
use usecases::{
    people::{self, NewUser},
    testing::World,
};

use crate::support::{Office, PASSWORD, attempt, config, encode, form};

#[tokio::test]
async fn signing_in_gives_a_new_session_and_ends_the_old_one() {
    let office = Office::new().await;
    let old = office.session(Role::Accounting, None).await;
    assert_eq!(office.get("/customers", Some(&old)).await.status, 200);
    let answer = office.post("/sign-in", Some(&old), &form(&[("login", "accounting"), ("password", PASSWORD)])).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"));
    let new = answer.session().expect("a session");
    assert_ne!(new, old);
    assert!(new.len() >= 43, "256 bits");
    assert_eq!(office.get("/customers", Some(&new)).await.status, 200);
    let turned_away = office.get("/customers", Some(&old)).await;
    assert_eq!((turned_away.status.as_u16(), turned_away.header("location")), (303, "/sign-in?next=/customers"));
}

/// Red when: a page of the office is not among those that ask who is there.
#[tokio::test]
async fn pages_send_whoever_is_not_there_to_sign_in() {
    let office = Office::new().await;
    for page in ["/open-items", "/receipts/import", "/lapses", "/documents/bulk", "/bookings/week"] {
        let turned_away = office.get(page, None).await;
        let told = (turned_away.status.as_u16(), turned_away.header("location").to_owned());
        assert_eq!(told, (303, format!("/sign-in?next={page}")));
    }
}

/// Red when: what a link filters by is gone after signing in, or another site can be put into the way back.
#[tokio::test]
async fn after_signing_in_the_whole_address_is_there_again() {
    let office = Office::new().await;
    office.session(Role::Sales, None).await;
    for address in [
        "/customers?q=a",
        "/customers?q=M%C3%BCller%20%26%20S%C3%B6hne&sort=city&desc=1",
        "/documents?q=100%25+%2B1&open=1",
        "/accounts/0198f2f0-0000-7000-8000-00000000000a?from=2026-01-01&to=2026-03-31",
        "/customers?q=//evil.example",
        "/customers/%F0%9F%92%A9?next=/x",
    ] {
        let turned_away = office.get(address, None).await;
        let way = turned_away.header("location").to_owned();
        let path = address.split('?').next().expect("a path").replace('%', "%25");
        assert!(way.starts_with(&format!("/sign-in?next={path}")), "{way}");
        assert_eq!(way.matches(['?', '&', '+', '#']).count(), 1, "{way}");
        for wrong in [true, false] {
            // As the form of the page posts it, also after a wrong password.
            let next = office.get(&way, None).await.field("next");
            assert_eq!(next, address, "{way}");
            let password = if wrong { "wrong password" } else { PASSWORD };
            let body = form(&[("login", "sales"), ("password", password), ("next", &next)]);
            let answer = office.post("/sign-in", None, &body).await;
            if wrong {
                let back = office.get(answer.header("location"), None).await;
                assert_eq!(back.field("next"), address);
            } else {
                assert_eq!(answer.header("location"), address);
            }
        }
    }
    // What is too long to be carried leads to the page at least.
    let long = format!("/customers?q={}", "a".repeat(9000));
    assert_eq!(office.get(&long, None).await.header("location"), "/sign-in?next=/customers");
}

/// Red when: a file or paper that somebody has a link to leads to the list without its filters, or anywhere else.
#[tokio::test]
async fn who_asks_for_a_file_without_a_session_is_led_to_its_page() {
    let office = Office::new().await;
    let way = async |path: &str| office.get(path, None).await.header("location").to_owned();
    assert_eq!(way("/customers/export.csv?q=a%26b").await, "/sign-in?next=/customers%3Fq%3Da%2526b");
    assert_eq!(way("/documents/%2F%0D%0Ax/paper.pdf").await, "/sign-in?next=/");
}

#[tokio::test]
async fn a_refused_name_comes_back_as_it_was_typed() {
    let office = Office::new().await;
    for login in ["anna.brandt", "anna+test@a-b.example", "Jörg 100% & \"mehr\"", "a\r\nSet-Cookie: a=b"] {
        let answer = office.send(attempt(login, "wrong password")).await;
        assert_eq!((answer.status.as_u16(), answer.session()), (303, None), "{login}");
        let page = office.get(answer.header("location"), None).await;
        assert_eq!(page.field("login"), login);
    }
    let long = office.send(attempt(&"ä".repeat(5000), "wrong password")).await;
    assert!(long.header("location").len() < 600, "{}", long.header("location").len());
}

/// Red when: somebody is told that the password is wrong, and it is the database that does not answer.
#[tokio::test]
async fn a_failure_is_not_called_a_wrong_password() {
    let office = Office::new().await;
    office.session(Role::Sales, None).await;
    office.world.env.db.close().await;
    let answer = office.send(attempt("sales", PASSWORD)).await;
    let way = answer.header("location").to_owned();
    let ticket = way.strip_prefix("/sign-in?error=internal&ticket=").and_then(|rest| rest.split('&').next());
    let ticket = ticket.unwrap_or_else(|| panic!("{way}"));
    assert!(way.ends_with("&login=sales&next="), "{way}");
    let page = office.get(&way, None).await.body;
    assert!(page.contains(&say::problem_internal(Lang::De, ticket)), "{page}");
    assert!(!page.contains(say::problem_wrong_credentials(Lang::De)));
    // What somebody else wrote into the address is not said.
    let page = office.get("/sign-in?error=internal&ticket=Call%20me", None).await.body;
    assert!(!page.contains("Call me") && !page.contains("notice-bad"), "{page}");
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let office = Office::new().await;
    let session = office.session(Role::Sales, None).await;
    let answer = office.post("/sign-out", Some(&session), "").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/sign-in"));
    assert_eq!(answer.session().as_deref(), Some(""));
    assert_eq!(office.get("/customers", Some(&session)).await.status, 303);
}

#[tokio::test]
async fn a_session_is_a_cookie_that_no_script_and_no_other_site_can_use() {
    let office = Office::new().await;
    office.session(Role::Sales, None).await;
    let answer = office.send(attempt("sales", PASSWORD)).await;
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let office = Office::with(server::config::Config { secure: true, ..config() }).await;
    office.session(Role::Sales, None).await;
    let cookie = office.send(attempt("sales", PASSWORD)).await.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("__Host-session=") && cookie.contains("Secure") && !cookie.contains("Domain"),
        "{cookie}"
    );
}

#[tokio::test]
async fn wrong_name_and_wrong_password_look_the_same() {
    let office = Office::new().await;
    office.session(Role::Sales, None).await;
    let mut seen = Vec::new();
    for (login, password) in [("sales", "wrong password"), ("nobody", PASSWORD), ("sales", ""), ("", "")] {
        let answer = office.send(attempt(login, password)).await;
        assert_eq!(answer.session(), None);
        assert_eq!(answer.status, 303);
        seen.push(answer.header("location").replace(&format!("login={login}"), "login="));
    }
    seen.dedup();
    assert_eq!(seen, ["/sign-in?error=wrong_credentials&login=&next="]);
}

#[tokio::test]
async fn after_signing_in_nobody_is_led_to_another_site() {
    let office = Office::new().await;
    office.session(Role::Sales, None).await;
    let next = async |next: &str, password: &str| {
        let body = form(&[("login", "sales"), ("password", password), ("next", next)]);
        office.post("/sign-in", None, &body).await.header("location").to_owned()
    };
    assert_eq!(next("/customers?q=a", PASSWORD).await, "/customers?q=a");
    for evil in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie: a=b\r\nSet-Cookie: c=d",
        " //evil.example",
        "/ü",
    ] {
        let led = next(evil, PASSWORD).await;
        assert_eq!(led, "/", "{evil}");
        let led = next(evil, "wrong password").await;
        assert!(led.starts_with("/sign-in?error=wrong_credentials"), "{evil}: {led}");
    }
    // The page of the form takes it from the address: it is kept as a word, not as a link.
    let page = office.get(&format!("/sign-in?next={}", encode("//evil.example\"><b>")), None).await;
    assert!(!page.body.contains("\"><b>") && !page.body.contains("href=\"//evil"), "{}", page.body);
}

/// Red when: a company whose people are called as those of the demo shows its visitors how they sign in.
#[tokio::test]
async fn only_a_demo_company_shows_its_logins() {
    let shows = async |world: World| {
        let office = Office::started(world).await;
        let page = office.get("/sign-in", None).await;
        assert_eq!(page.status, 200);
        ["demo-login", "&quot;login&quot;", say::demo_title(Lang::De)].map(|word| page.body.contains(word))
    };
    let world = World::new(Engine::Sqlite).await;
    assert_eq!(shows(world).await, [false; 3], "an empty database");
    let world = World::new(Engine::Sqlite).await;
    let company = world.customer("Alpha GmbH").await;
    for role in Role::ALL {
        let (login, name) = (role.name().replace('_', ""), role.name().to_owned());
        let customer = (role == Role::Customer).then_some(company);
        let new = NewUser { login, name, role, customer, password: "drawdown".to_owned() };
        people::add_user(&world.env, new).await.expect("the user is new");
    }
    assert_eq!(shows(world).await, [false; 3], "a company of its own");
}

#[tokio::test]
async fn a_session_is_renewed_in_place() {
    let office = Office::new().await;
    let old = office.session(Role::Sales, None).await;
    let path = app::office::SignInAgain::PATH;
    let wrong = office.post(path, Some(&old), &form(&[("login", "sales"), ("password", "wrong password")])).await;
    assert_eq!((wrong.status.as_u16(), wrong.session()), (401, None));
    assert!(!wrong.body.contains("wrong password"), "a secret comes back: {}", wrong.body);
    let right = office.post(path, Some(&old), &form(&[("login", "sales"), ("password", PASSWORD)])).await;
    assert_eq!(right.status, 200);
    let new = right.session().expect("a session");
    assert_ne!(new, old);
    assert_eq!(office.get("/customers", Some(&new)).await.status, 200);
}

#[tokio::test]
async fn everybody_begins_where_the_role_works() {
    let office = Office::new().await;
    let company = office.world.customer("Alpha GmbH").await;
    assert_eq!(office.get("/", None).await.header("location"), "/sign-in");
    for role in Role::ALL {
        let session = office.session(role, (role == Role::Customer).then_some(company)).await;
        let home = match role {
            Role::Customer => "/portal",
            Role::Payments => "/sign-in",
            Role::Staff => "/customers",
            _ => "/today",
        };
        assert_eq!(office.get("/", Some(&session)).await.header("location"), home, "{role:?}");
        assert_eq!(office.get(home, Some(&session)).await.status, 200, "{role:?}");
    }
}
