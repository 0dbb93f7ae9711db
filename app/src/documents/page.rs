//! The page of a document: set like the paper that it becomes.

use domain::{
    DocumentId, Permission,
    documents::{DocumentKind, DocumentState},
    quota::{Amount, Unit},
    undo::Way,
};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_params_map},
};
use texts::{Lang, amount, date, decimal, instant, money, say, units_name, validity};
use wire::{
    bookings::booking_title,
    contracts::typed_price,
    documents::{BalancedDeficit, ClearedLine, DocumentLine, DocumentPage as PageOf},
    paper::gap_text,
};

use super::{
    calls::{
        DeleteDocument, InvoiceDeliveryNote, IssueDocument, load_document, load_document_history, load_paper_gaps,
    },
    history::{label, told, value},
    undo::{UndoPlan, plan_address},
    words::title,
};
use crate::{
    call::CallError,
    clearing::{cleared_words, outcome_name, tone, why},
    context::{lang, may, new_id, visitor},
    mails::Mails,
    receipts::Receipts,
    ui::{Failure, History, Icon, PageHead},
};

/// The page.
#[component]
pub fn DocumentPage() -> impl IntoView {
    let lang = lang();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<DocumentId>().ok())));
    let action = ServerAction::<IssueDocument>::new();
    // It outlives a reading of the page: what was refused is said beside what stands there now.
    let delete = ServerAction::<DeleteDocument>::new();
    let page = Resource::new(
        move || (id.get(), action.version().get()),
        |(id, _)| async move { load_document(id.ok_or_else(CallError::not_found)?).await },
    );
    let renew = Callback::new(move |()| page.refetch());
    let navigate = use_navigate();
    Effect::new(move |_| match delete.value().get() {
        Some(Ok(())) => navigate("/documents", leptos_router::NavigateOptions::default()),
        // Somebody else has saved the draft: whoever wanted to delete it sees first what it says now.
        Some(Err(error)) if error.code() == Some("changed") => page.refetch(),
        _ => (),
    });
    Effect::new(move |before: Option<String>| {
        let shown = id.get().map(|id| id.to_string()).unwrap_or_default();
        if before.is_some_and(|before| before != shown) {
            delete.clear();
        }
        shown
    });
    view! {
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Shown page=page action=action delete=delete renew=renew/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(
    page: PageOf,
    action: ServerAction<IssueDocument>,
    delete: ServerAction<DeleteDocument>,
    renew: Callback<()>,
) -> impl IntoView {
    let lang = lang();
    let row = &page.row;
    let title = title(lang, row.kind, row.number.as_deref());
    let above = {
        let (href, name) = (format!("/customers/{}", row.customer.id), row.customer.name.clone());
        view! { <A href="/documents">{say::nav_documents(lang)}</A>" · "<A href=href>{name}</A> }.into_any()
    };
    let draft = row.state == DocumentState::Draft;
    let (id, kind) = (row.id, row.kind);
    let issue = (draft && may(Permission::Bill)).then(|| view! { <Issue action=action id=id kind=kind/> });
    let edits = may(Permission::EditDocuments);
    let edit = (draft && kind.clears() && edits).then(|| {
        view! { <A href=format!("/documents/{id}/edit") attr:class="button-quiet"><Icon name="pencil"/>{say::document_edit(lang)}</A> }
    });
    let way = Way::open(kind, row.state);
    let undoes = way.filter(|way| may(way.needs(kind)));
    // A draft that somebody typed is deleted below; everything else goes with a plan, for grants and periods hang on it.
    let typed = draft && kind.clears();
    let planned = undoes.is_some() && !typed;
    let undo = planned.then(|| {
        let name =
            if draft { format!("{} …", say::document_delete(lang)) } else { say::document_cancel(lang).to_owned() };
        view! { <A href=plan_address(id) attr:class="button-quiet" scroll=false><Icon name="undo-2"/>{name}</A> }
    });
    let plan = may(Permission::Cancel).then(|| view! { <UndoPlan row=row.clone() renew=renew/> });
    let cancelled = (row.state == DocumentState::Cancelled)
        .then(|| view! { <p><span class="tag tag-bad">{say::document_cancelled(lang)}</span></p> });
    let below = if typed && undoes.is_some() {
        let (held, bookings) = (held(lang, &page), page.invoiced.as_ref().map_or(0, |of| of.bookings));
        Some(view! { <Delete action=delete id=id version=page.version held=held bookings=bookings/> }.into_any())
    } else if kind == DocumentKind::DeliveryNote
        && row.state == DocumentState::Issued
        && edits
        && page.invoice.is_none()
    {
        Some(view! { <ToInvoice note=id/> }.into_any())
    } else {
        None
    };
    let invoice = page.invoice.as_ref().map(|(id, number)| {
        let name = number.clone().unwrap_or_else(|| say::document_invoice_draft(lang).to_owned());
        view! { <div><dt>{say::document_invoiced(lang)}</dt><dd><A href=format!("/documents/{id}")>{name}</A></dd></div> }
    });
    let named = |label, other: &Option<(DocumentId, Option<String>)>| {
        let other = other.as_ref().map(|(id, number)| (format!("/documents/{id}"), number.clone().unwrap_or_default()));
        other.map(|(href, number)| view! { <div><dt>{label}</dt><dd><A href=href>{number}</A></dd></div> })
    };
    let cancels = named(say::document_cancels(lang), &page.cancels);
    let cancelled_by = named(say::document_cancelled_by(lang), &page.cancelled_by);
    let reason = (!page.reason.is_empty()).then(|| {
        view! { <div><dt>{say::document_cancel_reason(lang)}</dt><dd>{page.reason.clone()}</dd></div> }
    });
    let invoiced = page.invoiced.as_ref().map(|of| {
        let last = of.period.last_day().map_or_else(String::new, |last| last.to_string());
        let href = format!("/bookings?project={}&from={}&until={last}", of.project.id, of.period.from);
        let name = format!("{} {}", of.project.number, of.project.name);
        let many = match of.bookings {
            // Cancelled, it has given them back.
            0 => validity(lang, of.period),
            1 => format!("{}, {}", validity(lang, of.period), say::invoicing_one_booking(lang)),
            many => format!("{}, {}", validity(lang, of.period), say::invoicing_bookings(lang, many)),
        };
        view! { <div data-testid="invoiced"><dt>{say::project(lang)}</dt><dd>{name}" "<A href=href>{many}</A></dd></div> }
    });
    let due = kind.is_invoice().then(|| {
        view! { <div><dt>{say::document_due(lang)}</dt><dd class="figure">{date(lang, row.due_on)}</dd></div> }
    });
    // Counts what is done below with receipts and mails: the history tells of it.
    let done = RwSignal::new(0_u32);
    let receipts = (kind.is_invoice() && !draft).then(|| view! { <Receipts document=id done=done/> });
    let mails = (!draft).then(|| view! { <Mails document=id done=done/> });
    let card = &page.recipient;
    let address = [card.street.clone(), format!("{} {}", card.postcode, card.city), card.vat_id.clone()];
    let address = address.into_iter().filter(|line| !line.trim().is_empty()).map(|line| view! { <span>{line}</span> });
    let currency = row.net.currency;
    let sum = |minor| money(lang, domain::Money { minor, currency });
    let lines = page.lines.iter().enumerate().map(|(place, line)| {
        let balanced = balanced(lang, page.balanced.iter().filter(|billed| billed.place == place));
        // What a project is invoiced for its waterfall has decided: no contract was asked.
        let cleared = line.cleared.as_ref().filter(|_| page.invoiced.is_none());
        line_row(lang, (line, cleared), currency, balanced)
    });
    let lines = lines.collect_view();
    let rates = page.totals.rates.iter().map(|rate| {
        let text = say::document_vat(lang, decimal(lang, rate.rate.percent()), sum(rate.net));
        view! { <div><dt>{text}</dt><dd class="figure">{sum(rate.vat)}</dd></div> }
    });
    let project = page.project.as_ref().map(|project| {
        let (href, number) = (format!("/projects/{}", project.id), project.number.clone());
        view! { <div><dt>{say::document_project(lang)}</dt><dd data-testid="project"><A href=href>{number}</A>" "{project.name.clone()}</dd></div> }
    });
    let made = say::document_created_by(lang, &page.created.1, instant(lang, page.created.0));
    let issued = page.issued.as_ref().map(|(at, by)| say::document_issued_by(lang, by, instant(lang, *at)));
    view! {
        <PageHead title=title above=above>
            <a href=format!("/documents/{id}/paper.pdf") class="button-quiet" target="_blank" rel="external"><Icon name="file-text"/>{if draft { say::document_paper_preview(lang) } else { "PDF" }}</a>
            {undo}{edit}{issue}
        </PageHead>
        {draft.then(|| view! { <Gaps id=id/> })}
        {plan}
        <article class="sheet paper" data-testid="document">
            <header>
                <address>
                    <span class="quiet">{visitor().company}</span>
                    <strong>{card.name.clone()}</strong>
                    {address.collect_view()}
                    {cancelled}
                </address>
                <dl class="facts facts-tight">
                    {row.number.clone().map(|number| view! { <div><dt>{say::documents_number(lang)}</dt><dd class="figure">{number}</dd></div> })}
                    <div><dt>{say::document_date(lang)}</dt><dd class="figure">{date(lang, row.date)}</dd></div>
                    {due}
                    {project}
                    {invoice}
                    {invoiced}
                    {cancels}
                    {cancelled_by}
                    {reason}
                    <div><dt>{say::field_delivery(lang)}</dt><dd>{crate::contracts::delivery_name(lang, page.delivery)}</dd></div>
                </dl>
            </header>
            <table class="lines">
                <thead><tr>
                    <th scope="col">{say::item_text(lang)}</th>
                    <th scope="col" class="right">{say::item_quantity(lang)}</th>
                    <th scope="col" class="right">{say::item_price(lang)}</th>
                    <th scope="col" class="right">{say::item_vat(lang)}</th>
                    <th scope="col" class="right">{say::item_total(lang)}</th>
                </tr></thead>
                <tbody>{lines}</tbody>
            </table>
            <dl class="totals" data-testid="totals">
                <div><dt>{say::document_net(lang)}</dt><dd class="figure" data-testid="net">{sum(page.totals.net)}</dd></div>
                {rates.collect_view()}
                <div class="totals-line"><dt>{say::document_gross(lang)}</dt><dd class="figure" data-testid="gross">{sum(page.totals.gross)}</dd></div>
            </dl>
        </article>
        <p class="quiet">{made}{issued.map(|issued| format!(" · {issued}"))}</p>
        {receipts}
        {mails}
        {below}
        <Changes id=id currency=currency done=done/>
    }
}

/// What was done with the document, the latest first.
#[component]
fn Changes(id: DocumentId, currency: domain::Currency, done: RwSignal<u32>) -> impl IntoView {
    let changes = Resource::new(move || done.get(), move |_| load_document_history(id));
    let shown = move || {
        Suspend::new(async move {
            let changes = changes.await.ok()?;
            Some(view! { <History changes=told(changes) label=label value=value(currency)/> })
        })
    };
    view! { <Transition>{shown}</Transition> }
}

/// What the paper of a draft lacks that the law asks for, said before it is issued.
#[component]
fn Gaps(id: DocumentId) -> impl IntoView {
    let lang = lang();
    let gaps = Resource::new(move || id, load_paper_gaps);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let gaps = gaps.await.unwrap_or_default();
                (!gaps.is_empty()).then(|| {
                    let words = gaps.into_iter().map(|gap| gap_text(lang, gap)).collect::<Vec<_>>().join(", ");
                    view! { <p class="warn" data-testid="paper-gaps">{say::paper_gaps(lang, words)}</p> }
                })
            })}
        </Suspense>
    }
}

