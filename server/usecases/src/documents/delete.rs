//! Deleting drafts.

use domain::{DocumentId, Permission};
use store::{documents, ledger};
use wire::Noun;

use super::{
    SUBJECT,
    draws::release_all,
    facts::load,
    kept::{fields, kept},
};
use crate::{Call, Env, Refused, changed::note, settings};

/// Deletes a draft of a delivery note or invoice: what it holds is released, and a delivery note that it would have
/// invoiced can be invoiced again. Refused when it is no such draft.
pub async fn delete(env: &Env, call: &Call, id: DocumentId) -> Result<(), Refused> {
    call.needs(Permission::EditDocuments)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.write(call, move |tx| {
        let (saver, env) = (saver.clone(), own.clone());
        Box::pin(async move {
            let kept = kept(tx, id).await?;
            let Some(page) = &kept.page else { return Err(Refused::not_found(Noun::Document)) };
            let contracts = kept.contracts(std::iter::empty());
            let held = ledger::draws_of_document(tx, id).await?;
            let day = settings::read(&env, tx).await?.hours_per_day;
            let loaded = load(tx, &contracts, page.row.date, held, day, true).await?;
            for found in &loaded.facts.contracts {
                release_all(tx, found, &kept.held(), &saver).await?;
            }
            documents::delete(tx, id).await?;
            let gone = fields(page).into_iter().map(|(field, before)| wire::history::FieldChange {
                field: field.to_owned(),
                before: Some(before),
                after: None,
            });
            note(tx, (SUBJECT, id.to_string()), &saver, gone.collect()).await?;
            Ok(())
        })
    });
    done.await
}
