//! Invoicing a period on the page of a project: the days, what they put on an invoice and what is left out, then the
//! draft. The days stand in the address too, so that the plan is there without a script.

use chrono::{Datelike, Days, NaiveDate};
use domain::{
    Money, Permission, ProjectId, VatRate,
    projects::{InvoiceLine, LeftOut},
    splitting::Pays,
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, date, decimal, money, say, seconds};
use wire::{
    balancing::rate_text,
    projects::{InvoicePlanView, InvoiceProjectForm, LeftOutRow, not_charged_text},
};

use super::invoicing_calls::{InvoiceProject, load_project_invoice};
use crate::{
    articles::load_catalogue,
    call::CallError,
    context::{lang, may, new_id, page_query, visitor},
    documents::title,
    ui::{Failure, Field, FieldKind, Select},
};

/// The section of a project; nothing for those who make no documents.
#[component]
pub fn InvoicingSection(project: ProjectId) -> impl IntoView {
    let both = may(Permission::SeeProjects) && may(Permission::EditDocuments);
    both.then(|| view! { <Invoicing project=project/> })
}

/// The first and the last day of the month before.
fn last_month(today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = today.with_day(1).unwrap_or(today);
    let last = first.checked_sub_days(Days::new(1)).unwrap_or(first);
    (last.with_day(1).unwrap_or(last), last)
}

#[component]
fn Invoicing(project: ProjectId) -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let action = ServerAction::<InvoiceProject>::new();
    let came_back = action.value().get_untracked().and_then(Result::err);
    let came_back = came_back.and_then(|error| error.typed::<InvoiceProjectForm>());
    let (from, last) = last_month(visitor().today);
    let asked = |name: &str| query.with_untracked(|query| query.get(name));
    // It outlives a reading of the plan: what was chosen stays.
    let form = RwSignal::new(came_back.filter(|typed| typed.project == project.to_string()).unwrap_or_else(|| {
        InvoiceProjectForm {
            id: new_id(),
            project: project.to_string(),
            from: asked("invoice_from").unwrap_or_else(|| from.to_string()),
            last: asked("invoice_last").unwrap_or_else(|| last.to_string()),
            vat: asked("invoice_vat").unwrap_or_default(),
            seen: String::new(),
        }
    }));
    let asks = Memo::new(move |_| form.with(|form| (form.from.clone(), form.last.clone(), form.vat.clone())));
    let plan = Resource::new(
        move || (asks.get(), action.version().get()),
        move |((from, last, vat), _)| async move {
            let project = project.to_string();
            let form = InvoiceProjectForm { project, from, last, vat, ..InvoiceProjectForm::default() };
            // Half a date is no question.
            match form.ask(lang) {
                Err(problem) => Err(CallError::of(lang, &problem)),
                Ok(_) => load_project_invoice(form).await,
            }
        },
    );
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(page)) = action.value().get() {
            navigate(&format!("/documents/{}", page.row.id), leptos_router::NavigateOptions::default());
        }
    });
    let shown = move || {
        Suspend::new(async move {
            match plan.await {
                Ok(view) => view! { <Planned view=view form=form action=action/> }.into_any(),
                // What is wrong with a day is said at its field.
                Err(error) if ["from", "vat"].iter().any(|field| error.at(field).is_some()) => ().into_any(),
                Err(error) => match error.at("last") {
                    Some(text) => view! { <p class="warn" data-testid="invoicing-refused">{text}</p> }.into_any(),
                    None => view! { <Failure error=error/> }.into_any(),
                },
            }
        })
    };
    view! {
        <section class="invoicing" data-testid="invoicing">
            <h2>{say::invoicing(lang)}</h2>
            <p class="quiet">{say::invoicing_lead(lang)}</p>
            <Asked form=form/>
            <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
                <div aria-live="polite">{shown}</div>
            </Transition>
        </section>
    }
}

