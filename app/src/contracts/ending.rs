//! Ending a contract: the plan of it while the day is typed, then the act. The plan stands in the address.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::{
    BookingId, DocumentId, DrawId, Permission,
    contracts::{BilledPeriod, Contract, EndPlan, EndedLot, Ending, LastPeriod, Loss, Proration, ending, outlook},
    documents::DocumentState,
    quota::{Amount, Unit},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, amount, date, say, validity};
use wire::{
    FieldProblem, FieldReason,
    contracts::{ContractPage, EndForm, EndView, PeriodInvoice, end_field},
};

use super::{
    calls::load_contract,
    change_calls::{EndContract, load_contract_end},
    problems::told,
    words::{money, months_words},
};
use crate::{
    bookings::booking_link,
    call::forget_when_typed,
    context::{lang, may, page_query, visitor},
    documents::title as document_title,
    ui::{Dialog, Failure, Field, FieldKind, NotSaved, Notice, Stored, Tone, came_back, overtaken},
};

/// What is loaded reaches so many days back; an earlier end is asked for.
const BACK: u64 = 31;

/// Where the plan of an end stands.
pub(super) fn plan_address(contract: domain::ContractId) -> String {
    format!("/contracts/{contract}?end=plan")
}

/// The plan, while the address asks for it. `renew` reads the page again.
#[component]
pub(super) fn EndPanel(page: ContractPage, renew: Callback<()>) -> impl IntoView {
    let query = page_query();
    let wanted = Memo::new(move |_| query.with(|query| query.get("end").is_some()));
    let page = StoredValue::new(page);
    move || wanted.get().then(|| view! { <Panel page=page.get_value() renew=renew/> })
}

/// What the form begins with: what came back with a refusal, what the address says, or notice given today.
fn first_form(page: &ContractPage, action: ServerAction<EndContract>) -> EndForm {
    let came_back: Option<EndForm> = came_back(*action, page.version);
    let get = |name: &str| page_query().with_untracked(|query| query.get(&format!("form[{name}]")));
    let agreed = page.contract.terms.renewal.is_none();
    let usual = if agreed { "agreed" } else { "notice" };
    let form = came_back.unwrap_or_else(|| EndForm {
        how: get("how").unwrap_or_else(|| usual.to_owned()),
        on: get("on").unwrap_or_else(|| visitor().today.to_string()),
        last: get("last").unwrap_or_default(),
        ..EndForm::default()
    });
    EndForm { contract: page.contract.id.to_string(), version: page.version, ..form }
}

/// An end that what is usually loaded does not reach: not only a day that is typed, also that of a first term that was
/// over long ago.
fn early(form: &EndForm, contract: &Contract) -> Option<NaiveDate> {
    let recently = visitor().today.checked_sub_days(Days::new(BACK))?;
    form.check().ok()?.how.of(contract).end().filter(|end| *end < recently)
}

