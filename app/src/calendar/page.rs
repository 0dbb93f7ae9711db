//! The page of the calendar feed.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use texts::{instant, say};
use wire::calendar::CalendarView;

use super::calls::{EndCalendar, RenewCalendar, load_calendar};
use crate::{
    context::{lang, page_query},
    ui::{Failure, Notice, PageHead, Tone},
};

/// The page.
#[component]
pub fn CalendarPage() -> impl IntoView {
    let lang = lang();
    let (renew, end) = (ServerAction::<RenewCalendar>::new(), ServerAction::<EndCalendar>::new());
    let view = Resource::new(move || (renew.version().get(), end.version().get()), |_| load_calendar());
    let query = page_query();
    // The address that was just made: of this page, or of the form that led here. Letters, digits, - and _ only.
    let told = Memo::new(move |_| {
        let here = renew.value().get().and_then(Result::ok).and_then(|view| view.token);
        let token = here.or_else(|| query.with(|query| query.get("new")))?;
        let plain = token.len() == 43 && token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        (plain && end.value().get().is_none()).then(|| format!("/calendar/{token}.ics"))
    });
    let navigate = use_navigate();
    Effect::new(move |_| {
        // The secret does not stay in the address longer than it has to.
        if query.with_untracked(|query| query.get("new").is_some()) && renew.value().get().is_some() {
            navigate(
                "/calendar",
                leptos_router::NavigateOptions { replace: true, scroll: false, ..Default::default() },
            );
        }
    });
    let failed = move || {
        let renewed = renew.value().get().and_then(Result::err);
        renewed.or_else(|| end.value().get().and_then(Result::err)).map(|error| view! { <Failure error=error/> })
    };
    view! {
        <PageHead title=say::calendar_title(lang)/>
        <p class="quiet page-lead">{say::calendar_lead(lang)}</p>
        {move || told.get().map(|address| view! {
            <Notice tone=Tone::Good>
                <p>{say::calendar_told(lang)}</p>
                <p><a class="calendar-address" data-testid="calendar-address" href=address.clone() rel="external">{address.clone()}</a></p>
            </Notice>
        })}
        {failed}
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match view.await {
                    Ok(found) => view! { <Shown found=found renew=renew end=end/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(found: CalendarView, renew: ServerAction<RenewCalendar>, end: ServerAction<EndCalendar>) -> impl IntoView {
    let lang = lang();
    let exists = found.since.is_some();
    let since = match found.since {
        Some(at) => say::calendar_since(lang, instant(lang, at)),
        None => say::calendar_none(lang).to_owned(),
    };
    let make = if exists { say::calendar_renew(lang) } else { say::calendar_make(lang) };
    let warned = exists.then(|| view! { <p class="quiet">{say::calendar_renew_hint(lang)}</p> });
    let ends = exists.then(|| {
        view! { <ActionForm action=end><button class="button button-danger" type="submit">{say::calendar_stop(lang)}</button></ActionForm> }
    });
    view! {
        <section class="sheet">
            <p data-testid="calendar-state">{since}</p>
            {warned}
            <div class="calendar-do">
                <ActionForm action=renew><button class="button" type="submit">{make}</button></ActionForm>
                {ends}
            </div>
        </section>
    }
}
