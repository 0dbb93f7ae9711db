//! The first page of the day: what is to be done, what is due, what runs out, what waits.

use domain::Money;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, money, say};
use wire::{
    lists::OpenSum,
    today::{DueFee, RunningOut, ToDo, TodayView},
};

use super::{calls::load_today, unfiled::Unfiled, unset::Unset};
use crate::{
    billing::runs_table,
    bookings::unassigned_link,
    context::{lang, person, visitor},
    documents::DocumentRows,
    mails::NotLeft,
    ui::{Balance, Failure, PageHead},
};

/// The page.
#[component]
pub fn TodayPage() -> impl IntoView {
    let lang = lang();
    let today = Resource::new(|| (), |()| load_today());
    view! {
        <PageHead title=say::nav_today(lang)/>
        <p class="quiet page-lead">{say::today_lead(lang, date(lang, visitor().today))}</p>
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match today.await {
                    Ok(found) => view! { <Shown found=found/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// A list with its heading, what to say when it is empty, and where all of it stands.
fn part(
    title: &'static str,
    empty: &'static str,
    rows: Vec<AnyView>,
    more: Option<(&'static str, &'static str)>,
) -> AnyView {
    let none = rows.is_empty().then(|| view! { <p class="empty">{empty}</p> });
    let more = more.map(|(href, text)| view! { <p class="today-more"><A href=href>{text}</A></p> });
    view! { <section class="sheet today-part"><h2>{title}</h2>{none}<ul class="today-list">{rows}</ul>{more}</section> }
        .into_any()
}

#[component]
fn Shown(found: TodayView) -> impl IntoView {
    let lang = lang();
    let me = person().map(|person| person.name).unwrap_or_default();
    let all = say::today_more(lang);
    let [more_to_dos, more_due, _, more_drafts] = found.more;
    let to_dos = found.to_dos.iter().map(|to_do| to_do_row(lang, to_do, &me)).collect();
    let due = found.due.iter().map(|to_do| due_row(lang, to_do)).collect();
    let fees: Vec<AnyView> = found.due_fees.iter().map(|fee| fee_row(lang, fee)).collect();
    let fees = (!fees.is_empty()).then(|| part(say::today_due_fees(lang), "", fees, None));
    let unassigned = unassigned_link(lang, found.unassigned, None)
        .map(|link| part(say::times_unassigned_title(lang), "", vec![view! { <li>{link}</li> }.into_any()], None));
    let out = found.running_out.into_iter().map(out_row).collect();
    let drafts = if found.drafts.is_empty() {
        view! { <p class="empty">{say::today_drafts_empty(lang)}</p> }.into_any()
    } else {
        view! { <DocumentRows rows=found.drafts with_customer=true/> }.into_any()
    };
    let all_left = found.mails.waiting == 0 && found.mails.to_decide.is_empty();
    let (failed_papers, failed_jobs) = (found.failed_papers, found.failed_jobs);
    let jobs = (failed_jobs > 0).then(|| view! { <Unset papers=failed_papers all=failed_jobs/> });
    let runs = (!found.failed_runs.is_empty()).then(|| runs_table(lang, &found.failed_runs));
    let mails = view! { <NotLeft mails=found.mails/> };
    let unfiled = found.unfiled.map(|(papers, answer)| view! { <Unfiled papers=papers answer=answer/> });
    let nothing = (jobs.is_none() && unfiled.is_none() && runs.is_none() && all_left)
        .then(|| view! { <p class="empty">{say::today_failed_none(lang)}</p> });
    view! {
        <div class="today" data-testid="today">
            {part(say::today_to_dos(lang), say::today_to_dos_empty(lang), to_dos, more_to_dos.then_some(("/to-dos", all)))}
            {part(say::today_due(lang), say::today_due_empty(lang), due, more_due.then_some(("/to-dos?time=overdue", all)))}
            {fees}
            {unassigned}
            {part(say::today_out(lang), say::today_out_empty(lang), out, None)}
            {overdue(lang, &found.open_items)}
            <section class="sheet today-part today-wide">
                <h2>{say::today_drafts(lang)}</h2>
                {drafts}
                {more_drafts.then(|| view! { <p class="today-more"><A href="/documents?state=draft">{all}</A></p> })}
            </section>
            <section class="sheet today-part today-wide"><h2>{say::today_failed(lang)}</h2>{jobs}{unfiled}{mails}{runs}{nothing}</section>
        </div>
    }
}

/// How much is overdue, with a link to the list.
fn overdue(lang: Lang, sums: &[OpenSum]) -> AnyView {
    let rows = sums.iter().filter(|sum| sum.overdue_rows > 0).map(|sum| {
        let overdue = money(lang, Money { minor: sum.overdue, currency: sum.currency });
        let text = match sum.overdue_rows {
            1 => say::today_open_items_overdue_one(lang, overdue),
            rows => say::today_open_items_overdue(lang, overdue, rows),
        };
        view! { <li><A href="/open-items?kind=overdue" attr:class="figure" attr:data-testid="overdue">{text}</A></li> }
            .into_any()
    });
    part(say::today_open_items(lang), say::today_open_items_none(lang), rows.collect(), None)
}

fn names(to_do: &ToDo) -> AnyView {
    let (contract, customer) = (format!("/contracts/{}", to_do.contract), to_do.customer.name.clone());
    let number = to_do.number.clone();
    view! { <span><A href=contract attr:class="figure">{number}</A>" "{customer}</span> }.into_any()
}

fn to_do_row(lang: Lang, to_do: &ToDo, me: &str) -> AnyView {
    let how = if to_do.automatic { say::today_to_do_auto(lang) } else { say::today_to_do_hand(lang) };
    let mine = (to_do.whose == me).then(|| view! { <span class="tag">{say::today_mine(lang)}</span> });
    let when = say::today_to_do(lang, date(lang, to_do.due));
    view! { <li>{names(to_do)}<span class="quiet">{when}", "{how}" "{mine}</span></li> }.into_any()
}

fn fee_row(lang: Lang, fee: &DueFee) -> AnyView {
    let (project, customer) = (format!("/projects/{}", fee.project.id), fee.customer.name.clone());
    let (number, since) = (fee.project.number.clone(), say::today_due_fee(lang, &fee.name, date(lang, fee.due)));
    view! { <li><span><A href=project attr:class="figure">{number}</A>" "{customer}</span><span class="quiet">{since}</span></li> }
        .into_any()
}

fn due_row(lang: Lang, to_do: &ToDo) -> AnyView {
    let since = say::today_due_since(lang, date(lang, to_do.due));
    let how = (!to_do.automatic).then(|| view! { <span class="tag">{say::contract_by_hand(lang)}</span> });
    view! { <li>{names(to_do)}<span class="quiet">{since}" "{how}</span></li> }.into_any()
}

fn out_row(out: RunningOut) -> AnyView {
    view! {
        <li class="today-out">
            <A href=format!("/accounts/{}", out.account.id)>{out.customer.name}" · "{out.account.name}</A>
            <Balance unit=out.account.unit standing=out.account.standing held=out.account.held/>
        </li>
    }
    .into_any()
}
