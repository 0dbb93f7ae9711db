//! The mails of a document, below it: what left when for whom, what has not, and sending.

use std::{collections::HashMap, time::Duration};

use domain::{DocumentId, MailId, Permission};
use leptos::prelude::*;
use texts::{Lang, instant, say};
use wire::mails::{
    DecideForm, MailProblem, MailRow, MailState, MailsView, SendForm, not_reminded_text, problem_text, state_text,
};

use super::calls::{DecideMail, SendMail, load_mails};
use crate::{
    context::{lang, may, new_id},
    receipts::reminded,
    ui::{Failure, Field},
};

/// How long until the page looks again whether a mail has left, and how often it does.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
const LOOKS: u32 = 20;

/// What is typed about mails. It outlives a reading of new facts.
#[derive(Clone, Copy)]
struct Typed {
    /// A mail with the document, and a reminder.
    send: RwSignal<SendForm>,
    remind: RwSignal<SendForm>,
    /// Other addresses of mails that have not left. They belong to the page and not to a drawing of it.
    to: StoredValue<HashMap<MailId, ArcRwSignal<String>>>,
}

impl Typed {
    fn new(document: DocumentId, send: ServerAction<SendMail>) -> Typed {
        let back = send.value().get_untracked().and_then(Result::err).and_then(|error| error.typed::<SendForm>());
        let back = back.filter(|typed| typed.document == document.to_string());
        let form = |reminder: &str| {
            let back = back.clone().filter(|typed| typed.reminder == reminder);
            RwSignal::new(back.unwrap_or_else(|| SendForm { reminder: reminder.to_owned(), ..SendForm::default() }))
        };
        Typed { send: form(""), remind: form("yes"), to: StoredValue::new(HashMap::new()) }
    }

    /// The addresses that somebody types for a mail, at first those that it has or that its customer has now.
    fn to(&self, mail: &MailRow, address: &str, decide: ServerAction<DecideMail>) -> RwSignal<String> {
        if let Some(there) = self.to.with_value(|all| all.get(&mail.id).cloned()) {
            return there.into();
        }
        let back = decide.value().get_untracked().and_then(Result::err).and_then(|error| error.typed::<DecideForm>());
        let back = back.filter(|typed| typed.mail == mail.id.to_string() && !typed.to.is_empty());
        let known = if mail.to.is_empty() { address.to_owned() } else { mail.to.clone() };
        let signal = ArcRwSignal::new(back.map_or(known, |typed| typed.to));
        self.to.update_value(|all| {
            all.insert(mail.id, signal.clone());
        });
        signal.into()
    }
}

/// The section of an issued document. `done` counts what was done with its mails.
#[component]
pub(crate) fn Mails(document: DocumentId, done: RwSignal<u32>) -> impl IntoView {
    let (send, decide) = (ServerAction::<SendMail>::new(), ServerAction::<DecideMail>::new());
    let fresh = RwSignal::new(0_u32);
    let view = Resource::new(move || fresh.get(), move |_| load_mails(document));
    let again = move || {
        for counts in [fresh, done] {
            counts.update(|times| *times += 1);
        }
    };
    let typed = Typed::new(document, send);
    Effect::new(move |_| {
        if let Some(Ok(_)) = send.value().get() {
            for form in [typed.send, typed.remind] {
                form.update_untracked(|form| form.id.clear());
            }
            again();
        }
    });
    Effect::new(move |_| match decide.value().get() {
        Some(Ok(_)) => again(),
        // Somebody else has decided about it.
        Some(Err(error)) if error.at("mail").is_some() => again(),
        _ => (),
    });
    follow(document, view, again);
    let shown = move || {
        Suspend::new(async move {
            match view.await {
                Ok(view) => {
                    for form in [typed.send, typed.remind] {
                        form.update_untracked(|form| complete(form, &view));
                    }
                    view! { <Shown view=view typed=typed send=send decide=decide/> }.into_any()
                }
                Err(error) => view! { <Failure error=error/> }.into_any(),
            }
        })
    };
    view! { <Transition>{shown}</Transition> }
}

/// A form with an id of its own for the next mail, at first to the address that the customer has now.
fn complete(form: &mut SendForm, view: &MailsView) {
    if form.id.is_empty() {
        form.id = new_id();
        form.document = view.row.id.to_string();
        form.to.clone_from(&view.address);
    }
}

