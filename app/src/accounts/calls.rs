//! The server functions of accounts.

use chrono::NaiveDate;
use domain::{
    AccountId, DrawId, LotId,
    quota::{AccountView, DrawDecision, RevokeDecision},
};
use leptos::prelude::*;
use texts::Lang;
use wire::{
    accounts::{
        AccountForm, CoverAnswer, CoverForm, DrawAnswer, DrawForm, EndAnswer, EndForm, GrantAnswer, GrantForm,
        PassbookView, RangeForm, ReleaseAnswer, RevokeAnswer, RevokeForm,
    },
    customers::AccountRow,
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    accounts::address,
    call::server::{asked_before, refused, refused_form, see_other, see_other_plain, session},
    context::lang,
};

/// The passbook for the days as typed, by default the last twelve months. Where they cannot be it says so beside those
/// that are usual: here and not in the browser, whose bundle in the portal knows nothing of the errors of rules.
#[server]
pub async fn load_passbook(account: AccountId, #[server(default)] days: RangeForm) -> Result<PassbookView, CallError> {
    let (env, call) = session()?;
    let (range, wrong) = match days.check() {
        Ok(range) => (range, Vec::new()),
        Err(problem) => (None, wire::Refusal::of(lang(), &problem).fields),
    };
    let view = usecases::accounts::passbook(&env, &call, account, range).await.map_err(refused)?;
    Ok(PassbookView { wrong, ..view })
}

/// The facts for a day that the page has none for.
#[server]
pub async fn load_facts(account: AccountId, date: NaiveDate) -> Result<AccountView, CallError> {
    let (env, call) = session()?;
    usecases::accounts::facts(&env, &call, account, date).await.map_err(refused)
}

/// Opens an account.
#[server]
pub async fn open_account(form: AccountForm) -> Result<AccountRow, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let opened = usecases::accounts::open(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/accounts/{}", opened.id));
    Ok(opened)
}

/// The unit in which the amounts of a form are read: that of the account that the form names.
#[cfg(feature = "ssr")]
async fn unit_of(account: &str) -> Result<domain::quota::Unit, usecases::Refused> {
    let (env, call) = session().map_err(|_| wire::Problem::SignedOut)?;
    let account = account.parse().map_err(|_| wire::Problem::field("account", wire::FieldReason::NotOneOf))?;
    usecases::accounts::unit(&env, &call, account).await
}

/// Without JavaScript a command leads back to the passbook, with the days that were asked for.
#[cfg(feature = "ssr")]
fn see_passbook(account: AccountId, asked: Option<String>) {
    let [from, to] = ["from", "to"].map(|name| asked_before(name).unwrap_or_default());
    see_other_plain(&address(account, &RangeForm { from, to }, asked));
}

/// Puts a lot on an account.
#[server]
pub async fn grant(form: GrantForm) -> Result<GrantAnswer, CallError> {
    let (env, call) = session()?;
    let unit = unit_of(&form.account).await.map_err(refused_form(&form))?;
    let draft = form.check(lang(), unit).map_err(|problem| refused_form(&form)(problem.into()))?;
    usecases::accounts::grant(&env, &call, draft).await.map_err(refused_form(&form))
}

/// Draws from an account. Without JavaScript the page then shows what was decided.
#[server]
pub async fn draw(form: DrawForm) -> Result<DrawAnswer, CallError> {
    let (env, call) = session()?;
    let unit = unit_of(&form.account).await.map_err(refused_form(&form))?;
    let draft = form.check(lang(), unit).map_err(|problem| refused_form(&form)(problem.into()))?;
    let answer = usecases::accounts::draw(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_passbook(answer.account, Some(format!("drawn={}", answer.decision.request.draw)));
    Ok(answer)
}

/// What was decided about a draw from the account; none where there is no such draw.
#[server]
pub async fn load_draw(account: AccountId, draw: DrawId) -> Result<Option<DrawDecision>, CallError> {
    let (env, call) = session()?;
    usecases::accounts::drawn(&env, &call, account, draw).await.map_err(refused)
}

/// Undoes a draw.
#[server]
pub async fn release(account: AccountId, draw: DrawId) -> Result<ReleaseAnswer, CallError> {
    let (env, call) = session()?;
    let released = usecases::accounts::release(&env, &call, account, draw).await.map_err(refused)?;
    see_passbook(account, None);
    Ok(released)
}

/// What taking a grant back would do, decided on the server's present facts and not carried out.
#[server]
pub async fn load_revoke_plan(account: AccountId, lot: LotId) -> Result<RevokeDecision, CallError> {
    let (env, call) = session()?;
    usecases::accounts::revoke_plan(&env, &call, account, lot).await.map_err(refused)
}

/// Takes a grant back.
#[server]
pub async fn revoke(form: RevokeForm) -> Result<RevokeAnswer, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let answer = usecases::accounts::revoke(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_passbook(answer.account, None);
    Ok(answer)
}

/// Covers a deficit from a lot that was granted later.
#[server]
pub async fn cover(form: CoverForm) -> Result<CoverAnswer, CallError> {
    let (env, call) = session()?;
    let unit = unit_of(&form.account).await.map_err(refused_form(&form))?;
    let draft = form.check(lang(), unit).map_err(|problem| refused_form(&form)(problem.into()))?;
    let content = serde_json::to_string(&draft).unwrap_or_default();
    let call = call.once(&form.key, &content);
    let answer = usecases::accounts::cover(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_passbook(answer.account, None);
    Ok(answer)
}

/// Ends an account, or takes its end back.
#[server]
pub async fn end_account(form: EndForm) -> Result<EndAnswer, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    usecases::accounts::end(&env, &call, draft).await.map_err(refused_form(&form))
}

/// The words for what a form says in the language of its page.
pub(crate) fn unit_word(
    lang: Lang,
    unit: domain::quota::Unit,
    time: fn(Lang) -> &'static str,
    money: fn(Lang) -> &'static str,
) -> &'static str {
    match unit {
        domain::quota::Unit::Time => time(lang),
        domain::quota::Unit::Money(_) => money(lang),
    }
}
