//! Why something did not happen, as the phone shows it.

use domain::BookingId;
use leptos::prelude::*;
use serde::Deserialize;
use texts::{Lang, say};
use wire::{
    Problem,
    bookings::{BookingRow, refused},
};

use super::rows::Rows;
use crate::{
    context::lang,
    ui::{Notice, Tone},
};

/// Why something did not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nobody is signed in any more.
    SignedOut,
    /// The network was not there, or nobody said what became of it.
    Offline,
    /// Something else was saved under that id before, and its answer was lost: what stands there. Nothing where it is
    /// deleted since.
    Saved(Vec<BookingRow>),
    /// The server, or the rule in the browser, says why.
    Refused {
        /// The sentence.
        text: String,
        /// Each wrong field with its sentence.
        fields: Vec<(String, String)>,
    },
}

/// A problem as REST tells it.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    title: String,
    detail: String,
    #[serde(default)]
    errors: Vec<ToldField>,
}

#[derive(Deserialize)]
struct ToldField {
    field: String,
    detail: String,
}

impl Trouble {
    /// From the answer of the server.
    pub(super) fn told(status: u16, text: &str) -> Trouble {
        match (status, serde_json::from_str::<Told>(text)) {
            (401, _) => Trouble::SignedOut,
            // Whatever stands between phone and server has answered, or it took too long: it may be saved or not.
            (503, _) | (_, Err(_)) => Trouble::Offline,
            // What it is has to be asked for.
            (409, Ok(told)) if told.title == "same_id" => Trouble::Saved(Vec::new()),
            (_, Ok(told)) => Trouble::Refused {
                text: told.detail,
                fields: told.errors.into_iter().map(|error| (error.field, error.detail)).collect(),
            },
        }
    }

    /// From a problem that was found here.
    pub(super) fn of(lang: Lang, problem: &Problem) -> Trouble {
        let fields = problem.fields().iter().map(|field| (field.field.clone(), field.reason.text(lang)));
        Trouble::Refused { text: problem.text(lang), fields: fields.collect() }
    }

    /// From the rule that refuses a booking.
    pub(super) fn split(lang: Lang, error: domain::splitting::SplitError, booking: BookingId) -> Trouble {
        Trouble::of(lang, &refused(error, booking))
    }

    /// The sentence at a field.
    pub(super) fn at(&self, field: &str) -> Option<String> {
        match self {
            Trouble::Refused { fields, .. } => {
                fields.iter().find(|(found, _)| found == field).map(|(_, text)| text.clone())
            }
            Trouble::SignedOut | Trouble::Offline | Trouble::Saved(_) => None,
        }
    }

    /// Whether all of it stands at one of these fields, where it is shown.
    pub(super) fn only_at(&self, shown: &[&str]) -> bool {
        match self {
            Trouble::Refused { fields, .. } => {
                !fields.is_empty() && fields.iter().all(|(field, _)| shown.contains(&field.as_str()))
            }
            Trouble::SignedOut | Trouble::Offline | Trouble::Saved(_) => false,
        }
    }
}

/// What went wrong, and what helps. What was typed stays.
#[component]
pub(super) fn InTrouble(trouble: Trouble) -> impl IntoView {
    let lang = lang();
    match trouble {
        Trouble::SignedOut => view! {
            <p class="empty">{say::phone_signed_out(lang)}</p>
            <p><a class="button" href="/sign-in?next=/phone">{say::sign_in(lang)}</a></p>
        }
        .into_any(),
        Trouble::Offline => view! { <Notice tone=Tone::Warn><p>{say::phone_offline(lang)}</p></Notice> }.into_any(),
        Trouble::Saved(rows) if rows.is_empty() => {
            view! { <Notice tone=Tone::Warn><p>{say::phone_saved_gone(lang)}</p></Notice> }.into_any()
        }
        Trouble::Saved(rows) => view! {
            <section class="answer" data-testid="earlier">
                <Notice tone=Tone::Warn><p>{say::phone_saved_before(lang)}</p></Notice>
                <Rows rows=rows/>
            </section>
        }
        .into_any(),
        Trouble::Refused { text, .. } => view! { <Notice tone=Tone::Bad><p>{text}</p></Notice> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: a field loses its sentence, or a broken answer is taken for a refusal.
    #[test]
    fn what_the_server_refuses_stands_at_its_field() {
        let text = r#"{"type":"/problems/invalid","title":"invalid","status":422,"detail":"So nicht.",
            "errors":[{"field":"time","detail":"Zu lang.","reason":"missing"}]}"#;
        let trouble = Trouble::told(422, text);
        assert_eq!((trouble.at("time").as_deref(), trouble.at("date")), (Some("Zu lang."), None));
        assert!(trouble.only_at(&["time", "date"]) && !trouble.only_at(&["date"]));
        assert_eq!(Trouble::told(401, "{}"), Trouble::SignedOut);
        assert_eq!(Trouble::told(502, "<html>"), Trouble::Offline);
        assert_eq!(Trouble::told(503, r#"{"title":"too_slow","detail":"x"}"#), Trouble::Offline);
        let taken = r#"{"type":"/problems/same_id","title":"same_id","status":409,"detail":"Vergeben."}"#;
        assert_eq!(Trouble::told(409, taken), Trouble::Saved(Vec::new()));
        assert!(matches!(Trouble::told(409, r#"{"title":"changed","detail":"x"}"#), Trouble::Refused { .. }));
    }
}