/// While something is about to leave, looks for a while whether it has; the section is drawn anew only when something has
/// changed.
fn follow(
    document: DocumentId,
    view: Resource<Result<MailsView, crate::call::CallError>>,
    again: impl Fn() + Copy + Send + Sync + 'static,
) {
    let looks = StoredValue::new(0_u32);
    let look = Action::new(move |(): &()| load_mails(document));
    let plan = move || {
        let leaving = view.with_untracked(|view| {
            let view = view.as_ref().and_then(|view| view.as_ref().ok());
            view.is_some_and(|view| view.server && view.mails.iter().any(leaves_soon))
        });
        if leaving
            && looks.get_value() < LOOKS
            && let Ok(timer) = set_timeout_with_handle(move || drop(look.dispatch(())), LOOK_AGAIN)
        {
            looks.update_value(|looks| *looks += 1);
            on_cleanup(move || timer.clear());
        }
    };
    Effect::new(move |_| {
        view.track();
        plan();
    });
    Effect::new(move |_| {
        let Some(found) = look.value().get() else { return };
        let changed = found.is_ok() && view.with_untracked(|view| view.as_ref() != Some(&found));
        if changed {
            again();
        } else {
            plan();
        }
    });
}

/// Whether it leaves by itself in a moment.
fn leaves_soon(mail: &MailRow) -> bool {
    mail.state == MailState::Sending || (mail.state == MailState::Waiting && mail.problem.is_none())
}

/// Whether this person sends mails and decides about them.
pub(super) fn sends() -> bool {
    may(Permission::Bill)
}

#[component]
fn Shown(
    view: MailsView,
    typed: Typed,
    send: ServerAction<SendMail>,
    decide: ServerAction<DecideMail>,
) -> impl IntoView {
    let lang = lang();
    let none = view.mails.is_empty().then(|| view! { <p class="empty">{say::mails_none(lang)}</p> });
    let rows = view.mails.iter().map(|mail| {
        let to = typed.to(mail, &view.address, decide);
        row(lang, mail, view.server, to, decide)
    });
    let rows = rows.collect_view();
    let list = (!view.mails.is_empty()).then(|| view! { <ul class="receipts-list">{rows}</ul> });
    let form = sends().then(|| {
        let label = if view.mails.is_empty() { say::mail_send(lang) } else { say::mail_send_again(lang) };
        view! { <Letterbox form=typed.send label=label.to_owned() send=send/> }
    });
    let open = view.row.invoice().open() > 0;
    let remind = view.reminder.filter(|_| sends()).map(|reminder| match reminder {
        Ok(times) => {
            view! { <Letterbox form=typed.remind label=say::reminder_send_nth(lang, times) send=send/> }.into_any()
        }
        Err(why) if open => {
            view! { <p class="quiet" data-testid="not-reminded">{not_reminded_text(lang, &why)}</p> }.into_any()
        }
        Err(_) => ().into_any(),
    });
    let reminded = reminded(lang, &view.row);
    view! {
        <section class="sheet receipts mails" data-testid="mails">
            <h2>{say::mails(lang)}{reminded}</h2>
            {none}
            {list}
            <div class="mail-ways">{form}{remind}</div>
        </section>
    }
}

/// How far a mail is, as a tag.
pub(super) fn state_tag(lang: Lang, state: MailState) -> AnyView {
    let class = match state {
        MailState::Sent => "tag tag-good",
        MailState::Failed => "tag tag-bad",
        MailState::Unclear => "tag tag-warn",
        MailState::Waiting | MailState::Sending | MailState::Dropped => "tag",
    };
    view! { <span class=class data-testid="mail-state">{state_text(lang, state)}</span> }.into_any()
}

/// A mail: what and to whom, how far it is, and why it has not left.
fn row(lang: Lang, mail: &MailRow, server: bool, to: RwSignal<String>, decide: ServerAction<DecideMail>) -> AnyView {
    let (at, by) = &mail.created;
    let made = say::mail_created_by(lang, by, instant(lang, *at));
    let left = mail.sent.as_ref().map(|(at, answer)| {
        let left = say::mail_sent_at(lang, instant(lang, *at));
        view! { <span class="row-note">{left}<span class="quiet">" · "{say::mail_answer(lang, answer)}</span></span> }
    });
    let goes_to = if mail.to.is_empty() { "—".to_owned() } else { mail.to.clone() };
    view! {
        <li class="receipt" data-testid="mail">
            <span class="receipt-what">
                <span>{mail.what(lang)}" · "<strong>{goes_to}</strong></span>" "{state_tag(lang, mail.state)}
                {left}
                {why(lang, mail, server)}
                <span class="row-note quiet">{made}</span>
            </span>
            {deciding(mail, "", to, decide)}
        </li>
    }
    .into_any()
}

/// Why a mail has not left, and what comes next.
pub(super) fn why(lang: Lang, mail: &MailRow, server: bool) -> AnyView {
    let problem = mail.problem.as_ref().map(|problem| {
        let quiet = matches!(problem, MailProblem::NoAddress | MailProblem::Settled);
        let class = if quiet { "row-note warn" } else { "row-note bad" };
        view! { <span class=class data-testid="mail-why">{problem_text(lang, problem)}</span> }
    });
    let next = (mail.state == MailState::Waiting).then(|| {
        let text = match mail.due.filter(|_| mail.problem.is_some()) {
            _ if !server => say::mail_no_server(lang).to_owned(),
            Some(due) => say::mail_next_try(lang, instant(lang, due), mail.attempts),
            None => return None,
        };
        Some(view! { <span class="row-note quiet">{text}</span> })
    });
    view! { {problem}{next.flatten()} }.into_any()
}

