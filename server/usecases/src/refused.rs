//! Why a use case did not happen.

use domain::quota::{QuotaError, Unit};
use store::{StoreError, Transient};
use thiserror::Error;
use wire::{Noun, Problem};

/// Why a use case did not happen. Nothing has changed then.
#[derive(Debug, Error)]
pub enum Refused {
    /// For a reason that a person is told.
    #[error("refused: {}", .0.code())]
    Problem(Problem),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Refused {
        Refused::Problem(problem)
    }
}

impl Transient for Refused {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Refused::Store(error) => Some(error),
            Refused::Problem(_) => None,
        }
    }
}

impl Refused {
    /// There is no such thing, or the person may not know that there is.
    pub(crate) fn not_found(what: Noun) -> Refused {
        Refused::Problem(Problem::NotFound { what })
    }

    /// The kernel refuses; its figures are in that unit.
    pub(crate) fn quota(unit: Unit) -> impl Fn(QuotaError) -> Refused {
        move |error| Refused::Problem(Problem::quota(error, unit))
    }

    /// What a person is told. A failure of the database is logged under a number and told by that number only.
    pub fn into_problem(self, ticket: impl FnOnce() -> String) -> Problem {
        match self {
            Refused::Problem(problem) => problem,
            Refused::Store(error) => {
                let ticket = ticket();
                tracing::error!(%error, %ticket, "use case failed");
                Problem::Internal { ticket }
            }
        }
    }
}
