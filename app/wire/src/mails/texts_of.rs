//! What mails say: a subject and a text for each occasion and language, with places that are filled in.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use domain::{Currency, Money};
use serde::{Deserialize, Serialize};
use texts::{Lang, date, money, say};

/// On which occasion a mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// An invoice was issued.
    Invoice,
    /// An invoice of which nothing is to be paid: it was cancelled or paid before it left, or owes nothing.
    Settled,
    /// A delivery note was issued.
    DeliveryNote,
    /// A document was cancelled.
    Cancellation,
    /// An invoice is overdue, for the first time.
    Reminder,
    /// An invoice is overdue and the customer was reminded of it before.
    Dunning,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Occasion; 6] = [
        Occasion::Invoice,
        Occasion::Settled,
        Occasion::DeliveryNote,
        Occasion::Cancellation,
        Occasion::Reminder,
        Occasion::Dunning,
    ];

    /// The name in forms, in the database and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Occasion::Invoice => "invoice",
            Occasion::Settled => "settled",
            Occasion::DeliveryNote => "delivery_note",
            Occasion::Cancellation => "cancellation",
            Occasion::Reminder => "reminder",
            Occasion::Dunning => "dunning",
        }
    }

    /// The occasion of that name.
    pub fn from_name(name: &str) -> Option<Occasion> {
        Occasion::ALL.into_iter().find(|occasion| occasion.name() == name)
    }
}

/// What an occasion is called.
pub fn occasion_text(lang: Lang, occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Invoice => say::mail_occasion_invoice(lang),
        Occasion::Settled => say::mail_occasion_settled(lang),
        Occasion::DeliveryNote => say::mail_occasion_delivery_note(lang),
        Occasion::Cancellation => say::mail_occasion_cancellation(lang),
        Occasion::Reminder => say::mail_occasion_reminder(lang),
        Occasion::Dunning => say::mail_occasion_dunning(lang),
    }
}

/// The places that a text may have, each in braces.
pub const PLACES: [&str; 8] = ["number", "date", "sum", "due", "open", "times", "customer", "company"];

/// What is filled into the places of a text, ready to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filling {
    /// The number of the document.
    pub number: String,
    /// Its date.
    pub date: String,
    /// What it comes to.
    pub sum: String,
    /// The day by which it is to be paid.
    pub due: String,
    /// What of it is open.
    pub open: String,
    /// The how many-th reminder it is.
    pub times: String,
    /// The name of the customer.
    pub customer: String,
    /// The name of the company.
    pub company: String,
}

impl Filling {
    fn of(&self, place: &str) -> Option<&str> {
        Some(match place {
            "number" => &self.number,
            "date" => &self.date,
            "sum" => &self.sum,
            "due" => &self.due,
            "open" => &self.open,
            "times" => &self.times,
            "customer" => &self.customer,
            "company" => &self.company,
            _ => return None,
        })
    }

    /// The text with its places filled. What is filled in is not looked through again; braces that are no place stay.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Place(name) => match self.of(name) {
                    Some(value) => filled.push_str(value),
                    None => filled.extend(["{", name, "}"]),
                },
                Piece::Plain(plain) => filled.push_str(plain),
            }
        }
        filled
    }
}

/// What fills the places of a text while somebody writes it: an invented invoice of that day.
pub fn sample_filling(lang: Lang, company: &str, today: NaiveDate) -> Filling {
    let sum = money(lang, Money { minor: 47_599, currency: Currency::EUR });
    let due = today.checked_add_days(Days::new(14)).unwrap_or(today);
    Filling {
        number: format!("RE-{}-00042", today.year()),
        date: date(lang, today),
        sum: sum.clone(),
        due: date(lang, due),
        open: sum,
        times: "2".to_owned(),
        customer: say::mail_sample_customer(lang).to_owned(),
        company: company.to_owned(),
    }
}

enum Piece<'a> {
    Plain(&'a str),
    Place(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        found.extend([Piece::Plain(before), Piece::Place(name)]);
        rest = behind;
    }
    found.push(Piece::Plain(rest));
    found
}

/// The first thing in braces that is no place.
pub fn unknown_place(text: &str) -> Option<String> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Place(name) if !PLACES.contains(&name) => Some(name.chars().take(40).collect()),
        Piece::Place(_) | Piece::Plain(_) => None,
    })
}

/// A subject and a text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MailText {
    /// The subject.
    pub subject: String,
    /// The text; an empty line begins a new paragraph.
    pub body: String,
}

