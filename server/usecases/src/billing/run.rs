//! Runs: making one, and billing what is due.

use std::sync::Arc;

use domain::{ContractId, RunId};
use futures::{StreamExt, stream};
use store::{
    Engine, StoreError, Tx, Work,
    billing::{self, Owner, RunWork},
    contracts,
};
use wire::{
    Noun, Problem,
    billing::{NotBilled, RunDraft, RunRow, Selection},
};

use super::{
    commit::{Terms, commit},
    decide::{Asked, decide},
    fees::{FeePiece, commit_fees, decide_fees, failures},
    holding::Holding,
    plan::{Pieces, by_hand, check, needed, pieces},
    view,
};
use crate::{Call, Env, Refused, changed::Saver, settings};

/// How the scheduler signs.
pub(crate) const SCHEDULER: &str = "Drawdown";

/// Makes a run that has not begun yet. The same content again is accepted; the same id with other content is refused.
pub async fn start(env: &Env, call: &Call, draft: RunDraft) -> Result<RunRow, Refused> {
    call.needs(needed(&draft.selection))?;
    let saver = env.saver(call);
    let begun = env.answered(call, told, move |tx| {
        let (saver, draft) = (saver.clone(), draft.clone());
        Box::pin(async move {
            check(tx, draft.as_of, &draft.selection).await?;
            let contracts = contracts_of(&pieces(tx, draft.as_of, &draft.selection, true).await?);
            if billing::add(tx, &draft, None, contracts, (&saver.by, saver.at)).await? {
                return Ok(draft.id);
            }
            match billing::get(tx, draft.id).await? {
                Some(found) if found.draft == draft => Ok(draft.id),
                _ => Err(Problem::SameId.into()),
            }
        })
    });
    begun.await
}

fn told<'t>(env: &'t Env, tx: &'t mut Tx, id: RunId) -> Work<'t, RunRow, Refused> {
    Box::pin(view::row(env, tx, id))
}

fn contracts_of(pieces: &Pieces) -> i64 {
    i64::try_from(pieces.count()).unwrap_or(i64::MAX)
}

/// What is billed in one transaction.
#[derive(Debug, Clone)]
enum Piece {
    /// Contracts that share an invoice, or one alone.
    Contracts(Vec<ContractId>),
    /// The fees of a project.
    Fees(FeePiece),
}

/// Makes a run and works on it in the background.
pub async fn launch(env: &Env, call: &Call, draft: RunDraft) -> Result<RunRow, Refused> {
    let row = start(env, call, draft).await?;
    let (env, id) = (env.clone(), row.id);
    tokio::spawn(async move {
        if let Err(error) = work(&env, id).await {
            tracing::error!(%error, run = %id, "a billing run stopped; it will be taken up again");
        }
    });
    Ok(row)
}

/// Makes the run of that day once, whichever process comes first, and works on it. It bills automatic contracts and fees,
/// and issues.
pub async fn nightly(env: &Env) -> Result<Option<RunId>, Refused> {
    let today = env.today();
    if billing::nightly(&mut env.db.read().await?, today).await? {
        return Ok(None);
    }
    let draft = RunDraft { id: RunId::new(env.id()), as_of: today, issue: true, selection: Selection::All };
    let (at, id) = (env.now(), draft.id);
    let made = env.db.write(move |tx| {
        let draft = draft.clone();
        Box::pin(async move {
            let contracts = contracts_of(&pieces(tx, today, &Selection::All, false).await?);
            Ok::<_, Refused>(billing::add(tx, &draft, Some(today), contracts, (SCHEDULER, at)).await?)
        })
    });
    if !made.await? {
        return Ok(None);
    }
    work(env, id).await?;
    Ok(Some(id))
}

