//! The settings of sending mail: the server, the sender, the texts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use texts::{Lang, say};

use super::{MailText, MailTexts, Security, Smtp, is_address, keys, unknown_place};
use crate::{FieldProblem, FieldReason, Problem, history::Change, required, text};

/// How a way to the server is protected, in words.
pub fn security_text(lang: Lang, security: Security) -> &'static str {
    match security {
        Security::StartTls => say::mail_security_start_tls(lang),
        Security::Tls => say::mail_security_tls(lang),
        Security::None => say::mail_security_none(lang),
    }
}

/// The settings of sending mail as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MailSettingsForm {
    /// The version that was loaded; 0 before anything was saved.
    pub version: i64,
    /// The server; empty: mails wait.
    pub host: String,
    /// Its port.
    pub port: String,
    /// How the way there is protected.
    pub security: String,
    /// The name to sign in with.
    pub user: String,
    /// A new password; empty keeps the one that is kept.
    pub password: String,
    /// The address of the sender.
    pub from: String,
    /// The name of the sender; empty is that of the company.
    pub from_name: String,
    /// Where answers go; empty: to the sender.
    pub reply_to: String,
    /// The texts, by occasion and language.
    pub texts: BTreeMap<String, MailText>,
}

/// Whether the password changes.
#[derive(Clone, PartialEq, Eq)]
pub enum PasswordChange {
    /// It stays.
    Kept,
    /// It is this from now on.
    New(String),
}

/// The settings of sending mail, without the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSettings {
    /// The version, to be sent back when saving.
    pub version: i64,
    /// The server; empty: mails wait.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: Security,
    /// The name to sign in with; empty: nobody signs in.
    pub user: String,
    /// The address of the sender.
    pub from: String,
    /// The name of the sender; empty is that of the company.
    pub from_name: String,
    /// Where answers go; empty: to the sender.
    pub reply_to: String,
    /// The texts that somebody wrote.
    pub texts: MailTexts,
}

impl Default for MailSettings {
    fn default() -> MailSettings {
        MailSettings {
            version: 0,
            host: String::new(),
            port: 587,
            security: Security::StartTls,
            user: String::new(),
            from: String::new(),
            from_name: String::new(),
            reply_to: String::new(),
            texts: MailTexts::default(),
        }
    }
}

/// The page of these settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSettingsView {
    /// As they are.
    pub settings: MailSettings,
    /// Whether a password is kept. What it is nobody is told.
    pub password: bool,
    /// How many mails wait and leave as soon as there is a server.
    pub waiting: u64,
    /// The latest changes, newest first.
    pub history: Vec<Change>,
}

/// The longest text of a mail.
const MOST_BODY: usize = 4_000;
/// The longest password.
const MOST_PASSWORD: usize = 254;

impl MailSettingsForm {
    /// Turns what was typed into settings, or names every wrong field.
    pub fn check(&self) -> Result<(MailSettings, PasswordChange), Problem> {
        let mut problems = Vec::new();
        let host = text(&mut problems, "host", &self.host, 253);
        if host.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '@' | ':')) {
            problems.push(FieldProblem::at("host", FieldReason::NotOneOf));
        }
        let used = !host.is_empty();
        let settings = MailSettings {
            version: self.version,
            port: port(&mut problems, &self.port),
            security: crate::read::choice(&mut problems, "security", Security::from_name(&self.security)),
            user: text(&mut problems, "user", &self.user, 254),
            from: address(&mut problems, "from", &self.from, used),
            from_name: text(&mut problems, "from_name", &self.from_name, 120),
            reply_to: address(&mut problems, "reply_to", &self.reply_to, false),
            texts: texts(&mut problems, &self.texts),
            host,
        };
        let password = secret(&mut problems, &self.password);
        let password = if password.is_empty() { PasswordChange::Kept } else { PasswordChange::New(password) };
        if problems.is_empty() { Ok((settings, password)) } else { Err(Problem::Invalid { fields: problems }) }
    }

    /// Without the password: what goes back to the page after a refusal.
    #[must_use]
    pub fn without_password(&self) -> MailSettingsForm {
        MailSettingsForm { password: String::new(), ..self.clone() }
    }
}

/// A password as it was typed, blanks at its ends too.
fn secret(problems: &mut Vec<FieldProblem>, typed: &str) -> String {
    let found = typed.chars().count();
    if found > MOST_PASSWORD {
        problems.push(FieldProblem::at("password", FieldReason::TooLong { most: MOST_PASSWORD, found }));
    } else if typed.chars().any(char::is_control) {
        problems.push(FieldProblem::at("password", FieldReason::NotText));
    }
    typed.to_owned()
}

fn port(problems: &mut Vec<FieldProblem>, typed: &str) -> u16 {
    let typed = typed.trim();
    if typed.is_empty() {
        return MailSettings::default().port;
    }
    let read = typed.parse().ok().filter(|port| *port > 0);
    read.unwrap_or_else(|| {
        problems.push(FieldProblem::at("port", FieldReason::NotAPort));
        0
    })
}

