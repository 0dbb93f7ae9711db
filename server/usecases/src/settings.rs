//! The settings of the company: what they are, changing them, who changed them.

use std::str::FromStr;

use chrono_tz::{TZ_VARIANTS, Tz};
use domain::{Permission, Seconds, VatRate, documents::NumberPattern};
use store::{StoreError, Tx, history, papers, settings};
use wire::{
    FieldReason, Problem,
    settings::{Letters, Settings, SettingsView},
};

use crate::{
    Call, Env, Refused,
    changed::{changes, note},
};

pub(crate) const SUBJECT: &str = "settings";
pub(crate) const ID: &str = "company";

/// The settings page.
pub async fn page(env: &Env, call: &Call) -> Result<SettingsView, Refused> {
    call.needs(Permission::EditSettings)?;
    let mut tx = env.db.read().await?;
    let settings = read(env, &mut tx).await?;
    let history = history::list(&mut tx, SUBJECT, ID, 100).await?;
    Ok(SettingsView {
        settings,
        zones: TZ_VARIANTS.iter().map(|zone| zone.name().to_owned()).collect(),
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
            // What was issued until now keeps the letterhead of its time.
            papers::keep_sender(tx, version, &before.sender()).await?;
            for (name, value) in draft.fields() {
                settings::put(tx, name, &value).await?;
            }
            settings::put(tx, "version", &(version + 1).to_string()).await?;
            note(tx, (SUBJECT, ID.to_owned()), &saver, changed).await
        })
    });
    done.await?;
    take_over(env).await?;
    page(env, call).await
}