/// The ways on for a mail that has not left; none for somebody who may not decide. `from`: where it stands.
pub(super) fn deciding(
    mail: &MailRow,
    from: &'static str,
    to: RwSignal<String>,
    decide: ServerAction<DecideMail>,
) -> Option<AnyView> {
    let may = mail.state.can_be_decided() && sends();
    may.then(|| view! { <Decide mail=mail.clone() from=from to=to decide=decide/> }.into_any())
}

#[component]
fn Decide(mail: MailRow, from: &'static str, to: RwSignal<String>, decide: ServerAction<DecideMail>) -> impl IntoView {
    let lang = lang();
    let id = mail.id.to_string();
    // What waits for its turn needs no second one.
    let stuck = mail.state != MailState::Waiting || mail.problem.is_some();
    let own = id.clone();
    let refused = move || {
        let error = decide.value().get().and_then(Result::err)?;
        let of = error.typed::<DecideForm>();
        of.is_none_or(|of| of.mail == own).then_some(error)
    };
    let (at_to, at_all) = (refused.clone(), refused);
    let problem = Signal::derive(move || at_to().and_then(|error| error.at("to")));
    let other = move || at_all().filter(|error| error.at("to").is_none());
    let dispatch = {
        let id = id.clone();
        move |way: &str| {
            let (mail, way, to) = (id.clone(), way.to_owned(), to.get_untracked());
            let form = DecideForm { mail, way, to, from: from.to_owned() };
            decide.dispatch(DecideMail { form });
        }
    };
    let drop_it = dispatch.clone();
    let retry = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        dispatch("retry");
    };
    let dropping = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        drop_it("drop");
    };
    let field = format!("mail-to-{id}");
    let of = format!("{} · {}", mail.title(lang), mail.what(lang));
    let action_url = <DecideMail as server_fn::ServerFn>::url();
    let again = stuck.then(|| {
        let (id, of) = (id.clone(), of.clone());
        view! {
            <form method="post" action=action_url on:submit=retry novalidate aria-label=of>
                <input type="hidden" name="form[mail]" value=id/>
                <input type="hidden" name="form[from]" value=from/>
                <Field label=say::mail_to(lang) name="form[to]" id=field value=to set=move |value| to.set(value) problem=problem/>
                <button class="button" type="submit" disabled=decide.pending()>{say::mail_retry(lang)}</button>
            </form>
        }
    });
    view! {
        <div class="mail-decide">
            {again}
            <form method="post" action=action_url on:submit=dropping aria-label=of>
                <input type="hidden" name="form[mail]" value=id/>
                <input type="hidden" name="form[from]" value=from/>
                <input type="hidden" name="form[way]" value="drop"/>
                <button class="button-quiet" type="submit" disabled=decide.pending()>{say::mail_drop(lang)}</button>
            </form>
            {move || other().map(|error| view! { <Failure error=error/> })}
        </div>
    }
}

/// The form of a mail: the addresses, and one button.
#[component]
fn Letterbox(form: RwSignal<SendForm>, label: String, send: ServerAction<SendMail>) -> impl IntoView {
    let lang = lang();
    let hidden = form.get_untracked();
    let reminder = !hidden.reminder.is_empty();
    let refused = move || {
        let error = send.value().get().and_then(Result::err)?;
        let of = error.typed::<SendForm>();
        of.is_none_or(|of| of.reminder.is_empty() != reminder).then_some(error)
    };
    let asked = untrack(refused).is_some();
    let problem = Signal::derive(move || refused().and_then(|error| error.at("to")));
    let other = move || refused().filter(|error| error.at("to").is_none());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send.dispatch(SendMail { form: form.get_untracked() });
    };
    let action_url = <SendMail as server_fn::ServerFn>::url();
    let field = if reminder { "reminder-to" } else { "mail-to" };
    view! {
        <details class="mail-way" open=asked>
            <summary>{label.clone()}" …"</summary>
            <form method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[id]" value=hidden.id/>
                <input type="hidden" name="form[document]" value=hidden.document/>
                <input type="hidden" name="form[reminder]" value=hidden.reminder/>
                <Field label=say::mail_to(lang) name="form[to]" id=field
                    value=Signal::derive(move || form.with(|form| form.to.clone()))
                    set=move |value| form.update(|form| form.to = value)
                    problem=problem hint=say::mail_to_hint(lang) required=true/>
                {move || other().map(|error| view! { <Failure error=error/> })}
                <button class="button" type="submit" disabled=send.pending()>{label}</button>
            </form>
        </details>
    }
}