/// The days and the rate of VAT.
#[component]
fn Asked(form: RwSignal<InvoiceProjectForm>) -> impl IntoView {
    let lang = lang();
    let wrong = move |field: &'static str| {
        Signal::derive(move || {
            let problem = form.with(|form| form.ask(lang)).err()?;
            CallError::of(lang, &problem).at(field)
        })
    };
    let rates = Resource::new(|| (), |()| load_catalogue());
    let choice = move || {
        Suspend::new(async move {
            let rates = rates.await.map(|catalogue| catalogue.vat_rates).unwrap_or_default();
            let option = |(place, rate): (usize, VatRate)| -> (Oco<'static, str>, Oco<'static, str>) {
                // The first one is meant unless another is chosen.
                let key = if place == 0 { String::new() } else { rate.to_string() };
                (key.into(), format!("{}\u{a0}%", decimal(lang, rate.percent())).into())
            };
            let options = rates.into_iter().enumerate().map(option).collect::<Vec<_>>();
            view! {
                <Select label=say::invoicing_vat(lang) name="invoice_vat" id="invoicing-vat" options=options
                    value=Signal::derive(move || form.with(|form| form.vat.clone()))
                    set=move |value| form.update(|form| form.vat = value) problem=wrong("vat")/>
            }
        })
    };
    view! {
        <form method="get" class="invoicing-asked" on:submit=|event: leptos::ev::SubmitEvent| event.prevent_default() novalidate>
            <Field label=say::invoicing_from(lang) name="invoice_from" id="invoicing-from" kind=FieldKind::Date
                value=Signal::derive(move || form.with(|form| form.from.clone()))
                set=move |value| form.update(|form| form.from = value) problem=wrong("from")/>
            <Field label=say::invoicing_last(lang) name="invoice_last" id="invoicing-last" kind=FieldKind::Date
                value=Signal::derive(move || form.with(|form| form.last.clone()))
                set=move |value| form.update(|form| form.last = value) problem=wrong("last")/>
            <Suspense>{choice}</Suspense>
            // With a script the plan is there already.
            <button class="button-quiet" type="submit">{say::invoicing_show(lang)}</button>
        </form>
    }
}

/// What the days put on an invoice, what is left out, and the button.
#[component]
fn Planned(
    view: InvoicePlanView,
    form: RwSignal<InvoiceProjectForm>,
    action: ServerAction<InvoiceProject>,
) -> impl IntoView {
    let lang = lang();
    let seen = serde_json::to_string(&view.plan.shown()).unwrap_or_default();
    let currency = view.currency;
    let sum = |minor| money(lang, Money { minor, currency });
    let lines = view.plan.lines.iter().map(|line| line_row(lang, &view, line)).collect_view();
    let rates = view.plan.totals.rates.iter().map(|rate| {
        let text = say::document_vat(lang, decimal(lang, rate.rate.percent()), sum(rate.net));
        view! { <div><dt>{text}</dt><dd class="figure">{sum(rate.vat)}</dd></div> }
    });
    let rates = rates.collect_view();
    let many = bookings(lang, view.plan.bookings.len());
    let left = left_out(lang, &view);
    let (flat, fees) = (flat_rates(lang, &view), fees(lang, &view));
    let nothing = view.plan.check().err().map(|error| {
        let text = wire::projects::invoice_error_text(lang, &error);
        view! { <p class="empty" data-testid="invoicing-nothing">{text}</p> }
    });
    let refused = move || action.value().get().and_then(Result::err);
    let told = move || {
        let error = refused()?;
        let text = ["seen", "last", "vat", "from"].iter().find_map(|field| error.at(field));
        Some(match text {
            Some(text) => view! { <p class="field-problem" role="alert">{text}</p> }.into_any(),
            None => view! { <Failure error=error/> }.into_any(),
        })
    };
    let hidden = form.get_untracked();
    let sent = StoredValue::new(seen.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(InvoiceProject { form: InvoiceProjectForm { seen: sent.get_value(), ..form.get_untracked() } });
    };
    let action_url = <InvoiceProject as server_fn::ServerFn>::url();
    let totals = &view.plan.totals;
    let planned = (!view.plan.is_empty()).then(|| {
        view! {
            <h3>{say::invoicing_plan(lang)}" "<span class="quiet figure" data-testid="invoicing-bookings">{many}</span></h3>
            <ul class="sum-parts" data-testid="invoicing-lines">{lines}</ul>
            <dl class="totals">
                <div><dt>{say::document_net(lang)}</dt><dd class="figure" data-testid="invoicing-net">{sum(totals.net)}</dd></div>
                {rates}
                <div class="totals-line"><dt>{say::document_gross(lang)}</dt><dd class="figure" data-testid="invoicing-gross">{sum(totals.gross)}</dd></div>
            </dl>
            <form class="form" method="post" action=action_url on:submit=submit>
                <input type="hidden" name="form[id]" value=hidden.id/>
                <input type="hidden" name="form[project]" value=hidden.project/>
                <input type="hidden" name="form[from]" value=hidden.from/>
                <input type="hidden" name="form[last]" value=hidden.last/>
                <input type="hidden" name="form[vat]" value=hidden.vat/>
                <input type="hidden" name="form[seen]" value=seen/>
                <button class="button" type="submit" disabled=action.pending()>{say::invoicing_create(lang)}</button>
            </form>
        }
    });
    view! {
        {nothing}
        {told}
        {planned}
        {flat}
        {fees}
        {left}
    }
}

