//! The settings of the company: what they are, changing them, who changed them.
//!
//! *Invariants.* Each change begins a new version. What was issued with the version before keeps the letterhead of that
//! time, with its logo, which is kept in the same transaction.

use std::{str::FromStr, sync::Arc};

use chrono_tz::{TZ_VARIANTS, Tz};
use domain::{Permission, Seconds, VatRate, documents::NumberPattern};
use store::{StoreError, Tx, history, papers, settings};
use wire::{
    FieldReason, Noun, Problem,
    history::FieldChange,
    paper::Logo,
    settings::{LOGO, Letters, LogoDraft, LogoFault, Sender, Settings, SettingsView},
};

use crate::{
    Call, Env, Refused,
    changed::{changes, note},
    papers::at_the_press,
};

pub(crate) const SUBJECT: &str = "settings";
pub(crate) const ID: &str = "company";

/// Tries whether a picture can be printed as a logo, and says in its own words why not. Takes a while and keeps a core
/// busy.
pub type LogoChecker = Arc<dyn Fn(&Logo) -> Result<(), String> + Send + Sync>;

/// The settings page.
pub async fn page(env: &Env, call: &Call) -> Result<SettingsView, Refused> {
    call.needs(Permission::EditSettings)?;
    let mut tx = env.db.read().await?;
    let settings = read(env, &mut tx).await?;
    let logo = kept_logo(&mut tx).await?.map(|logo| logo.info());
    let history = history::list(&mut tx, SUBJECT, ID, 100).await?;
    Ok(SettingsView {
        settings,
        zones: TZ_VARIANTS.iter().map(|zone| zone.name().to_owned()).collect(),
        logo,
        history: history.into_iter().map(|change| env.localised(change)).collect(),
    })
}

/// The settings as they are, or what is usual where nothing was ever set.
pub(crate) async fn read(env: &Env, tx: &mut Tx) -> Result<Settings, Refused> {
    let usual = usual(env);
    let names: Vec<&str> = usual.fields().iter().map(|(name, _)| *name).chain(["version"]).collect();
    let mut kept = settings::named(tx, &names).await?;
    let mut text = |name: &str, usual: String| kept.remove(name).unwrap_or(usual);
    let version = text("version", "0".to_owned());
    let rates = text("vat_rates", "19 7 0".to_owned());
    let hours = text("hours_per_day", usual.hours_per_day.0.to_string());
    let closed = text(settings::BOOKS_CLOSED_UNTIL, String::new());
    Ok(Settings {
        version: known("version", &version)?,
        company: text("company", usual.company),
        street: text("street", usual.street),
        postcode: text("postcode", usual.postcode),
        city: text("city", usual.city),
        vat_id: text("vat_id", usual.vat_id),
        vat_rates: rates
            .split(' ')
            .filter(|rate| !rate.is_empty())
            .map(|rate| known("vat_rates", rate))
            .collect::<Result<_, _>>()?,
        hours_per_day: Seconds(known("hours_per_day", &hours)?),
        books_closed_until: if closed.is_empty() { None } else { Some(known(settings::BOOKS_CLOSED_UNTIL, &closed)?) },
        time_zone: text("time_zone", usual.time_zone),
        contract_numbers: known("contract_numbers", &text("contract_numbers", usual.contract_numbers.to_string()))?,
        invoice_numbers: known("invoice_numbers", &text("invoice_numbers", usual.invoice_numbers.to_string()))?,
        delivery_note_numbers: known(
            "delivery_note_numbers",
            &text("delivery_note_numbers", usual.delivery_note_numbers.to_string()),
        )?,
        cancellation_numbers: known(
            "cancellation_numbers",
            &text("cancellation_numbers", usual.cancellation_numbers.to_string()),
        )?,
        project_numbers: known("project_numbers", &text("project_numbers", usual.project_numbers.to_string()))?,
        splitting: text("splitting", "on".to_owned()) != "off",
        letters: Letters {
            tax_id: text("tax_id", String::new()),
            phone: text("phone", String::new()),
            email: text("email", String::new()),
            web: text("web", String::new()),
            legal: text("legal", String::new()),
            bank: text("bank", String::new()),
            iban: text("iban", String::new()),
            bic: text("bic", String::new()),
            accent: text("accent", String::new()),
            zero_rate_reason: text("zero_rate_reason", String::new()),
            closing: text("closing", String::new()),
        },
    })
}

/// What holds as long as nobody has set anything else: German rates, eight hours a day, no closed books, bookings that
/// may be split.
fn usual(env: &Env) -> Settings {
    Settings {
        version: 0,
        company: env.company(),
        street: String::new(),
        postcode: String::new(),
        city: String::new(),
        vat_id: String::new(),
        vat_rates: Vec::<VatRate>::new(),
        hours_per_day: Seconds(8 * Seconds::HOUR.0),
        books_closed_until: None,
        time_zone: env.zone().name().to_owned(),
        contract_numbers: NumberPattern::of_contracts(),
        invoice_numbers: NumberPattern::of_invoices(),
        delivery_note_numbers: NumberPattern::of_delivery_notes(),
        cancellation_numbers: NumberPattern::of_cancellations(),
        project_numbers: NumberPattern::of_projects(),
        splitting: true,
        letters: Letters::default(),
    }
}

