//! Why a request was refused. Nothing has changed then; only [`Problem::TooSlow`] leaves that open.

use std::collections::BTreeSet;

use domain::{
    Permission,
    quota::{QuotaError, Unit},
    undo::Obstacle,
};
use serde::{Deserialize, Serialize};
use texts::{Lang, say};

use crate::{
    FieldProblem, FieldReason,
    billing::NotBilled,
    field::{field_of, quota_text},
};

/// What a request names that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    /// A customer.
    Customer,
    /// An account.
    Account,
    /// A draw.
    Draw,
    /// A lot.
    Lot,
    /// A product group or article.
    Article,
    /// A contract type.
    ContractType,
    /// A contract.
    Contract,
    /// A document.
    Document,
    /// A billing run.
    Run,
    /// A receipt.
    Receipt,
    /// A bank file.
    BankFile,
    /// A project.
    Project,
    /// A template of projects.
    ProjectTemplate,
    /// A booking.
    Booking,
    /// A mail.
    Mail,
    /// A page or address.
    Page,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Problem {
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// Name or password is wrong.
    WrongCredentials,
    /// Too many attempts to sign in.
    TooManyAttempts,
    /// The role does not allow it.
    Forbidden {
        /// What it would need.
        needs: Permission,
    },
    /// There is no such thing, or the person may not know that there is.
    NotFound {
        /// What was asked for.
        what: Noun,
    },
    /// What was sent is wrong at these fields.
    Invalid {
        /// Every wrong field.
        fields: Vec<FieldProblem>,
    },
    /// An id or idempotency key was used before with other content.
    SameId,
    /// Somebody else saved the same thing in the meantime.
    Changed,
    /// The document has a number and never changes again, or is of a kind that nobody types.
    NotADraft,
    /// Something else stands on it: the delivery note was invoiced already.
    AlreadyInvoiced,
    /// The run still bills; only what has ended is cancelled.
    RunWorking,
    /// The document cannot be deleted or cancelled.
    InTheWay {
        /// What stands in the way, at least one thing.
        obstacles: Vec<Obstacle>,
    },
    /// The draw is that of a document, which alone can take it back.
    OfDocument,
    /// The draw is that of a booking, which alone can take it back.
    OfBooking,
    /// The period was not billed.
    NotBilled {
        /// Why.
        reason: NotBilled,
    },
    /// The kernel refuses it, for a reason that belongs to no field.
    Quota {
        /// Why, with figures.
        error: QuotaError,
        /// The unit of the figures.
        unit: Unit,
    },
    /// The request cannot be read.
    Unreadable {
        /// What the reader says.
        detail: String,
        /// The field at which it stopped, where it came that far.
        fields: Vec<FieldProblem>,
    },
    /// The request is larger than any that is taken in.
    TooLarge,
    /// The address does not have the method.
    WrongMethod,
    /// A browser sends it for a page of another site.
    OtherSite,
    /// It took too long and was given up. Whether anything was saved is not known.
    TooSlow,
    /// The program failed. The log tells more under this number.
    Internal {
        /// A number that stands in the log too.
        ticket: String,
    },
}

/// A wrong field, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldText {
    /// The name of the field.
    pub field: String,
    /// The sentence for a person.
    pub text: String,
}

/// A problem in words, as a page shows it. The figures and names of the problem itself stay on the server: whoever reads
/// only sentences needs to know nothing of the errors of every rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The stable name of the problem.
    pub code: String,
    /// The sentence for a person.
    pub text: String,
    /// Every wrong field.
    pub fields: Vec<FieldText>,
}

impl Refusal {
    /// The problem in the words of that language.
    pub fn of(lang: Lang, problem: &Problem) -> Refusal {
        let fields = problem.fields().iter().map(|found| found.in_words(lang)).collect();
        Refusal { code: problem.code().to_owned(), text: problem.text(lang), fields }
    }

    /// There is nothing at this address.
    pub fn not_found(lang: Lang) -> Refusal {
        let problem = Problem::NotFound { what: Noun::Page };
        Refusal { code: problem.code().to_owned(), text: say::problem_not_found(lang).to_owned(), fields: Vec::new() }
    }

    /// The sentence at a field, if there is something wrong with it.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|found| found.field == field).map(|found| found.text.as_str())
    }
}

/// The sentence for what stands in the way of undoing a document.
pub fn obstacle_text(lang: Lang, obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::NotADraft => say::problem_not_a_draft(lang).to_owned(),
        Obstacle::NotIssued => say::obstacle_not_issued(lang).to_owned(),
        Obstacle::AlreadyCancelled => say::obstacle_already_cancelled(lang).to_owned(),
        Obstacle::Cancellation => say::obstacle_cancellation(lang).to_owned(),
        Obstacle::Resting { number: Some(number), .. } => say::obstacle_resting(lang, number),
        Obstacle::Resting { number: None, .. } => say::obstacle_resting_draft(lang).to_owned(),
    }
}

impl Problem {
    /// Wrong at one field.
    pub fn field(field: &str, reason: FieldReason) -> Problem {
        Problem::Invalid { fields: vec![FieldProblem::at(field, reason)] }
    }