/// What the draft holds of quotas, in words; empty when it holds nothing.
fn held(lang: Lang, page: &PageOf) -> String {
    let cleared = page.lines.iter().filter_map(|line| line.cleared.as_ref()).filter(|line| line.note.is_none());
    let figures =
        cleared.filter_map(|line| line.clearing.figures.as_ref().map(|found| (found.unit, line.clearing.cleared)));
    let mut sums: Vec<(Unit, Amount)> = Vec::new();
    for (unit, amount) in figures {
        match sums.iter_mut().find(|(of, _)| *of == unit) {
            Some((_, sum)) => *sum = sum.plus(amount).unwrap_or(*sum),
            None => sums.push((unit, amount)),
        }
    }
    let sums = sums.into_iter().filter(|(_, sum)| sum.is_positive());
    sums.map(|(unit, sum)| amount(lang, unit, sum)).collect::<Vec<_>>().join(", ")
}

/// The documents and bookings whose deficits a line of a balancing invoice bills, and where the others stand.
fn balanced<'a>(lang: Lang, billed: impl Iterator<Item = &'a BalancedDeficit>) -> Option<AnyView> {
    let links: Vec<_> = billed
        .map(|billed| {
            let (href, name) = match (&billed.document, &billed.booking) {
                (Some(of), _) => (format!("/documents/{}", of.id), title(lang, of.kind, of.number.as_deref())),
                (None, Some(of)) => {
                    (format!("/bookings/{}", of.id), format!("{} · {}", date(lang, of.date), booking_title(lang, of)))
                }
                (None, None) => (
                    format!("/accounts/{}?on={}", billed.account, billed.date),
                    say::undo_draw_of(lang, date(lang, billed.date)),
                ),
            };
            let figure = amount(lang, billed.unit, billed.amount);
            view! { <li><A href=href>{name}</A>" "<span class="figure quiet">{figure}</span></li> }
        })
        .collect();
    (!links.is_empty()).then(|| {
        view! {
            <details class="why balanced" data-testid="balanced"><summary>{say::document_balanced(lang)}</summary><ul>{links.into_iter().collect_view()}</ul></details>
        }
        .into_any()
    })
}

