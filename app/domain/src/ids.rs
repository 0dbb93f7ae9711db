//! Ids: UUIDv7 newtypes that a client may create.
//!
//! Same id with the same content is the same command sent twice; same id with other content is a conflict.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// What was given is not an id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not an id: {0}")]
pub struct NotAnId(pub String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that somebody made (a client, the server's id source, the database).
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }
            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::parse_str(text.trim()).map(Self).map_err(|_| NotAnId(text.chars().take(64).collect()))
            }
        }
    )*};
}

ids! {
    /// Names a customer.
    CustomerId,
    /// Names an account: what can be drawn down.
    AccountId,
    /// Names a lot, and so the grant that created it.
    LotId,
    /// Names a draw.
    DrawId,
    /// Names a person who can sign in.
    UserId,
    /// Names an API token.
    TokenId,
    /// Names a product group.
    GroupId,
    /// Names a product sub-group.
    SubGroupId,
    /// Names an article.
    ArticleId,
    /// Names a contract type.
    ContractTypeId,
    /// Names a contract.
    ContractId,
    /// Names a claim: a billed period of a contract.
    ClaimId,
    /// Names a document.
    DocumentId,
    /// Names a line of a document.
    LineId,
    /// Names a billing run.
    RunId,
    /// Names a receipt: what came in for an invoice, or went back.
    ReceiptId,
    /// Names a bank file whose lines are assigned to invoices.
    BankFileId,
    /// Names a project.
    ProjectId,
    /// Names a template of projects.
    ProjectTemplateId,
    /// Names a mail.
    MailId,
    /// Names a task of a project.
    TaskId,
    /// Names a billing line of a project.
    BillingLineId,
    /// Names a booking of time.
    BookingId,
}