#[component]
fn Panel(page: ContractPage, renew: Callback<()>) -> impl IntoView {
    let lang = lang();
    let (id, number) = (page.contract.id, page.card.number.clone());
    let action = ServerAction::<EndContract>::new();
    let form = RwSignal::new(first_form(&page, action));
    let overtaken = overtaken(*action, form, Stored::of(page.version, &page.history), move || async move {
        load_contract(id).await.map(|now| Stored::of(now.version, &now.history))
    });
    let contract = StoredValue::new(page.contract.clone());
    let asked = Memo::new(move |before: Option<&Option<NaiveDate>>| {
        let typed = form.with(|form| contract.with_value(|contract| early(form, contract)));
        let before = before.copied().flatten();
        typed.into_iter().chain(before).min()
    });
    let facts = Resource::new(move || asked.get(), move |from| load_contract_end(id, from));
    let navigate = use_navigate();
    Effect::new(move |_| match action.value().get() {
        Some(Ok(_)) => {
            let options = leptos_router::NavigateOptions { scroll: false, replace: true, ..Default::default() };
            navigate(&format!("/contracts/{id}"), options);
            renew.run(());
        }
        Some(Err(_)) => facts.refetch(),
        None => (),
    });
    let refused = move || action.value().get().and_then(Result::err);
    forget_when_typed(*action, form);
    let live = Memo::new(move |_| form.with(|form| contract.with_value(|contract| problems(form, contract))));
    let problem = move |field: &'static str| {
        Signal::derive(move || {
            let typed =
                live.with(|all| all.iter().find(|found| found.field == field).map(|found| found.reason.text(lang)));
            typed.or_else(|| refused().and_then(|error| error.at(field)))
        })
    };
    let elsewhere = move || refused().filter(|error| ["on", "last"].iter().all(|at| error.at(at).is_none()));
    let how = move || form.with(|form| form.how.clone());
    let ended = page.contract.cancelled_on.is_some() || page.contract.agreed_end.is_some();
    let ways = [("notice", say::ending_notice(lang)), ("agreed", say::ending_agreed(lang))].into_iter();
    let ways = ways.chain(ended.then(|| ("taken_back", say::ending_take_back(lang))));
    let ways = ways.map(move |(name, text)| {
        let checked = form.with_untracked(|form| form.how == name);
        view! {
            <label>
                <input type="radio" name="form[how]" value=name checked=checked prop:checked=move || how() == name
                    on:change=move |_| form.update(|form| name.clone_into(&mut form.how))/>
                {text}
            </label>
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        // The plain form's own preview asks the address.
        event.prevent_default();
        action.dispatch(EndContract { form: form.get_untracked() });
    };
    // Without JavaScript every field is always there.
    let hydrated = RwSignal::new(false);
    Effect::new(move |_| hydrated.set(true));
    let hidden = move |of: &'static str| hydrated.get() && how() != of;
    let able = Memo::new(move |_| {
        form.with(|form| {
            let how = form.check().ok()?.how;
            contract.with_value(|contract| {
                let after = how.of(contract);
                (after != *contract && after.faults().is_empty()).then_some(after)
            })
        })
    });
    let button = {
        let number = number.clone();
        move || match able.get().and_then(|after| after.end()) {
            Some(end) if how() != "taken_back" => {
                say::ending_save(lang, &number, date(lang, end.pred_opt().unwrap_or(end)))
            }
            _ if how() == "taken_back" => say::ending_save_take_back(lang, &number),
            _ => say::ending_title(lang, &number),
        }
    };
    let unable = move || hydrated.get() && (able.with(Option::is_none) || action.pending().get());
    let preview = move || {
        Suspend::new(async move {
            match facts.await {
                Ok(view) => {
                    let view = StoredValue::new(view);
                    (move || form.with(|form| view.with_value(|view| shown(lang, view, form)))).into_any()
                }
                Err(error) => view! { <Failure error=error/> }.into_any(),
            }
        })
    };
    let action_url = <EndContract as server_fn::ServerFn>::url();
    let (closed, here) = (format!("/contracts/{id}"), format!("/contracts/{id}"));
    view! {
        <Dialog title=say::ending_title(lang, &number) closed=closed>
            <form class="end-form" method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[contract]" value=id.to_string()/>
                <input type="hidden" name="form[version]" value=page.version.to_string()
                    prop:value=move || form.with(|form| form.version.to_string())/>
                <input type="hidden" name="end" value="plan"/>
                <fieldset class="choice-row">
                    <legend class="field-label">{say::ending_how(lang)}</legend>
                    {ways.collect_view()}
                </fieldset>
                <div class="end-field" hidden=move || hidden("notice")>
                    <Field label=say::field_cancelled_on(lang) name="form[on]" id="end-on" kind=FieldKind::Date
                        value=Signal::derive(move || form.with(|form| form.on.clone()))
                        set=move |value| form.update(|form| form.on = value) problem=problem("on")/>
                </div>
                <div class="end-field" hidden=move || hidden("agreed")>
                    <Field label=say::field_agreed_last(lang) name="form[last]" id="end-last" kind=FieldKind::Date
                        value=Signal::derive(move || form.with(|form| form.last.clone()))
                        set=move |value| form.update(|form| form.last = value) problem=problem("last")/>
                </div>
                <div class="end-plan" data-testid="end-plan" aria-live="polite"><Transition>{preview}</Transition></div>
                <div class="end-actions">
                    <button class="button-quiet only-plain" type="submit" formmethod="get" formaction=here>{say::ending_preview(lang)}</button>
                    <button class="button" type="submit" disabled=unable>{button}</button>
                </div>
            </form>
            <NotSaved refused=Signal::derive(elsewhere) overtaken=overtaken look=Some(format!("/contracts/{id}"))/>
        </Dialog>
    }
}

/// What is wrong with what is typed; what was not typed yet is not called wrong.
fn problems(form: &EndForm, contract: &Contract) -> Vec<FieldProblem> {
    match form.check() {
        Err(problem) => problem.fields().iter().filter(|found| told(found)).cloned().collect(),
        Ok(draft) => {
            let faults = draft.how.of(contract).faults();
            let unit = contract.terms.quota.as_ref().map_or(Unit::Time, |quota| quota.unit);
            let at = |(field, error)| FieldProblem::at(end_field(field), FieldReason::Terms(error, unit));
            faults.into_iter().map(at).collect()
        }
    }
}

/// What every part of the plan is written with.
struct Of<'a> {
    lang: Lang,
    view: &'a EndView,
    unit: Unit,
    plan: &'a EndPlan,
}