fn line_row(
    lang: Lang,
    (line, cleared): (&DocumentLine, Option<&ClearedLine>),
    currency: domain::Currency,
    below: Option<AnyView>,
) -> AnyView {
    let of = &line.line;
    let service = line.service.map(|service| say::document_service(lang, validity(lang, service)));
    let contract = line.contract.as_ref().map(|(id, number)| {
        let (href, title) = (format!("/contracts/{id}"), say::contract_title(lang, number));
        view! { <A href=href>{title}</A> }
    });
    let discount = of.discount.value();
    let discount = (!discount.is_zero()).then(|| format!("−{} %", decimal(lang, discount)));
    let total = money(lang, domain::Money { minor: line.total, currency });
    let item = cleared.map(|cleared| item_row(lang, cleared, currency));
    view! {
        <tr>
            <th scope="row" class="line-text">{of.text.clone()}<span class="row-note quiet">{service}" "{contract}</span>{below}</th>
            <td class="figure right">{decimal(lang, of.quantity.value())}" "<span class="quiet">{units_name(lang, of.unit, of.quantity)}</span></td>
            <td class="figure right">{typed_price(lang, of.price)}{discount.map(|text| view! { <span class="row-note quiet">{text}</span> })}</td>
            <td class="figure right">{decimal(lang, of.vat.percent())}" %"</td>
            <td class="figure right">{total}</td>
        </tr>
        {item}
    }
    .into_any()
}

