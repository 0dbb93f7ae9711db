//! How often somebody may try to sign in: by address, behind proxies, by login.

use std::net::{IpAddr, SocketAddr};

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request},
};
use domain::Role;
use server::{config::Config, proxies::Proxies};

use crate::support::{Answer, Office, PASSWORD, attempt, config, renewal, request};

/// From that address.
fn at(address: &str) -> SocketAddr {
    SocketAddr::new(address.parse::<IpAddr>().expect("an address"), 50_000)
}

/// The last number of an address for documentation.
fn stranger(number: u8) -> SocketAddr {
    SocketAddr::from(([198, 51, 100, number], 50_000))
}

/// Whether the answer to a wrong password says that it came too soon; otherwise that it was wrong.
#[track_caller]
fn too_soon(answer: &Answer) -> bool {
    assert_eq!(answer.session(), None);
    let way = answer.header("location");
    let too_soon = way.starts_with("/sign-in?error=too_many_attempts&");
    assert!(too_soon || way.starts_with("/sign-in?error=wrong_credentials&"), "{answer:?}");
    too_soon
}

#[tokio::test]
async fn who_guesses_passwords_has_to_wait_and_others_do_not() {
    let office = Office::with(Config { sign_ins_per_minute: 3, ..config() }).await;
    office.session(Role::Sales, None).await;
    let here = at("192.0.2.7");
    for _ in 0..3 {
        assert!(!too_soon(&office.send_from(here, attempt("sales", "guess number")).await));
    }
    // The fourth is not even looked at, right as it is, from whichever port, and whatever a header claims.
    let answer = office.send_from(here, attempt("sales", PASSWORD)).await;
    let told = (answer.status.as_u16(), answer.header("location"));
    assert_eq!(told, (303, "/sign-in?error=too_many_attempts&login=sales&next="));
    assert_eq!(answer.session(), None);
    let mut pretending = attempt("sales", PASSWORD);
    pretending.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
    let answer = office.send_from(SocketAddr::new(here.ip(), 2), pretending).await;
    assert_eq!(answer.session(), None);
    // Renewing a session in place is an attempt like any other.
    let answer = office.send_from(here, renewal("sales", PASSWORD)).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.json()["Refused"]["refusal"]["code"], "too_many_attempts");
    assert_eq!(answer.session(), None);
    // The page itself is still there, and somebody else signs in.
    let page = request(Method::GET, "/sign-in?error=too_many_attempts", None).body(Body::empty()).expect("a request");
    assert_eq!(office.send_from(here, page).await.status, 200);
    let other = office.send_from(at("192.0.2.8"), attempt("sales", PASSWORD)).await;
    assert!(other.session().is_some());
}

/// Red when: everybody behind a proxy is one, or somebody writes into a header that he is another.
#[tokio::test]
async fn behind_a_proxy_everybody_is_counted_alone() {
    let proxies = Proxies::try_from("192.0.2.1, 10.0.0.0/8".to_owned()).expect("proxies");
    let office = Office::with(Config { sign_ins_per_minute: 1, proxies, ..config() }).await;
    let guess = |forwarded: &[&str]| -> Request<Body> {
        let mut guess = attempt("sales", "guess number");
        for value in forwarded {
            guess.headers_mut().append("x-forwarded-for", HeaderValue::from_str(value).expect("a header"));
        }
        guess
    };
    let cases: &[(&str, &[&str], bool)] = &[
        // Two clients of one proxy, each of whom may try once.
        ("192.0.2.1", &["198.51.100.1"], false),
        ("192.0.2.1", &["198.51.100.2"], false),
        ("192.0.2.1", &["198.51.100.1"], true),
        // Whatever they write themselves stands before that.
        ("192.0.2.1", &["203.0.113.1, 198.51.100.1"], true),
        ("192.0.2.1", &["203.0.113.2", "198.51.100.2"], true),
        ("192.0.2.1", &["nonsense, 198.51.100.3"], false),
        // Through two proxies.
        ("10.0.0.1", &["203.0.113.3, 198.51.100.1, 192.0.2.1"], true),
        // Somebody who is no proxy.
        ("203.0.113.9", &["198.51.100.4"], false),
        ("203.0.113.9", &["198.51.100.5"], true),
        // What cannot be read, or is not there, is the proxy itself.
        ("192.0.2.1", &["198.51.100.6, nonsense"], false),
        ("192.0.2.1", &[], true),
        ("192.0.2.1", &["198.51.100.6"], false),
    ];
    for &(peer, forwarded, expected) in cases {
        let answer = office.send_from(at(peer), guess(forwarded)).await;
        assert_eq!(too_soon(&answer), expected, "{peer} {forwarded:?}");
    }
}

/// Red when: many addresses try one login without end; when one of them shuts its person out; when what happens tells
/// whether anybody has that login.
#[tokio::test]
async fn many_addresses_do_not_try_one_login_without_end() {
    let office = Office::with(Config { sign_ins_per_login: 1, ..config() }).await;
    for role in [Role::Sales, Role::Accounting] {
        office.session(role, None).await;
    }
    let guess =
        async |from: SocketAddr, login: &str| too_soon(&office.send_from(from, attempt(login, "guess number")).await);
    let renewed = async |from: SocketAddr, login: &str, password: &str| {
        office.send_from(from, renewal(login, password)).await.status.as_u16()
    };
    for (login, otherwise_typed) in [("sales", " SALES "), ("nobody", "Nobody")] {
        assert!(!guess(stranger(1), login).await);
        // Once more is too soon for that address, and takes nothing from the others.
        for _ in 0..3 {
            assert!(guess(stranger(1), otherwise_typed).await);
        }
        assert_eq!(renewed(stranger(1), login, PASSWORD).await, 429);
        assert!(!guess(stranger(2), otherwise_typed).await);
        assert_eq!(renewed(stranger(3), login, "guess number").await, 401);
        // Three addresses have tried: now it is too soon for every other, right as the password is.
        assert!(too_soon(&office.send_from(stranger(4), attempt(login, PASSWORD)).await), "{login}");
        assert_eq!(renewed(stranger(5), login, PASSWORD).await, 429);
    }
    for from in [stranger(1), stranger(4)] {
        let other = office.send_from(from, attempt("accounting", PASSWORD)).await;
        assert!(other.session().is_some(), "another login");
    }
}

/// Red when: whoever tries a login from many addresses shuts out the person whose it is.
#[tokio::test]
async fn others_do_not_shut_out_who_has_signed_in_from_there() {
    let office = Office::with(Config { sign_ins_per_login: 3, ..config() }).await;
    office.session(Role::Sales, None).await;
    let home = at("192.0.2.7");
    let signed_in = async || office.send_from(home, attempt("sales", PASSWORD)).await.session();
    assert!(signed_in().await.is_some());
    let mut refused = false;
    for number in 1..=200 {
        refused = too_soon(&office.send_from(stranger(number), attempt("sales", "guess number")).await);
        if refused {
            break;
        }
    }
    assert!(refused, "they go on without end");
    assert!(signed_in().await.is_some());
    assert_eq!(office.send_from(home, renewal("sales", PASSWORD)).await.status, 200);
}