fn shown(lang: Lang, view: &EndView, form: &EndForm) -> AnyView {
    let wait = || view! { <p class="quiet">{say::ending_wait(lang)}</p> }.into_any();
    let Ok(draft) = form.check() else { return wait() };
    // What reaches back so far is on its way.
    if draft.how.of(&view.facts.contract).end().is_some_and(|end| end < view.facts.from) {
        return wait();
    }
    let unit = view.facts.account.as_ref().map_or(Unit::Time, |account| account.account.unit);
    let plan = match ending(&view.facts, draft.how, view.hours_per_day) {
        Ok(plan) if plan.faults.is_empty() => plan,
        Ok(_) => return wait(),
        Err(error) => return view! { <p class="warn">{wire::bill_text(lang, unit, &error)}</p> }.into_any(),
    };
    let of = Of { lang, view, unit, plan: &plan };
    let nothing =
        (plan.contract == view.facts.contract).then(|| view! { <p class="quiet">{say::ending_nothing(lang)}</p> });
    let past = plan.end.is_some_and(|end| end < visitor().today);
    let past = past.then(|| view! { <Notice tone=Tone::Warn><p>{say::ending_past(lang)}</p></Notice> });
    view! { {end_words(&of, draft.how)}{nothing}{past}{last(&of)}{lots(&of)}{beyond(&of)}{short(&of)}{drawn(&of)}{documents(&of)}{deficits(&of)} }
        .into_any()
}

fn day_before(lang: Lang, until: NaiveDate) -> String {
    date(lang, until.pred_opt().unwrap_or(until))
}

/// The end, what it was, and how a notice comes to it.
fn end_words(of: &Of<'_>, how: Ending) -> AnyView {
    let (lang, plan) = (of.lang, of.plan);
    let terms = &plan.contract.terms;
    let end = plan.end.map_or_else(|| say::ending_open(lang).to_owned(), |end| day_before(lang, end));
    let before = plan.earlier.map_or_else(
        || say::ending_open_until_now(lang).to_owned(),
        |end| say::ending_until_now(lang, day_before(lang, end)),
    );
    let before = (plan.earlier != plan.end).then(|| view! { <span class="quiet">" · "{before}</span> });
    let reach = match (how, plan.notice) {
        (Ending::Notice { on }, Some(reach)) => {
            let [on, over, boundary] = [on, reach.over, reach.boundary].map(|day| date(lang, day));
            Some(say::ending_reach(lang, on, months_words(lang, terms.notice), over, boundary))
        }
        (Ending::Notice { .. }, None) if terms.renewal.is_none() => Some(say::ending_no_renewal(lang).to_owned()),
        _ => None,
    };
    let renews = plan.end.is_none().then(|| {
        let ahead = outlook(&plan.contract, 0, 0, visitor().today, of.view.hours_per_day).ok()?;
        let by = months_words(lang, terms.renewal?);
        Some(say::outlook_renews_by(lang, date(lang, ahead.renews_on?), by))
    });
    view! {
        <dl class="facts facts-tight" data-testid="end-facts">
            <div><dt>{say::ending_last_day(lang)}</dt><dd><strong class="figure">{end}</strong>{before}</dd></div>
        </dl>
        {reach.map(|text| view! { <p class="quiet">{text}</p> })}
        {renews.flatten().map(|text| view! { <p class="quiet">{text}</p> })}
    }
    .into_any()
}

fn section(name: &'static str, heading: &'static str, lead: Option<String>, items: Vec<AnyView>) -> Option<AnyView> {
    let any = !items.is_empty();
    let lead = lead.map(|lead| view! { <p class="quiet row-note">{lead}</p> });
    any.then(|| {
        view! { <section data-testid=name><h3>{heading}</h3>{lead}<ul class="sum-parts">{items}</ul></section> }
            .into_any()
    })
}

