//! The settings of sending mail. The password goes into the books and to the mail server, and nowhere else.

use domain::Permission;
use store::{StoreError, Tx, history, mails, settings};
use wire::{
    FieldReason, Problem,
    history::FieldChange,
    mails::{MailSettings, MailSettingsView, MailTexts, PasswordChange, Security, Smtp, Undelivered},
};

use super::Carrier;
use crate::{
    Call, Env, Refused,
    changed::{changes, note},
    settings::SUBJECT,
};

/// Under which name the history of these settings is kept.
const ID: &str = "mail";
const PASSWORD: &str = "mail_password";
const VERSION: &str = "mail_version";
/// What histories show in place of a password.
const HIDDEN: &str = "•••";

/// The settings as they are, or what is usual where nothing was ever set.
pub(crate) async fn read(tx: &mut Tx) -> Result<MailSettings, Refused> {
    let usual = MailSettings::default();
    let names: Vec<&str> = usual.fields().iter().map(|(name, _)| *name).chain([VERSION]).collect();
    let mut kept = settings::named(tx, &names).await?;
    let mut text = |name: &str| kept.remove(name).unwrap_or_default();
    let unreadable = |what, value: &str| StoreError::Unreadable { what, value: value.to_owned() };
    let number = |what, value: &str, usual: i64| {
        if value.is_empty() { Ok(usual) } else { value.parse().map_err(|_| unreadable(what, value)) }
    };
    let (port, security, texts) = (text("mail_port"), text("mail_security"), text("mail_texts"));
    let port = number("mail_port", &port, i64::from(usual.port))?;
    let texts: MailTexts = match texts.as_str() {
        "" => MailTexts::default(),
        texts => serde_json::from_str(texts).map_err(|_| unreadable("mail_texts", texts))?,
    };
    Ok(MailSettings {
        version: number("mail_version", &text(VERSION), 0)?,
        host: text("mail_host"),
        port: u16::try_from(port).map_err(|_| unreadable("mail_port", &port.to_string()))?,
        security: Security::from_name(&security).unwrap_or_default(),
        user: text("mail_user"),
        from: text("mail_from"),
        from_name: text("mail_from_name"),
        reply_to: text("mail_reply_to"),
        texts,
    })
}

/// The password for the mail server; empty while none is kept.
pub(super) async fn password(tx: &mut Tx) -> Result<String, Refused> {
    Ok(settings::get(tx, PASSWORD).await?.unwrap_or_default())
}

/// The page of these settings.
pub async fn page(env: &Env, call: &Call) -> Result<MailSettingsView, Refused> {
    call.needs(Permission::EditSettings)?;
    let mut tx = env.db.read().await?;
    let settings = read(&mut tx).await?;
    let password = !password(&mut tx).await?.is_empty();
    let history = history::list(&mut tx, SUBJECT, ID, 100).await?;
    let waiting = mails::waiting(&mut tx).await?;
    Ok(MailSettingsView {
        settings,
        password,
        waiting,
        history: history.into_iter().map(|change| env.localised(change)).collect(),
    })
}

/// Changes these settings. Refused when somebody else saved in the meantime. The same content again changes nothing and is
/// accepted. Where nobody signs in no password is kept;
/// one that was typed for another server is refused, for nobody but that server may have it.
pub async fn save(
    env: &Env,
    call: &Call,
    draft: MailSettings,
    password: PasswordChange,
) -> Result<MailSettingsView, Refused> {
    call.needs(Permission::EditSettings)?;
    let saver = env.saver(call);
    let done = env.write(call, move |tx| {
        let (draft, password, saver) = (draft.clone(), password.clone(), saver.clone());
        Box::pin(async move {
            settings::lock_version(tx).await?;
            let before = read(tx).await?;
            let mut changed = changes(Some(before.fields().to_vec()), draft.fields().to_vec());
            if !changed.is_empty() && before.version != draft.version {
                return Err(Problem::Changed.into());
            }
            let kept = self::password(tx).await?;
            let password = match password {
                _ if draft.user.is_empty() || draft.host.is_empty() => String::new(),
                PasswordChange::Kept if same_door(&before, &draft) => kept.clone(),
                PasswordChange::Kept if kept.is_empty() => String::new(),
                PasswordChange::Kept => return Err(Problem::field("password", FieldReason::Missing).into()),
                PasswordChange::New(password) => password,
            };
            if password != kept {
                let shown = |password: &str| (!password.is_empty()).then(|| HIDDEN.to_owned());
                changed.push(FieldChange { field: PASSWORD.to_owned(), before: shown(&kept), after: shown(&password) });
            }
            if changed.is_empty() {
                return Ok(());
            }
            if before.version != draft.version {
                return Err(Problem::Changed.into());
            }
            for (name, value) in draft.fields() {
                settings::put(tx, name, &value).await?;
            }
            settings::put(tx, PASSWORD, &password).await?;
            // What waits because of the settings does not wait any longer.
            mails::all_again(tx, saver.at).await?;
            settings::put(tx, VERSION, &(before.version + 1).to_string()).await?;
            note(tx, (SUBJECT, ID.to_owned()), &saver, changed).await
        })
    });
    done.await?;
    page(env, call).await
}

/// Whether the same person signs in at the same server. A kept password is for nobody else: whoever names another server
/// has to know it.
fn same_door(one: &MailSettings, other: &MailSettings) -> bool {
    (&one.host, one.port, one.security, &one.user) == (&other.host, other.port, other.security, &other.user)
}

/// Tries settings that need not be saved: goes to the server and signs in. Without a new password the kept one is used.
pub async fn test(
    env: &Env,
    call: &Call,
    carrier: &dyn Carrier,
    (draft, change): (MailSettings, PasswordChange),
) -> Result<Result<String, Undelivered>, Refused> {
    call.needs(Permission::EditSettings)?;
    let mut tx = env.db.read().await?;
    let password = match change {
        PasswordChange::New(password) => password,
        PasswordChange::Kept if same_door(&read(&mut tx).await?, &draft) => password(&mut tx).await?,
        PasswordChange::Kept => String::new(),
    };
    drop(tx);
    let Some(smtp): Option<Smtp> = draft.smtp(password) else {
        return Err(Problem::field("host", FieldReason::Missing).into());
    };
    Ok(carrier.greet(&smtp, &draft.from).await)
}