/// Works on a run to its end. `false` when it has ended, or when somebody else works on it or took it over.
pub async fn work(env: &Env, run: RunId) -> Result<bool, Refused> {
    let Some(mut holding) = Holding::take(env, RunWork::Bill, run).await? else { return Ok(false) };
    let mut tx = env.db.read().await?;
    let found = billing::get(&mut tx, run).await?.ok_or_else(|| Refused::not_found(Noun::Run))?;
    let company = settings::read(env, &mut tx).await?;
    let RunDraft { as_of, issue, selection, .. } = found.draft;
    let Pieces { contracts: mut pieces, mut again, mut fees } =
        pieces(&mut tx, as_of, &selection, !found.nightly).await?;
    let one = matches!(selection, Selection::Contract(_) | Selection::Freed(..) | Selection::FreedFees(_));
    if one && billing::totals(&mut tx, &[run]).await?.get(&run).is_some_and(|(totals, _)| totals.billed > 0) {
        // The one piece of work is done; whoever did it only did not get to the end.
        pieces.clear();
        fees.clear();
    }
    if matches!(selection, Selection::FreedOf(_)) {
        // What it has billed is free again where that was cancelled meanwhile: this run does not bill it once more.
        let done = billing::billed_of(&mut tx, run).await?;
        fees.retain_mut(|piece| piece.leave_out(&done));
        if let Some(freed) = again.as_mut().map(Arc::make_mut) {
            freed.retain(|contract, periods| {
                periods.retain(|period| !done.contains(&(Owner::Contract(*contract), *period)));
                !periods.is_empty()
            });
            for piece in &mut pieces {
                piece.retain(|contract| freed.contains_key(contract));
            }
            pieces.retain(|piece| !piece.is_empty());
        }
    }
    if matches!(selection, Selection::Chosen(_)) {
        // Those that were billed before somebody stopped are done.
        let done = billing::contracts_of(&mut tx, run).await?;
        for piece in &mut pieces {
            piece.retain(|contract| !done.contains(contract));
        }
        pieces.retain(|piece| !piece.is_empty());
    }
    drop(tx);
    let asked = Asked { as_of, by_hand: by_hand(&selection), again, day: company.hours_per_day };
    let saver = Saver { by: found.started_by, at: env.now() };
    let (today, day, numbers) = (env.today(), company.hours_per_day, company.invoice_numbers);
    let terms = Arc::new(Terms { run, issue, saver, today, day, numbers });
    // SQLite's pieces share commits; PostgreSQL has a connection for each.
    let at_once = match env.db.engine() {
        Engine::Sqlite => 64,
        Engine::Postgres => 12,
    };
    // What is claimed is not due any more: of fees that are billed for the first time that says what is done.
    let pieces = pieces.into_iter().map(Piece::Contracts).chain(fees.into_iter().map(Piece::Fees));
    let mut done = stream::iter(pieces)
        .map(|piece| bill(env.clone(), piece, asked.clone(), terms.clone()))
        .buffer_unordered(at_once);
    while let Some(billed) = done.next().await {
        billed?;
        if !holding.goes_on().await? {
            return Ok(false);
        }
    }
    holding.end().await
}

/// Bills one piece. What goes wrong with it is noted, and the others go on; only when not even that can be stored, the
/// run stops, to be taken up again.
async fn bill(env: Env, piece: Piece, asked: Asked, terms: Arc<Terms>) -> Result<(), Refused> {
    let (own, wanted, shared) = (env.clone(), piece.clone(), terms.clone());
    let billed = env.db.write(move |tx| {
        let (env, piece, terms, asked) = (own.clone(), wanted.clone(), shared.clone(), asked.clone());
        Box::pin(async move {
            match piece {
                Piece::Contracts(ids) => {
                    let decided = decide(&env, tx, &ids, &asked, true).await?;
                    commit(&env, tx, decided, &terms).await
                }
                Piece::Fees(piece) => {
                    for decided in decide_fees(tx, &[piece], asked.as_of, true).await? {
                        commit_fees(&env, tx, decided, &terms).await?;
                    }
                    Ok(())
                }
            }
        })
    });
    let Err(error) = billed.await else { return Ok(()) };
    let ticket = env.id().to_string();
    tracing::error!(%error, %ticket, run = %terms.run, "a piece of a run could not be billed");
    note_failure(&env, piece, terms.run, ticket).await
}

async fn note_failure(env: &Env, piece: Piece, run: RunId, ticket: String) -> Result<(), Refused> {
    let noted = env.db.write(move |tx| {
        let (piece, reason) = (piece.clone(), NotBilled::Internal { ticket: ticket.clone() });
        Box::pin(async move {
            let items = match piece {
                Piece::Contracts(ids) => {
                    let found = contracts::many(tx, &ids, false).await?;
                    let failed = found.iter().map(|found| billing::StoredItem {
                        of: Owner::Contract(found.contract.id),
                        period: found.next,
                        document: None,
                        currency: found.contract.terms.currency,
                        net: 0,
                        gross: 0,
                        not_billed: Some(reason.clone()),
                    });
                    failed.collect::<Vec<_>>()
                }
                Piece::Fees(piece) => failures(tx, &piece, &reason).await?,
            };
            billing::note(tx, run, &items).await
        })
    });
    noted.await.map_err(|error: StoreError| error.into())
}
