//! Makes a mail of a letter, and hands it to a mail server.
//!
//! *Invariants.* The same mail is the same bytes: the only date is the mail's, ids and boundaries are made of its id.
//! What people typed is shown and never read as markup, as a header or as a place to be filled in. A mail counts as not
//! sent only if the server cannot have taken it; whether it has is never guessed. No password is in any text that comes
//! out.
//!
//! *Boundaries.* Knows no database and no clock, and tries everything once: who tries again, and when, is decided
//! elsewhere.

mod address;
mod clean;
mod deliver;
mod failure;
mod html;
mod message;
mod session;
mod text;

pub use deliver::{deliver, deliver_within, greet, greet_within};
pub use html::html;
pub use message::message;
pub use session::Patience;
pub use text::text;