fn row(text: impl IntoView + 'static, note: Option<String>, figure: String) -> AnyView {
    let note = note.map(|note| view! { <span class="quiet row-note">{note}</span> });
    view! { <li><span>{text}{note}</span><span class="figure">{figure}</span></li> }.into_any()
}

/// The last period with its price.
fn last(of: &Of<'_>) -> Option<AnyView> {
    let (lang, plan) = (of.lang, of.plan);
    plan.end?;
    let Some(last) = &plan.last else {
        return Some(view! { <p class="quiet">{say::ending_last_none(lang)}</p> }.into_any());
    };
    let currency = plan.contract.terms.currency;
    let granted = Amount::sum(last.bill.grants.iter().map(|grant| grant.amount)).unwrap_or_default();
    let quota = (last.billed.is_none() && granted.is_positive())
        .then(|| say::ending_last_quota(lang, amount(lang, of.unit, granted)));
    let notes: Vec<String> =
        [days(of, last), last.billed.map(|billed| billed_words(of, &billed)), quota].into_iter().flatten().collect();
    let notes = notes.into_iter().map(|note| view! { <span class="quiet row-note">{note}</span> }).collect_view();
    let period = view! { {validity(lang, last.period.service)}{notes} };
    let net = money(lang, last.bill.totals.net, currency);
    section("end-last", say::ending_last(lang), None, vec![row(period, None, net)])
}

/// How much of the last period is left, and what that does to its price.
fn days(of: &Of<'_>, last: &LastPeriod) -> Option<String> {
    let (lasts, whole) = last.days?;
    let full = money(of.lang, last.whole.net, of.plan.contract.terms.currency);
    Some(match of.plan.contract.terms.billing.proration {
        Proration::Daily => say::ending_last_days(of.lang, lasts, whole, full),
        Proration::None => say::ending_last_full(of.lang, lasts, whole),
    })
}

fn billed_words(of: &Of<'_>, billed: &BilledPeriod) -> String {
    let net = money(of.lang, billed.net, of.plan.contract.terms.currency);
    say::ending_last_billed(of.lang, net, validity(of.lang, billed.service))
}

/// What of the lots is lost.
fn lots(of: &Of<'_>) -> Option<AnyView> {
    let lang = of.lang;
    of.view.facts.account.as_ref().and(of.plan.end)?;
    if of.plan.lots.is_empty() {
        return Some(view! { <p class="quiet">{say::ending_lots_none(lang)}</p> }.into_any());
    }
    let items = of.plan.lots.iter().map(|lost: &EndedLot| {
        let why = match lost.loss {
            Loss::ByItself => say::ending_lot_by_itself(lang).to_owned(),
            Loss::Beyond => say::ending_lot_beyond(lang).to_owned(),
            Loss::Cut => match lost.lot.valid.last_day() {
                Some(day) => say::ending_lot_cut(lang, date(lang, day)),
                None => say::ending_lot_cut_open(lang).to_owned(),
            },
        };
        row(crate::accounts::own_period(lang, &lost.lot), Some(why), amount(lang, of.unit, lost.amount))
    });
    section("end-lots", say::ending_lots(lang), None, items.collect())
}

/// What was billed beyond the end, with the way to cancel it.
fn beyond(of: &Of<'_>) -> Option<AnyView> {
    let lang = of.lang;
    let may = may(Permission::Cancel);
    let items = of.plan.beyond.iter().map(|beyond| {
        let invoice = of.view.invoices.iter().find(|invoice| invoice.period == beyond.billed.number);
        let links = invoice.and_then(|invoice| links(lang, invoice, &beyond.billed, may));
        let text = view! { {validity(lang, beyond.billed.service)}{links} };
        let note = (beyond.after != beyond.billed.service)
            .then(|| say::ending_beyond_part(lang, validity(lang, beyond.after)));
        row(text, note, money(lang, beyond.billed.net, of.plan.contract.terms.currency))
    });
    let stays = Some(say::ending_beyond_stays(lang).to_owned());
    section("end-beyond", say::ending_beyond(lang), stays, items.collect())
}

