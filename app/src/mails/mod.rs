//! Mails: what left the house for whom, sending, deciding about what has not left, and the settings of it.

mod calls;
mod section;
mod settings;
mod texts_of;
mod today;

pub use calls::{
    DecideMail, DropMails, LoadMailSettings, LoadMails, RetryMails, SaveMailSettings, SendMail, TestMailServer,
};
pub(crate) use section::Mails;
pub use settings::MailSettingsPage;
pub(crate) use today::NotLeft;
