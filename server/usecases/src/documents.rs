//! Documents: list, page, issuing.

use domain::{
    DocumentId, Permission,
    documents::{DocumentState, due_on},
};
use store::{StoreError, customers, documents};
use wire::{
    Noun, Page, Problem,
    documents::{DocumentPage, DocumentQuery, DocumentRow},
};

use crate::{Call, Env, Refused, billing::invoice_numbers, changed::note, settings};

/// A page of the list, the latest first.
pub async fn list(env: &Env, call: &Call, ask: &DocumentQuery) -> Result<Page<DocumentRow>, Refused> {
    call.needs(Permission::SeeContracts)?;
    Ok(documents::list(&mut env.db.read().await?, ask).await?)
}

/// The page of a document. A draft goes to its customer as known now.
pub async fn page(env: &Env, call: &Call, id: DocumentId) -> Result<DocumentPage, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let mut page = documents::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    if page.row.state == DocumentState::Draft
        && let Some(customer) = customers::get(&mut tx, page.row.customer.id).await?
    {
        page.recipient = customer.card;
    }
    page.created.0 = env.local(page.created.0.to_utc());
    page.issued = page.issued.map(|(at, by)| (env.local(at.to_utc()), by));
    Ok(page)
}

/// Issues a draft: it gets its number, today's date and its recipient, and never changes again. Issued before, it stays
/// as it is.
pub async fn issue(env: &Env, call: &Call, id: DocumentId) -> Result<DocumentPage, Refused> {
    call.needs(Permission::Bill)?;
    let (saver, today, own) = (env.saver(call), env.today(), env.clone());
    let issued = env.write(call, move |tx| {
        let (saver, env) = (saver.clone(), own.clone());
        Box::pin(async move {
            let found = documents::lock(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
            if found.row.state == DocumentState::Issued {
                return Ok(id);
            }
            let customer = customers::get(tx, found.row.customer.id).await?;
            let customer = customer.ok_or_else(|| Refused::not_found(Noun::Customer))?;
            let pattern = settings::read(&env, tx).await?.invoice_numbers;
            let number = invoice_numbers(tx, &pattern, today, 1).await?.pop().unwrap_or_default();
            let dates = (number.as_str(), today, due_on(today, found.payment_days));
            if !documents::issue(tx, id, dates, &customer.card, (&saver.by, saver.at)).await? {
                return Err(StoreError::GivenUp("the document changed under its lock").into());
            }
            let state = |before: Option<&str>, after: &str| wire::history::FieldChange {
                field: "state".to_owned(),
                before: before.map(str::to_owned),
                after: Some(after.to_owned()),
            };
            note(tx, ("document", id.to_string()), &saver, vec![state(Some("draft"), "issued")]).await?;
            Ok(id)
        })
    });
    let id = issued.await.map_err(|refused: Refused| match refused {
        Refused::Problem(Problem::NotFound { .. }) => Refused::not_found(Noun::Document),
        other => other,
    })?;
    page(env, call, id).await
}