/// The clearing item below its line, with its reason.
fn item_row(lang: Lang, cleared: &ClearedLine, currency: domain::Currency) -> AnyView {
    let clearing = &cleared.clearing;
    let total = money(lang, domain::Money { minor: clearing.item, currency });
    let note = cleared.note.as_ref().map(|(id, number)| {
        let (href, text) = (format!("/documents/{id}"), say::document_from_note(lang, number));
        view! { <A href=href>{text}</A> }
    });
    view! {
        <tr class="doc-item-row" data-testid="item">
            <th scope="row">
                <span class="doc-item-name">{say::clearing_item(lang)}</span>" "
                <span class=tone(&clearing.outcome) data-testid="outcome">{outcome_name(lang, clearing.outcome.name())}</span>" "{note}
                <details class="why"><summary>{say::clearing_why(lang)}</summary>{why(lang, clearing)}<p class="quiet">{say::clearing_recorded(lang)}</p></details>
            </th>
            <td class="figure right" data-testid="cleared">{cleared_words(lang, clearing)}</td>
            <td></td>
            <td></td>
            <td class="figure right" data-testid="item-total">{total}</td>
        </tr>
    }
    .into_any()
}

/// Deletes a draft; says first what becomes free.
#[component]
fn Delete(
    action: ServerAction<DeleteDocument>,
    id: DocumentId,
    version: i64,
    held: String,
    bookings: usize,
) -> impl IntoView {
    let lang = lang();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(DeleteDocument { id, version, seen: String::new() });
    };
    let opened = action.value().get_untracked().is_some_and(|done| done.is_err());
    let plan = if held.is_empty() {
        say::document_delete_plan_nothing(lang).to_owned()
    } else {
        say::document_delete_plan(lang, held)
    };
    let frees = (bookings > 0).then(|| view! { <p>{say::invoicing_delete_frees(lang, bookings)}</p> });
    let refused = move || action.value().get().and_then(Result::err);
    let action_url = <DeleteDocument as server_fn::ServerFn>::url();
    view! {
        <details class="below" open=opened>
            <summary>{say::document_delete(lang)}" …"</summary>
            <form method="post" action=action_url on:submit=submit class="issue">
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="version" value=version.to_string()/>
                <input type="hidden" name="seen" value=""/>
                <p>{plan}</p>
                {frees}
                <button class="button button-danger" type="submit" disabled=action.pending()>{say::document_delete(lang)}</button>
                {move || refused().map(|error| view! { <Failure error=error/> })}
            </form>
        </details>
    }
}

