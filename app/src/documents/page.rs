//! The page of a document: set like the paper that it becomes.

use domain::{DocumentId, Permission, documents::DocumentState};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use texts::{Lang, date, decimal, instant, money, say, validity};
use wire::{
    Noun,
    contracts::typed_price,
    documents::{DocumentLine, DocumentPage as PageOf},
};

use super::calls::{IssueDocument, load_document};
use crate::{
    articles::unit_name,
    call::CallError,
    context::{lang, person, visitor},
    ui::{Failure, PageHead},
};

/// The page.
#[component]
pub fn DocumentPage() -> impl IntoView {
    let lang = lang();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<DocumentId>().ok())));
    let action = ServerAction::<IssueDocument>::new();
    let page = Resource::new(
        move || (id.get(), action.version().get()),
        |(id, _)| async move { load_document(id.ok_or_else(|| CallError::not_found(Noun::Document))?).await },
    );
    view! {
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Shown page=page action=action/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(page: PageOf, action: ServerAction<IssueDocument>) -> impl IntoView {
    let lang = lang();
    let row = &page.row;
    let title = match &row.number {
        Some(number) => say::document_invoice_title(lang, number),
        None => say::document_invoice_draft(lang).to_owned(),
    };
    let above = {
        let (href, name) = (format!("/customers/{}", row.customer.id), row.customer.name.clone());
        view! { <A href="/documents">{say::nav_documents(lang)}</A>" · "<A href=href>{name}</A> }.into_any()
    };
    let may_issue =
        row.state == DocumentState::Draft && person().is_some_and(|person| person.role.may(Permission::Bill));
    let id = row.id;
    let issue = may_issue.then(|| view! { <Issue action=action id=id/> });
    let card = &page.recipient;
    let address = [card.street.clone(), format!("{} {}", card.postcode, card.city), card.vat_id.clone()];
    let address = address.into_iter().filter(|line| !line.trim().is_empty()).map(|line| view! { <span>{line}</span> });
    let currency = row.net.currency;
    let sum = |minor| money(lang, domain::Money { minor, currency });
    let lines = page.lines.iter().map(|line| line_row(lang, line, currency)).collect_view();
    let rates = page.totals.rates.iter().map(|rate| {
        let text = say::document_vat(lang, decimal(lang, rate.rate.percent()), sum(rate.net));
        view! { <div><dt>{text}</dt><dd class="figure">{sum(rate.vat)}</dd></div> }
    });
    let made = say::document_created_by(lang, &page.created.1, instant(lang, page.created.0));
    let issued = page.issued.as_ref().map(|(at, by)| say::document_issued_by(lang, by, instant(lang, *at)));
    view! {
        <PageHead title=title above=above>{issue}</PageHead>
        <article class="sheet paper" data-testid="document">
            <header>
                <address>
                    <span class="quiet">{visitor().company}</span>
                    <strong>{card.name.clone()}</strong>
                    {address.collect_view()}
                </address>
                <dl class="facts facts-tight">
                    {row.number.clone().map(|number| view! { <div><dt>{say::documents_number(lang)}</dt><dd class="figure">{number}</dd></div> })}
                    <div><dt>{say::document_date(lang)}</dt><dd class="figure">{date(lang, row.date)}</dd></div>
                    <div><dt>{say::document_due(lang)}</dt><dd class="figure">{date(lang, row.due_on)}</dd></div>
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
    }
}

fn line_row(lang: Lang, line: &DocumentLine, currency: domain::Currency) -> AnyView {
    let of = &line.line;
    let service = line.service.map(|service| say::document_service(lang, validity(lang, service)));
    let contract = line.contract.as_ref().map(|(id, number)| {
        let (href, title) = (format!("/contracts/{id}"), say::contract_title(lang, number));
        view! { <A href=href>{title}</A> }
    });
    let discount = of.discount.value();
    let discount = (!discount.is_zero()).then(|| format!("−{} %", decimal(lang, discount)));
    let total = money(lang, domain::Money { minor: line.total, currency });
    view! {
        <tr>
            <th scope="row">{of.text.clone()}<span class="row-note quiet">{service}" "{contract}</span></th>
            <td class="figure right">{decimal(lang, of.quantity.value())}" "<span class="quiet">{unit_name(lang, of.unit)}</span></td>
            <td class="figure right">{typed_price(lang, of.price)}{discount.map(|text| view! { <span class="row-note quiet">{text}</span> })}</td>
            <td class="figure right">{decimal(lang, of.vat.percent())}" %"</td>
            <td class="figure right">{total}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn Issue(action: ServerAction<IssueDocument>, id: DocumentId) -> impl IntoView {
    let lang = lang();
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
            <button class="button" type="submit" disabled=action.pending()>{say::document_issue(lang)}</button>
            {move || refused().map(|error| view! { <Failure error=error/> })}
        </form>
    }
}