/// That the fees of its lines are billed elsewhere, and where, when one is due.
fn fees(lang: Lang, view: &InvoicePlanView) -> Option<AnyView> {
    let bills = may(Permission::Bill);
    let due = view.fees_due.filter(|_| bills).map(|due| {
        let href = format!("/billing?project={}", view.project.id);
        view! { " "<A href=href>{say::invoicing_fees_due(lang, date(lang, due))}</A> }
    });
    view.fees.then(|| {
        view! { <p class="quiet" data-testid="invoicing-fees">{say::invoicing_fees(lang)}{due}</p> }.into_any()
    })
}

/// That nobody has to look for the price of a flat rate among the lines.
fn flat_rates(lang: Lang, view: &InvoicePlanView) -> Option<AnyView> {
    let flat = view.lines.iter().filter(|line| view.flat.contains(&line.id)).map(|line| line.name.as_str());
    let names = flat.collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| {
        view! { <p class="quiet" data-testid="invoicing-flat">{say::invoicing_flat(lang, names)}</p> }.into_any()
    })
}

fn bookings(lang: Lang, count: usize) -> String {
    if count == 1 { say::invoicing_one_booking(lang).to_owned() } else { say::invoicing_bookings(lang, count) }
}

/// A line: its name, its time at which price, and what it comes to.
fn line_row(lang: Lang, view: &InvoicePlanView, line: &InvoiceLine) -> AnyView {
    let named = view.lines.iter().find(|named| named.id == line.line);
    let name = named.map(|named| named.name.clone());
    let price = match line.rate {
        Some(rate) => say::invoicing_at(lang, rate_text(lang, rate, view.currency)),
        None => {
            let taken = money(lang, Money { minor: line.taken.units(), currency: view.currency });
            not_charged_text(lang, named.and_then(|named| named.pays).unwrap_or(Pays::Effort), &taken)
        }
    };
    let figures = format!("{} {price}", seconds(line.seconds));
    let total = money(lang, Money { minor: line.total, currency: view.currency });
    view! { <li><span>{name}<span class="row-note quiet">{figures}</span></span><span class="figure">{total}</span></li> }
        .into_any()
}

/// The bookings that stay behind, with the reason of each.
fn left_out(lang: Lang, view: &InvoicePlanView) -> Option<AnyView> {
    if view.left_out.is_empty() {
        return None;
    }
    let rows = view.left_out.iter().map(|row| left_out_row(lang, view, row)).collect_view();
    let more = view.plan.left_out.len().saturating_sub(view.left_out.len());
    let more = (more > 0).then(|| view! { <p class="quiet">{say::invoicing_left_out_more(lang, more)}</p> });
    Some(
        view! {
            <section class="invoicing-left" data-testid="invoicing-left-out">
                <h3>{say::invoicing_left_out(lang)}</h3>
                <ul class="invoicing-rows">{rows}</ul>
                {more}
            </section>
        }
        .into_any(),
    )
}

fn left_out_row(lang: Lang, view: &InvoicePlanView, row: &LeftOutRow) -> AnyView {
    let why = match row.why {
        LeftOut::OnDocument { document } => {
            let number = view.documents.iter().find(|(id, _)| *id == document).and_then(|(_, number)| number.clone());
            let name = title(lang, domain::documents::DocumentKind::Invoice, number.as_deref());
            view! { {say::invoicing_left_document(lang)}": "<A href=format!("/documents/{document}")>{name}</A> }
                .into_any()
        }
        LeftOut::Unassigned { open } => {
            view! { <span class="warn">{say::invoicing_left_unassigned(lang, seconds(open))}</span> }.into_any()
        }
        LeftOut::NotBillable => say::invoicing_left_not_billable(lang).into_any(),
        LeftOut::NotShown => say::invoicing_left_not_shown(lang).into_any(),
    };
    let href = format!("/bookings?project={}&from={}&until={}", view.project.id, row.date, row.date);
    let (day, what) = (date(lang, row.date), format!("{} · {}", row.person.name, row.task));
    view! {
        <li>
            <A href=href attr:class="figure">{day}</A>
            <span>{what}<span class="row-note quiet">{why}</span></span>
            <span class="figure">{seconds(row.seconds)}</span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: the month before January is not December.
    #[test]
    fn the_month_before_is_whole() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        for (today, from, last) in [
            ("2026-05-01", "2026-04-01", "2026-04-30"),
            ("2026-03-31", "2026-02-01", "2026-02-28"),
            ("2026-01-15", "2025-12-01", "2025-12-31"),
        ] {
            assert_eq!(last_month(day(today)), (day(from), day(last)), "{today}");
        }
    }
}