fn address(problems: &mut Vec<FieldProblem>, field: &str, typed: &str, needed: bool) -> String {
    let read = if needed { required(problems, field, typed, 254) } else { text(problems, field, typed, 254) };
    if !read.is_empty() && !is_address(&read) {
        problems.push(FieldProblem::at(field, FieldReason::NotAnAddress));
    }
    read
}

fn texts(problems: &mut Vec<FieldProblem>, typed: &BTreeMap<String, MailText>) -> MailTexts {
    let mut found = MailTexts::default();
    for (key, ..) in keys() {
        let Some(typed) = typed.get(&key) else { continue };
        let (at_subject, at_body) = (format!("texts.{key}.subject"), format!("texts.{key}.body"));
        let subject = required(problems, &at_subject, &typed.subject, 200);
        let body = body(problems, &at_body, &typed.body);
        for (field, text) in [(at_subject, &subject), (at_body, &body)] {
            if let Some(place) = unknown_place(text) {
                problems.push(FieldProblem::at(&field, FieldReason::NoSuchPlace(place)));
            }
        }
        found.0.insert(key, MailText { subject, body });
    }
    found.own()
}

/// A text of several lines.
fn body(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> String {
    let body = typed.replace("\r\n", "\n").trim().to_owned();
    let found = body.chars().count();
    if body.is_empty() {
        problems.push(FieldProblem::at(field, FieldReason::Missing));
    } else if found > MOST_BODY {
        problems.push(FieldProblem::at(field, FieldReason::TooLong { most: MOST_BODY, found }));
    } else if body.chars().any(|c| c.is_control() && c != '\n') {
        problems.push(FieldProblem::at(field, FieldReason::NotText));
    }
    body
}

impl MailSettings {
    /// What the form shows.
    pub fn form(&self) -> MailSettingsForm {
        MailSettingsForm {
            version: self.version,
            host: self.host.clone(),
            port: self.port.to_string(),
            security: self.security.name().to_owned(),
            user: self.user.clone(),
            password: String::new(),
            from: self.from.clone(),
            from_name: self.from_name.clone(),
            reply_to: self.reply_to.clone(),
            texts: self.texts.all().0,
        }
    }

    /// The server with the password for it; none where no server is set.
    pub fn smtp(&self, password: String) -> Option<Smtp> {
        (!self.host.is_empty()).then(|| Smtp {
            host: self.host.clone(),
            port: self.port,
            security: self.security,
            user: self.user.clone(),
            password,
        })
    }

    /// Every setting by its name, as text: how it is kept and how its history names it.
    pub fn fields(&self) -> [(&'static str, String); 8] {
        let texts = if self.texts.0.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&self.texts).unwrap_or_default()
        };
        [
            ("mail_host", self.host.clone()),
            ("mail_port", self.port.to_string()),
            ("mail_security", self.security.name().to_owned()),
            ("mail_user", self.user.clone()),
            ("mail_from", self.from.clone()),
            ("mail_from_name", self.from_name.clone()),
            ("mail_reply_to", self.reply_to.clone()),
            ("mail_texts", texts),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(form: &MailSettingsForm) -> Vec<(String, FieldReason)> {
        let problem = form.check().err();
        let fields = problem.iter().flat_map(Problem::fields);
        fields.map(|problem| (problem.field.clone(), problem.reason.clone())).collect()
    }

    /// Red when: a wrong field is taken, or a right one is refused.
    #[test]
    fn every_field_is_checked() {
        let good = MailSettingsForm {
            host: "mail.example.org".to_owned(),
            from: "post@example.org".to_owned(),
            ..MailSettings::default().form()
        };
        assert_eq!(wrong(&good), []);
        let port = |port: &str| MailSettingsForm { port: port.to_owned(), ..good.clone() };
        for bad in ["0", "65536", "-1", "smtp"] {
            assert_eq!(wrong(&port(bad)), [("port".to_owned(), FieldReason::NotAPort)], "{bad}");
        }
        assert_eq!(wrong(&MailSettingsForm { from: String::new(), ..good.clone() }).len(), 1);
        let nothing = MailSettingsForm { host: String::new(), from: String::new(), ..good.clone() };
        assert_eq!(wrong(&nothing), [], "without a server nobody needs a sender");
        assert_eq!(wrong(&MailSettingsForm { host: "a b".to_owned(), ..good.clone() }).len(), 1);
        assert_eq!(wrong(&MailSettingsForm { security: "ssl3".to_owned(), ..good.clone() }).len(), 1);
        let mut texts = good.texts.clone();
        let text = MailText { subject: "Rechnung\nBcc: x@y.z".to_owned(), body: "{Nummer}".to_owned() };
        texts.insert("invoice_de".to_owned(), text);
        let found = wrong(&MailSettingsForm { texts, ..good });
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[1], ("texts.invoice_de.body".to_owned(), FieldReason::NoSuchPlace("Nummer".to_owned())));
    }

    /// Red when: a page gets the password.
    #[test]
    fn no_form_shows_a_password() {
        let smtp = MailSettings { host: "h".to_owned(), ..MailSettings::default() }.smtp("geheim".to_owned());
        assert!(!format!("{smtp:?}").contains("geheim"));
        let typed = MailSettingsForm { password: "geheim".to_owned(), ..MailSettingsForm::default() };
        assert_eq!(typed.without_password().password, "");
    }
}