/// The texts of mails: those that somebody wrote. Where nobody did, the usual ones hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailTexts(pub BTreeMap<String, MailText>);

impl MailTexts {
    /// Under which name the text of an occasion and a language is kept and typed.
    pub fn key(occasion: Occasion, lang: Lang) -> String {
        format!("{}_{}", occasion.name(), lang.tag())
    }

    /// The text of an occasion in a language.
    pub fn of(&self, occasion: Occasion, lang: Lang) -> MailText {
        self.0.get(&MailTexts::key(occasion, lang)).cloned().unwrap_or_else(|| usual(occasion, lang))
    }

    /// All of them, also the usual ones: what a form shows.
    #[must_use]
    pub fn all(&self) -> MailTexts {
        MailTexts(keys().map(|(key, occasion, lang)| (key, self.of(occasion, lang))).collect())
    }

    /// Without those that say what is usual anyway: what is kept, so that a better usual text reaches everybody.
    #[must_use]
    pub fn own(&self) -> MailTexts {
        let own = keys().filter_map(|(key, occasion, lang)| {
            let text = self.of(occasion, lang);
            (text != usual(occasion, lang)).then_some((key, text))
        });
        MailTexts(own.collect())
    }
}

/// The name, occasion and language of every text.
pub fn keys() -> impl Iterator<Item = (String, Occasion, Lang)> {
    let each = |occasion| [Lang::De, Lang::En].map(|lang| (MailTexts::key(occasion, lang), occasion, lang));
    Occasion::ALL.into_iter().flat_map(each)
}

/// What is usual on an occasion.
pub fn usual(occasion: Occasion, lang: Lang) -> MailText {
    let [number, date, sum, due, open, times, _, company] = PLACES.map(|place| format!("{{{place}}}"));
    let (subject, body) = match occasion {
        Occasion::Invoice => (
            say::mail_invoice_subject(lang, &number, &company),
            say::mail_invoice_body(lang, &number, &date, &sum, &due, &company),
        ),
        Occasion::Settled => (
            say::mail_invoice_subject(lang, &number, &company),
            say::mail_settled_body(lang, &number, &date, &sum, &company),
        ),
        Occasion::DeliveryNote => (
            say::mail_delivery_note_subject(lang, &number, &company),
            say::mail_delivery_note_body(lang, &number, &date, &company),
        ),
        Occasion::Cancellation => (
            say::mail_cancellation_subject(lang, &number, &company),
            say::mail_cancellation_body(lang, &number, &date, &sum, &company),
        ),
        Occasion::Reminder => (
            say::mail_reminder_subject(lang, &number),
            say::mail_reminder_body(lang, &number, &date, &open, &due, &company),
        ),
        Occasion::Dunning => (
            say::mail_dunning_subject(lang, &times, &number),
            say::mail_dunning_body(lang, &number, &date, &due, &open, &company),
        ),
    };
    MailText { subject, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: what is filled in is looked through again, or braces that are no place vanish.
    #[test]
    fn places_are_filled_once() {
        let filling = Filling { number: "{company}".to_owned(), company: "Alpha".to_owned(), ..Filling::default() };
        assert_eq!(filling.fill("{number} {company} {nobody} {open"), "{company} Alpha {nobody} {open");
        assert_eq!(filling.fill("}{}{number}"), "}{}{company}");
        assert_eq!(unknown_place("{number} {Nummer}"), Some("Nummer".to_owned()));
        assert_eq!(unknown_place("{number} {open"), None);
    }

    /// Red when: a usual text has a place that nobody fills, or what says just that is kept as an own one.
    #[test]
    fn what_is_usual_is_no_text_of_its_own() {
        for (key, occasion, lang) in keys() {
            let MailText { subject, body } = usual(occasion, lang);
            assert_eq!((unknown_place(&subject), unknown_place(&body)), (None, None), "{key}");
            assert!(subject.contains("{number}") && body.contains("{number}"), "{key}");
        }
        let mut all = MailTexts::default().all();
        assert_eq!((all.0.len(), all.own()), (12, MailTexts::default()));
        let own = MailText { subject: "Post".to_owned(), body: "Hallo".to_owned() };
        all.0.insert("invoice_de".to_owned(), own.clone());
        assert_eq!(all.own().0.into_iter().collect::<Vec<_>>(), [("invoice_de".to_owned(), own)]);
    }
}