    /// An error of the kernel, at its field where it has one.
    pub fn quota(error: QuotaError, unit: Unit) -> Problem {
        match field_of(&error) {
            Some(field) => Problem::field(field, FieldReason::Quota(error, unit)),
            None => Problem::Quota { error, unit },
        }
    }

    /// The stable name, for REST and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::SignedOut => "signed_out",
            Problem::WrongCredentials => "wrong_credentials",
            Problem::TooManyAttempts => "too_many_attempts",
            Problem::Forbidden { .. } => "forbidden",
            Problem::NotFound { .. } => "not_found",
            Problem::Invalid { .. } => "invalid",
            Problem::SameId => "same_id",
            Problem::Changed => "changed",
            Problem::NotADraft => "not_a_draft",
            Problem::AlreadyInvoiced => "already_invoiced",
            Problem::RunWorking => "run_working",
            Problem::InTheWay { .. } => "in_the_way",
            Problem::OfDocument => "of_document",
            Problem::OfBooking => "of_booking",
            Problem::NotBilled { .. } => "not_billed",
            Problem::Quota { .. } => "quota",
            Problem::Unreadable { .. } => "unreadable",
            Problem::TooLarge => "too_large",
            Problem::WrongMethod => "wrong_method",
            Problem::OtherSite => "other_site",
            Problem::TooSlow => "too_slow",
            Problem::Internal { .. } => "internal",
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Problem::SignedOut | Problem::WrongCredentials => 401,
            Problem::Forbidden { .. } | Problem::OtherSite => 403,
            Problem::NotFound { .. } => 404,
            Problem::WrongMethod => 405,
            Problem::SameId
            | Problem::Changed
            | Problem::NotADraft
            | Problem::AlreadyInvoiced
            | Problem::RunWorking
            | Problem::InTheWay { .. }
            | Problem::OfDocument
            | Problem::OfBooking
            | Problem::NotBilled { .. }
            | Problem::Quota { .. } => 409,
            Problem::TooLarge => 413,
            Problem::Invalid { .. } => 422,
            Problem::TooManyAttempts => 429,
            Problem::Unreadable { .. } => 400,
            Problem::Internal { .. } => 500,
            Problem::TooSlow => 503,
        }
    }

    /// The wrong fields.
    pub fn fields(&self) -> &[FieldProblem] {
        match self {
            Problem::Invalid { fields } | Problem::Unreadable { fields, .. } => fields,
            _ => &[],
        }
    }

    /// The sentence for a person.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Problem::SignedOut => say::problem_signed_out(lang).to_owned(),
            Problem::WrongCredentials => say::problem_wrong_credentials(lang).to_owned(),
            Problem::TooManyAttempts => say::problem_too_many_attempts(lang).to_owned(),
            Problem::Forbidden { .. } => say::problem_forbidden(lang).to_owned(),
            Problem::NotFound { .. } => say::problem_not_found(lang).to_owned(),
            Problem::Invalid { fields } => {
                // Wrong in two ways is still one field.
                let names: BTreeSet<_> = fields.iter().map(|found| found.field.as_str()).collect();
                match fields.as_slice() {
                    [first, ..] if names.len() == 1 => first.reason.text(lang),
                    _ => say::problem_invalid(lang, names.len()),
                }
            }
            Problem::SameId => say::problem_same_id(lang).to_owned(),
            Problem::Changed => say::problem_changed(lang).to_owned(),
            Problem::NotADraft => say::problem_not_a_draft(lang).to_owned(),
            Problem::InTheWay { obstacles } => {
                obstacles.iter().map(|obstacle| obstacle_text(lang, obstacle)).collect::<Vec<_>>().join(" ")
            }
            Problem::OfDocument => say::problem_of_document(lang).to_owned(),
            Problem::OfBooking => say::problem_of_booking(lang).to_owned(),
            Problem::AlreadyInvoiced => say::problem_already_invoiced(lang).to_owned(),
            Problem::RunWorking => say::problem_run_working(lang).to_owned(),
            Problem::NotBilled { reason } => reason.text(lang),
            Problem::Quota { error, unit } => quota_text(lang, *unit, error),
            Problem::Unreadable { detail, .. } => say::problem_unreadable(lang, detail),
            Problem::TooLarge => say::problem_too_large(lang).to_owned(),
            Problem::WrongMethod => say::problem_wrong_method(lang).to_owned(),
            Problem::OtherSite => say::problem_other_site(lang).to_owned(),
            Problem::TooSlow => say::problem_too_slow(lang).to_owned(),
            Problem::Internal { ticket } => say::problem_internal(lang, ticket),
        }
    }
}

#[cfg(test)]
mod tests {
    use texts::Lang;

    use super::Problem;
    use crate::{FieldProblem, FieldReason};

    #[test]
    fn wrong_fields_are_counted_once_each() {
        let wrong = |names: &[&str]| {
            let fields = names.iter().map(|name| FieldProblem::at(name, FieldReason::Missing)).collect();
            Problem::Invalid { fields }.text(Lang::En)
        };
        assert_eq!(wrong(&["amount"]), FieldReason::Missing.text(Lang::En));
        assert_eq!(wrong(&["amount", "amount"]), FieldReason::Missing.text(Lang::En));
        assert_eq!(wrong(&["amount", "text", "amount"]), "2 fields are not filled in correctly.");
    }
}
