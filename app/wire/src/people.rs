//! Who looks at a page.

use chrono::NaiveDate;
use domain::{CustomerId, Role};
use serde::{Deserialize, Serialize};
use texts::Lang;

/// The signed-in person, as pages see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name for the screen.
    pub name: String,
    /// The name to sign in with.
    pub login: String,
    /// The role.
    pub role: Role,
    /// The own company, for the role customer.
    pub customer: Option<CustomerId>,
}

/// How somebody wants the pages to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The name in the cookie and in `data-theme`.
    pub fn name(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of that name; anything else is `Auto`.
    pub fn from_name(name: &str) -> Theme {
        match name {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        }
    }
}

/// Everything a page has to know before it renders: the same on the server and in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The language.
    pub lang: Lang,
    /// The look.
    pub theme: Theme,
    /// Today in the company's time zone.
    #[serde(deserialize_with = "domain::day::read")]
    pub today: NaiveDate,
    /// The company's name.
    pub company: String,
    /// Who is signed in.
    pub person: Option<Person>,
    /// The logins of a demo company, shown on the sign-in page; empty everywhere else.
    pub demo_logins: Vec<DemoLogin>,
}

/// A login of the demo company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoLogin {
    /// The name to sign in with.
    pub login: String,
    /// The password, which is public here.
    pub password: String,
    /// The role.
    pub role: Role,
}