fn known<T: FromStr>(what: &'static str, value: &str) -> Result<T, Refused> {
    value.parse().map_err(|_| StoreError::Unreadable { what, value: value.to_owned() }.into())
}

/// Takes name and time zone of the company from the settings. Called when the program starts, after a change, and now
/// and then, because another process may have changed them.
pub async fn take_over(env: &Env) -> Result<(), Refused> {
    let now = read(env, &mut env.db.read().await?).await?;
    if let Ok(zone) = Tz::from_str(&now.time_zone) {
        env.set_company(now.company, zone);
    }
    Ok(())
}

/// Changes the settings. Refused when there is no such time zone, or when somebody else saved in the meantime. The
/// same content again changes nothing and is accepted.
pub async fn save(env: &Env, call: &Call, draft: Settings) -> Result<SettingsView, Refused> {
    call.needs(Permission::EditSettings)?;
    if Tz::from_str(&draft.time_zone).is_err() {
        return Err(Problem::field("time_zone", FieldReason::NotAZone).into());
    }
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.write(call, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move {
            let version = settings::lock_version(tx).await?;
            let before = read(&env, tx).await?;
            let changed = changes(Some(before.fields()), draft.fields());
            if changed.is_empty() {
                return Ok(());
            }
            if version != draft.version {
                return Err(Problem::Changed.into());
            }
            next_version(tx, version, &before).await?;
            for (name, value) in draft.fields() {
                settings::put(tx, name, &value).await?;
            }
            note(tx, (SUBJECT, ID.to_owned()), &saver, changed).await
        })
    });
    done.await?;
    take_over(env).await?;
    page(env, call).await
}

/// Begins the next version: what was issued until now keeps the letterhead of its time. The version is locked.
async fn next_version(tx: &mut Tx, version: i64, before: &Settings) -> Result<(), Refused> {
    let sender = with_logo(tx, before.sender()).await?;
    papers::keep_sender(tx, version, &sender).await?;
    Ok(settings::put(tx, "version", &(version + 1).to_string()).await?)
}

/// Who sends what is issued now.
pub(crate) async fn sender(env: &Env, tx: &mut Tx) -> Result<Sender, Refused> {
    let sender = read(env, tx).await?.sender();
    with_logo(tx, sender).await
}

async fn with_logo(tx: &mut Tx, mut sender: Sender) -> Result<Sender, Refused> {
    sender.letterhead.logo = kept_logo(tx).await?;
    Ok(sender)
}

/// The logo is long: only who needs a letterhead reads it.
async fn kept_logo(tx: &mut Tx) -> Result<Option<Logo>, Refused> {
    let kept = settings::get(tx, LOGO).await?.filter(|kept| !kept.is_empty());
    let unreadable = |_| Refused::Store(StoreError::Unreadable { what: LOGO, value: "not a picture".to_owned() });
    kept.map(|kept| serde_json::from_str(&kept).map_err(unreadable)).transpose()
}

/// The logo as it is on letters, to be looked at.
pub async fn logo(env: &Env, call: &Call) -> Result<Logo, Refused> {
    call.needs(Permission::EditSettings)?;
    kept_logo(&mut env.db.read().await?).await?.ok_or_else(|| Refused::not_found(Noun::Page))
}

/// Changes the logo or takes it away: a new version of the settings. Refused when the file is too large, is no picture
/// or cannot be printed, or when somebody else saved in the meantime. The same logo again changes nothing and is accepted.
pub async fn save_logo(
    env: &Env,
    call: &Call,
    draft: LogoDraft,
    checker: &LogoChecker,
) -> Result<SettingsView, Refused> {
    call.needs(Permission::EditSettings)?;
    if let Some(logo) = draft.logo.clone() {
        logo.check().map_err(LogoFault::problem)?;
        let checker = checker.clone();
        at_the_press(move || checker(&logo)).await?.map_err(|why| {
            tracing::info!(why, "a logo cannot be printed");
            LogoFault::Broken.problem()
        })?;
    }
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.write(call, move |tx| {
        let (LogoDraft { version: seen, logo }, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move {
            let version = settings::lock_version(tx).await?;
            let before = kept_logo(tx).await?;
            if before == logo {
                return Ok(());
            }
            if version != seen {
                return Err(Problem::Changed.into());
            }
            let present = read(&env, tx).await?;
            next_version(tx, version, &present).await?;
            let kept = logo.as_ref().map(|logo| serde_json::to_string(logo).unwrap_or_default());
            settings::put(tx, LOGO, &kept.unwrap_or_default()).await?;
            let told = |logo: Option<Logo>| logo.map(|logo| logo.info().to_string());
            let change = FieldChange { field: LOGO.to_owned(), before: told(before), after: told(logo) };
            note(tx, (SUBJECT, ID.to_owned()), &saver, vec![change]).await
        })
    });
    done.await?;
    page(env, call).await
}
