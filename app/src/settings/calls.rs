//! The server functions of the settings.

use leptos::prelude::*;
use wire::settings::{LogoForm, SettingsForm, SettingsView};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    call::server::{refused, refused_form, see_other, session},
    context::lang,
};

/// The settings with their history.
#[server]
pub async fn load_settings() -> Result<SettingsView, CallError> {
    let (env, call) = session()?;
    usecases::settings::page(&env, &call).await.map_err(refused)
}

/// Changes the settings.
#[server]
pub async fn save_settings(form: SettingsForm) -> Result<SettingsView, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let view = usecases::settings::save(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other("/settings");
    Ok(view)
}

/// Changes the logo.
#[server]
pub async fn save_logo(form: LogoForm) -> Result<SettingsView, CallError> {
    let (env, call) = session()?;
    let checker = expect_context::<usecases::settings::LogoChecker>();
    // A picture is too long for the address that would bring it back.
    let kept = LogoForm { version: form.version, ..LogoForm::default() };
    let draft = form.check().map_err(|problem| refused_form(&kept)(problem.into()))?;
    let view = usecases::settings::save_logo(&env, &call, draft, &checker).await.map_err(refused_form(&kept))?;
    see_other("/settings");
    Ok(view)
}

/// Takes the logo away.
#[server]
pub async fn remove_logo(version: i64) -> Result<SettingsView, CallError> {
    let (env, call) = session()?;
    let checker = expect_context::<usecases::settings::LogoChecker>();
    let none = wire::settings::LogoDraft { version, logo: None };
    let view = usecases::settings::save_logo(&env, &call, none, &checker).await.map_err(refused)?;
    see_other("/settings");
    Ok(view)
}
