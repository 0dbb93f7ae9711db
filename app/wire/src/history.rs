//! The history of a thing: who changed what, when.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When; shown in the company's time zone.
    pub at: DateTime<FixedOffset>,
    /// Who.
    pub by: String,
    /// The fields that changed; all of them when the thing was created.
    pub fields: Vec<FieldChange>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// What it held; none when the thing is new.
    pub before: Option<String>,
    /// What it holds.
    pub after: Option<String>,
}

/// The fields that differ, in their order; both lists name the same fields. A new thing names all that hold something.
pub fn changes<'a, B, A>(before: Option<Vec<(&'a str, B)>>, after: Vec<(&'a str, A)>) -> Vec<FieldChange>
where
    B: AsRef<str>,
    A: AsRef<str>,
{
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let change = |(place, (field, value)): (usize, &(&str, A))| {
        let was = before.as_ref().and_then(|old| old.get(place)).and_then(|(_, value)| filled(value.as_ref()));
        let is = filled(value.as_ref());
        (was != is).then(|| FieldChange { field: (*field).to_owned(), before: was, after: is })
    };
    after.iter().enumerate().filter_map(change).collect()
}

/// A form that is sent with the version of the stored thing with which it was loaded.
pub trait Versioned {
    /// That version; 0 for a new thing.
    fn version(&self) -> i64;

    /// From now on the form stands on that version: saved, it replaces what is stored then.
    fn take_over(&mut self, version: i64);
}

macro_rules! versioned {
    ($($form:ty: $($field:ident).+,)+) => {$(
        impl Versioned for $form {
            fn version(&self) -> i64 {
                self.$($field).+
            }

            fn take_over(&mut self, version: i64) {
                self.$($field).+ = version;
            }
        }
    )+};
}

// Every form of the office in which something is typed that somebody else may have saved meanwhile.
versioned! {
    crate::articles::ArticleForm: version,
    crate::articles::GroupForm: version,
    crate::bookings::BookingForm: version,
    crate::contracts::ContractForm: version,
    crate::contracts::ContractTypeForm: version,
    crate::contracts::EndForm: version,
    crate::customers::CustomerForm: version,
    crate::documents::DocumentForm: version,
    crate::mails::MailSettingsForm: version,
    crate::projects::ProjectForm: version,
    crate::projects::ProjectTemplateForm: version,
    crate::projects::WholeProjectForm: project.version,
    crate::settings::SettingsForm: version,
}