/// What was billed in part, with the way to bill all of it.
fn short(of: &Of<'_>) -> Option<AnyView> {
    let lang = of.lang;
    let may = may(Permission::Cancel);
    let currency = of.plan.contract.terms.currency;
    let items = of.plan.short.iter().map(|short| {
        let invoice = of.view.invoices.iter().find(|invoice| invoice.period == short.billed.number);
        let links = invoice.and_then(|invoice| links(lang, invoice, &short.billed, may));
        let text = view! { {validity(lang, short.billed.service)}{links} };
        let instead = money(lang, short.instead, currency);
        let note = say::ending_short_part(lang, validity(lang, short.unbilled), instead);
        row(text, Some(note), money(lang, short.billed.net, currency))
    });
    section("end-short", say::ending_short(lang), Some(say::ending_short_lead(lang).to_owned()), items.collect())
}

/// The invoice, and the plan of its cancellation.
fn links(lang: Lang, invoice: &PeriodInvoice, billed: &BilledPeriod, may: bool) -> Option<AnyView> {
    let (document, number) = invoice.document.clone()?;
    let name = number.unwrap_or_else(|| say::document_invoice_draft(lang).to_owned());
    let cancel = may.then(|| {
        let title = say::timeline_cancel_title(lang, validity(lang, billed.service));
        let href = format!("/documents/{document}?undo=plan");
        view! { " · "<A href=href attr:aria-label=title>{say::timeline_cancel(lang)}</A> }
    });
    Some(view! { " · "<A href=format!("/documents/{document}")>{name}</A>{cancel} }.into_any())
}

/// The document or the booking whose draw it is.
fn draw_of(of: &Of<'_>, draw: DrawId) -> Option<AnyView> {
    let lang = of.lang;
    let document = of.view.draws.iter().find(|(found, _)| *found == draw).map(|(_, found)| {
        let (href, name) =
            (format!("/documents/{}", found.id), document_title(lang, found.kind, found.number.as_deref()));
        view! { " · "<A href=href>{name}</A> }.into_any()
    });
    document.or_else(|| {
        let booking = of.view.booked.iter().find(|(found, _)| *found == draw);
        booking.map(|(_, booking)| view! { " · "{booking_link(lang, booking)} }.into_any())
    })
}

/// What was drawn for later days, document by document and booking by booking.
fn drawn(of: &Of<'_>) -> Option<AnyView> {
    let lang = of.lang;
    // Each with one of its draws, by which it is named.
    let mut sums = BTreeMap::<(NaiveDate, Option<DocumentId>, Option<BookingId>), (DrawId, Amount)>::new();
    for drawn in &of.plan.drawn {
        let document = of.view.draws.iter().find(|(draw, _)| *draw == drawn.draw).map(|(_, document)| document.id);
        let booking = of.view.booked.iter().find(|(draw, _)| *draw == drawn.draw).map(|(_, booking)| booking.id);
        let (_, sum) = sums.entry((drawn.date, document, booking)).or_insert((drawn.draw, Amount::ZERO));
        *sum = sum.plus(drawn.amount).unwrap_or(*sum);
    }
    let sum = Amount::sum(of.plan.drawn.iter().map(|drawn| drawn.amount)).unwrap_or_default();
    let items = sums.into_iter().map(|((day, ..), (draw, sum))| {
        let named = draw_of(of, draw);
        row(view! { {say::undo_draw_of(lang, date(lang, day))}{named} }, None, amount(lang, of.unit, sum))
    });
    let lead = Some(say::ending_drawn_stays(lang, amount(lang, of.unit, sum)));
    section("end-drawn", say::ending_drawn(lang), lead, items.collect())
}

/// The documents of later days that name the contract.
fn documents(of: &Of<'_>) -> Option<AnyView> {
    let lang = of.lang;
    let items = of.plan.documents.iter().map(|document| {
        let name = document_title(lang, document.kind, document.number.as_deref());
        let state = match document.state {
            DocumentState::Draft => say::document_draft(lang),
            DocumentState::Issued => say::document_issued(lang),
            DocumentState::Cancelled => say::document_cancelled(lang),
        };
        let text = view! { <A href=format!("/documents/{}", document.document)>{name}</A>" "<span class="quiet">{state}</span> };
        row(text, None, date(lang, document.date))
    });
    let lead = Some(say::ending_documents_lead(lang).to_owned());
    section("end-documents", say::ending_documents(lang), lead, items.collect())
}

fn deficits(of: &Of<'_>) -> Option<AnyView> {
    of.plan.end?;
    let items = of.plan.deficits.iter().map(|open| {
        let text = view! { {say::undo_draw_of(of.lang, date(of.lang, open.date))}{draw_of(of, open.draw)} };
        row(text, None, amount(of.lang, of.unit, open.amount))
    });
    section("end-deficits", say::ending_deficits(of.lang), None, items.collect())
}