/// Makes the invoice of a delivery note.
#[component]
fn ToInvoice(note: DocumentId) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<InvoiceDeliveryNote>::new();
    let new = StoredValue::new(new_id());
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(page)) = action.value().get() {
            navigate(&format!("/documents/{}", page.row.id), leptos_router::NavigateOptions::default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(id) = new.get_value().parse() {
            action.dispatch(InvoiceDeliveryNote { note, id });
        }
    };
    let refused = move || action.value().get().and_then(Result::err);
    let action_url = <InvoiceDeliveryNote as server_fn::ServerFn>::url();
    view! {
        <form method="post" action=action_url on:submit=submit class="issue below">
            <input type="hidden" name="note" value=note.to_string()/>
            <input type="hidden" name="id" value=new.get_value()/>
            <button class="button" type="submit" disabled=action.pending()>{say::document_to_invoice(lang)}</button>
            <span class="quiet">{say::document_to_invoice_hint(lang)}</span>
            {move || refused().map(|error| view! { <Failure error=error/> })}
        </form>
    }
}

#[component]
fn Issue(action: ServerAction<IssueDocument>, id: DocumentId, kind: DocumentKind) -> impl IntoView {
    let lang = lang();
    let name = if kind.is_invoice() { say::document_issue(lang) } else { say::document_issue_note(lang) };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(IssueDocument { id });
    };
    let refused = move || action.value().get().and_then(Result::err);
    let action_url = <IssueDocument as server_fn::ServerFn>::url();
    view! {
        <form method="post" action=action_url on:submit=submit class="issue">
            <input type="hidden" name="id" value=id.to_string()/>
            <span class="quiet">{say::document_issue_hint(lang)}</span>
            <button class="button" type="submit" disabled=action.pending()>{name}</button>
            {move || refused().map(|error| view! { <Failure error=error/> })}
        </form>
    }
}
