//! The server functions of mails.

use domain::DocumentId;
use leptos::prelude::*;
use wire::mails::{DecideForm, MailSettingsForm, MailSettingsView, MailsView, SendForm, Undelivered};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::call::server::{refused, refused_form, see_other, session};

/// The mails of a document.
#[server]
pub async fn load_mails(document: DocumentId) -> Result<MailsView, CallError> {
    let (env, call) = session()?;
    usecases::mails::of(&env, &call, document).await.map_err(refused)
}

/// Sends the paper of a document, or a reminder.
#[server]
pub async fn send_mail(form: SendForm) -> Result<MailsView, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let view = usecases::mails::send(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/documents/{}", view.row.id));
    Ok(view)
}

/// Has a mail that has not left tried again, or says that it need not leave.
#[server]
pub async fn decide_mail(form: DecideForm) -> Result<MailsView, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let view = usecases::mails::decide(&env, &call, draft).await.map_err(refused_form(&form))?;
    if form.from == "today" {
        see_other("/today");
    } else {
        see_other(&format!("/documents/{}", view.row.id));
    }
    Ok(view)
}

/// Has everything that waits for another attempt tried at once.
#[server]
pub async fn retry_mails() -> Result<u64, CallError> {
    let (env, call) = session()?;
    let mails = usecases::mails::retry_all(&env, &call).await.map_err(refused)?;
    see_other("/today");
    Ok(mails)
}

/// Says of everything that waits that it need not leave.
#[server]
pub async fn drop_mails() -> Result<u64, CallError> {
    let (env, call) = session()?;
    let mails = usecases::mails::drop_all(&env, &call).await.map_err(refused)?;
    see_other("/today");
    Ok(mails)
}

/// The settings of sending mail.
#[server]
pub async fn load_mail_settings() -> Result<MailSettingsView, CallError> {
    let (env, call) = session()?;
    usecases::mails::page(&env, &call).await.map_err(refused)
}

/// Changes the settings of sending mail. What comes back never holds the password.
#[server]
pub async fn save_mail_settings(form: MailSettingsForm) -> Result<MailSettingsView, CallError> {
    let (env, call) = session()?;
    let shown = brought_back(&form);
    let (draft, password) = form.check().map_err(|problem| refused_form(&shown)(problem.into()))?;
    let view = usecases::mails::save(&env, &call, draft, password).await.map_err(refused_form(&shown))?;
    see_other("/settings/mail");
    Ok(view)
}

/// What of a form comes back to the page: not the password, and of the texts those that somebody wrote, for all of them would
/// be too long for an address.
#[cfg(feature = "ssr")]
fn brought_back(form: &MailSettingsForm) -> MailSettingsForm {
    let form = form.without_password();
    MailSettingsForm { texts: wire::mails::MailTexts(form.texts.clone()).own().0, ..form }
}

/// Tries settings that need not be saved.
#[server]
pub async fn test_mail_server(form: MailSettingsForm) -> Result<Result<String, Undelivered>, CallError> {
    let (env, call) = session()?;
    let shown = form.without_password();
    let asked = form.check().map_err(|problem| refused_form(&shown)(problem.into()))?;
    let carrier = expect_context::<usecases::mails::SharedCarrier>();
    usecases::mails::test(&env, &call, carrier.as_ref(), asked).await.map_err(refused_form(&shown))
}
