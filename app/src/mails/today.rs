//! What of the mails somebody has to look at, on the first page of the day.

use domain::MailId;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, say};
use wire::{mails::MailState, today::MailsToday};

use super::{
    calls::{DecideMail, DropMails, RetryMails},
    section::{deciding, sends, state_tag, why},
};
use crate::{context::lang, ui::Failure};

/// Mails that wait or failed; nothing when all have left.
#[component]
pub(crate) fn NotLeft(mails: MailsToday) -> impl IntoView {
    let lang = lang();
    if mails.waiting == 0 && mails.to_decide.is_empty() {
        return None;
    }
    let decide = ServerAction::<DecideMail>::new();
    // What was decided about is gone from the list when the page is read again.
    let gone = RwSignal::new(Vec::<MailId>::new());
    Effect::new(move |_| {
        let Some(Ok(view)) = decide.value().get() else { return };
        let open = |state| matches!(state, MailState::Failed | MailState::Unclear);
        let decided = view.mails.into_iter().filter(|mail| !open(mail.state));
        gone.update(|gone| gone.extend(decided.map(|mail| mail.id)));
    });
    let waiting = (mails.waiting > 0).then(|| waiting(lang, &mails));
    let server = mails.server;
    let more = mails.more.then(|| view! { <li class="quiet">{say::mail_more(lang)}</li> });
    let rows = mails.to_decide.into_iter().map(|mail| {
        let (href, id) = (format!("/documents/{}", mail.document), mail.id);
        let to = if mail.to.is_empty() { String::new() } else { format!(" · {}", mail.to) };
        let decided = move || gone.with(|gone| gone.contains(&id));
        let (title, customer, why) = (mail.title(lang), mail.customer.name.clone(), why(lang, &mail, server));
        let ways = deciding(&mail, "today", RwSignal::new(mail.to.clone()), decide);
        view! {
            <li class="mail-today" data-testid="mail-failed" hidden=decided>
                <span><A href=href>{title}</A>" "<span class="quiet">{customer}{to}</span>" "{state_tag(lang, mail.state)}{why}</span>
                {ways}
            </li>
        }
    });
    let rows = rows.collect_view();
    Some(view! { <h3>{say::today_mails(lang)}</h3><ul class="today-list">{waiting}{rows}{more}</ul> })
}

/// What waits, why, and what can be done about all of it.
fn waiting(lang: Lang, mails: &MailsToday) -> AnyView {
    let text = match mails.waiting {
        1 => say::today_mails_waiting_one(lang).to_owned(),
        waiting => say::today_mails_waiting(lang, waiting),
    };
    let no_server = (!mails.server).then(|| {
        view! { <span class="row-note quiet">{say::mail_no_server(lang)}" "<A href="/settings/mail">{say::mail_settings_link(lang)}</A></span> }
    });
    let stuck = mails.stuck.as_ref().filter(|_| mails.server).map(|mail| why(lang, mail, true));
    let again = (sends() && mails.server && mails.stuck.is_some()).then(|| view! { <Again/> });
    let none = (sends() && !mails.server).then(|| view! { <SendNone/> });
    view! { <li class="mail-today" data-testid="mails-waiting"><span>{text}{no_server}{stuck}</span>{again}{none}</li> }
        .into_any()
}

#[component]
fn Again() -> impl IntoView {
    let lang = lang();
    let retry = ServerAction::<RetryMails>::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        retry.dispatch(RetryMails {});
    };
    let action_url = <RetryMails as server_fn::ServerFn>::url();
    let done = move || retry.value().with(|value| matches!(value, Some(Ok(_))));
    view! {
        <form method="post" action=action_url on:submit=submit>
            <button class="button-quiet" type="submit" disabled=move || retry.pending().get() || done()>{say::mail_retry_all(lang)}</button>
            <span class="quiet" role="status">{move || done().then(|| say::mail_again_done(lang))}</span>
        </form>
        {move || retry.value().get().and_then(Result::err).map(|error| view! { <Failure error=error/> })}
    }
}

#[component]
fn SendNone() -> impl IntoView {
    let lang = lang();
    let none = ServerAction::<DropMails>::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        none.dispatch(DropMails {});
    };
    let action_url = <DropMails as server_fn::ServerFn>::url();
    let done = move || none.value().with(|value| matches!(value, Some(Ok(_))));
    view! {
        <form method="post" action=action_url on:submit=submit>
            <button class="button-quiet" type="submit" disabled=move || none.pending().get() || done()>{say::mail_drop_all(lang)}</button>
            <span class="quiet" role="status">{move || done().then(|| say::mail_dropped(lang))}</span>
        </form>
        {move || none.value().get().and_then(Result::err).map(|error| view! { <Failure error=error/> })}
    }
}
