//! What the editor of a document works with.

use chrono::NaiveDate;
use domain::{ContractId, CustomerId, DocumentId, Permission, clearing::ClearingLine, documents::DocumentState};
use store::{Tx, contracts, customers, documents};
use wire::{
    Noun, Problem,
    contracts::CustomerRef,
    documents::{ClearingFacts, DocumentEditor, DocumentPage, DraftLine, EditedDocument, KnownContract},
};

use super::{SUBJECT, facts::load};
use crate::{Call, Env, Refused, articles, changed::latest, settings};

/// Everything that the editor needs: of a draft, or of a new document for a customer.
pub async fn editor(
    env: &Env,
    call: &Call,
    id: Option<DocumentId>,
    customer: Option<CustomerId>,
) -> Result<DocumentEditor, Refused> {
    call.needs(Permission::EditDocuments)?;
    let mut tx = env.db.read().await?;
    let document = match id {
        None => None,
        Some(id) => Some(edited(&mut tx, id).await?),
    };
    let customer = match document.as_ref().map(|(_, page)| page.row.customer.id).or(customer) {
        None => None,
        Some(id) => {
            let found = customers::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Customer))?;
            Some(CustomerRef { id, number: found.card.number, name: found.card.name })
        }
    };
    let date = document.as_ref().map_or_else(|| env.today(), |(edited, _)| edited.date);
    let clearing = match &customer {
        None => None,
        Some(customer) => Some(known(env, &mut tx, customer.id, date, id).await?),
    };
    let last = match id {
        None => None,
        Some(id) => latest(env, &mut tx, (SUBJECT, id.to_string())).await?,
    };
    Ok(DocumentEditor {
        document: document.map(|(edited, _)| edited),
        customer,
        catalogue: articles::catalogue(env, &mut tx).await?,
        clearing,
        last,
    })
}

/// What a document of that customer and date is reconciled with. `id` is the document that is edited.
pub async fn facts(
    env: &Env,
    call: &Call,
    customer: CustomerId,
    date: NaiveDate,
    id: Option<DocumentId>,
) -> Result<ClearingFacts, Refused> {
    call.needs(Permission::EditDocuments)?;
    let mut tx = env.db.read().await?;
    if customers::get(&mut tx, customer).await?.is_none() {
        return Err(Refused::not_found(Noun::Customer));
    }
    known(env, &mut tx, customer, date, id).await
}

async fn edited(tx: &mut Tx, id: DocumentId) -> Result<(EditedDocument, DocumentPage), Refused> {
    let page = documents::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    if page.row.state != DocumentState::Draft || !page.row.kind.clears() {
        return Err(Problem::NotADraft.into());
    }
    let (mut fixed, mut lines) = (Vec::new(), Vec::new());
    for line in &page.lines {
        let Some(cleared) = &line.cleared else { continue };
        let contract = line.contract.as_ref().map(|(id, _)| *id);
        let (id, clears, of) = (cleared.id, cleared.clears, line.line.clone());
        if cleared.note.is_some() {
            fixed.push(ClearingLine { id, line: of, contract, clears, fixed: Some(cleared.clearing.clone()) });
        } else {
            lines.push(DraftLine { id, line: of, contract, clears });
        }
    }
    let edited = EditedDocument {
        id,
        version: page.version,
        kind: page.row.kind,
        currency: page.row.net.currency,
        date: page.row.date,
        delivery: page.delivery,
        payment_days: page.payment_days,
        fixed,
        lines,
    };
    Ok((edited, page))
}

/// The quota contracts of the customer, and whatever else the document names.
async fn known(
    env: &Env,
    tx: &mut Tx,
    customer: CustomerId,
    date: NaiveDate,
    id: Option<DocumentId>,
) -> Result<ClearingFacts, Refused> {
    let mut ids: Vec<ContractId> =
        contracts::of_customer(tx, customer).await?.into_iter().map(|line| line.id).collect();
    if let Some(id) = id {
        ids.extend(documents::kept_lines(tx, id).await?.into_iter().filter_map(|kept| kept.contract));
    }
    ids.sort_unstable();
    ids.dedup();
    let day = settings::read(env, tx).await?.hours_per_day;
    let loaded = load(tx, &ids, date, id, day, false).await?;
    let names = contracts::names(tx, &ids).await?;
    let known = loaded.contracts.iter().zip(&loaded.facts.contracts).map(|(found, facts)| KnownContract {
        id: found.contract.id,
        number: found.card.number.clone(),
        type_name: names
            .iter()
            .find(|name| name.id == found.contract.id)
            .map(|name| name.type_name.clone())
            .unwrap_or_default(),
        unit: facts.counting(date).map(|account| account.account.unit),
    });
    let contracts = known.collect();
    Ok(ClearingFacts { date, facts: loaded.facts, contracts })
}
