//! The server functions of the settings.

use leptos::prelude::*;
use wire::settings::{SettingsForm, SettingsView};

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
