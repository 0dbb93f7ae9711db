//! The billed periods of a contract: what was billed on which invoice, and why a quota is what it is.

use domain::{ContractId, Permission, quota::Unit};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, date, instant, money, say, validity};
use wire::contracts::{ClaimRow, ContractPage};

use crate::context::{may, visitor};

/// How many periods are shown at once.
const LATEST: usize = 12;

/// What every row is read with.
struct Of {
    contract: ContractId,
    unit: Unit,
    is_quota: bool,
}

/// The table of claims, the latest period first.
pub(super) fn claims(lang: Lang, page: &ContractPage) -> AnyView {
    if page.claims.is_empty() {
        return view! { <p class="empty">{say::claims_empty(lang)}</p> }.into_any();
    }
    let unit = page.account_id.map_or(Unit::Time, |(_, unit)| unit);
    let is_quota = page.account_id.is_some();
    let of = Of { contract: page.contract.id, unit, is_quota };
    let (latest, earlier) = page.claims.split_at(page.claims.len().min(LATEST));
    let earlier = (!earlier.is_empty()).then(|| {
        let title = say::claims_earlier(lang, earlier.len());
        view! { <details class="earlier"><summary>{title}</summary>{table(lang, earlier, &of)}</details> }
    });
    view! { {table(lang, latest, &of)}{earlier} }.into_any()
}

fn table(lang: Lang, claims: &[ClaimRow], of: &Of) -> AnyView {
    let rows = claims.iter().map(|claim| row(lang, claim, of)).collect_view();
    view! {
        <table class="list claims">
            <thead><tr>
                <th scope="col">{say::outlook_period(lang)}</th>
                <th scope="col">{say::document_invoice(lang)}</th>
                <th scope="col" class="right">{say::outlook_fee(lang)}</th>
                {of.is_quota.then(|| view! { <th scope="col">{say::outlook_quota(lang)}</th> })}
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(lang: Lang, claim: &ClaimRow, of: &Of) -> AnyView {
    let unit = of.unit;
    let number = claim.document_number.clone().unwrap_or_else(|| say::claim_document_draft(lang).to_owned());
    let document = match claim.document {
        Some(document) => view! { <A href=format!("/documents/{document}")>{number}</A> }.into_any(),
        None => view! { <span class="quiet">{say::claim_document_deleted(lang)}</span> }.into_any(),
    };
    let again = (claim.free && may(Permission::Cancel)).then(|| {
        let (contract, period, today) = (of.contract, claim.number, visitor().today);
        let href = format!("/billing?freed_contract={contract}&freed_period={period}&as_of={today}");
        let title = say::claim_bill_again_title(lang, validity(lang, claim.service));
        view! { " "<A href=href attr:class="claim-again" attr:aria-label=title>{say::claim_bill_again(lang)}</A> }
    });
    let free = claim.free.then(|| view! { " "<span class="tag tag-warn">{say::claim_free(lang)}</span> });
    let cancelled = claim.cancelled.then(|| view! { <span class="tag">{say::claim_cancelled(lang)}</span> });
    let lots = of.is_quota.then(|| {
        let lots = claim.lots.iter().map(|lot| {
            view! { <span class="claim-lot"><span class="figure">{amount(lang, unit, lot.amount)}</span>" "<span class="quiet">{validity(lang, lot.period)}</span></span> }
        });
        let none = claim.lots.is_empty().then(|| view! { <span class="quiet">{say::outlook_no_quota(lang)}</span> });
        view! { <td><div class="claim-lots">{lots.collect_view()}{none}{why(lang, claim, unit)}</div></td> }
    });
    view! {
        <tr>
            <th scope="row">{validity(lang, claim.service)}" "{cancelled}{free}{again}</th>
            <td>{document}</td>
            <td class="figure right">{money(lang, claim.net)}</td>
            {lots}
        </tr>
    }
    .into_any()
}

/// Why the quota of a period is what it is: the terms at billing time.
fn why(lang: Lang, claim: &ClaimRow, unit: Unit) -> Option<AnyView> {
    let quota = claim.terms.quota.as_ref()?;
    let said = amount(lang, unit, quota.amount);
    let title = say::claim_why(lang, &said);
    let text = say::claim_why_text(
        lang,
        validity(lang, claim.service),
        date(lang, claim.at.date_naive()),
        &claim.by,
        &said,
        instant(lang, claim.terms_at),
        &claim.terms_by,
        claim.version,
    );
    Some(view! { <details class="why"><summary>{title}</summary><p>{text}</p></details> }.into_any())
}
