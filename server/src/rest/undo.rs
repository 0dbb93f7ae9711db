//! Undoing documents and runs: what it would do, and doing it.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{
    DocumentId, DrawId, Money,
    undo::{Obstacle, UndoSum, Way},
};
use serde::{Deserialize, Serialize};
use texts::Lang;
use usecases::{billing, documents};
use utoipa::{IntoParams, ToSchema};
use wire::{
    Noun,
    billing::{RunCancelDraft, RunSum, RunUndo, RunUndoItem},
    documents::{CancelDraft, DocumentRef, MOST_REASON, UndoView},
    problem::obstacle_text,
};

use super::{
    accounts::PartBody,
    articles::needs_version,
    booking_body::BookingRefBody,
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    contract_body::CustomerRefBody,
    customers::id_from_key,
    document_body::{DocumentBody, DocumentRefBody},
    fields::Fields,
    values::{MoneyBody, RangeBody, Volume},
};

/// What stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObstacleBody {
    /// `not_a_draft`, `not_issued`, `already_cancelled`, `cancellation` or `resting`.
    obstacle: &'static str,
    /// The sentence for a person.
    detail: String,
    /// The document that rests on it.
    document: Option<DocumentRefBody>,
}

impl ObstacleBody {
    fn new(lang: Lang, obstacle: &Obstacle) -> ObstacleBody {
        let document = match obstacle {
            Obstacle::Resting { document, number, .. } => {
                Some(DocumentRefBody::new(document.to_string(), number.clone()))
            }
            _ => None,
        };
        ObstacleBody { obstacle: obstacle.name(), detail: obstacle_text(lang, obstacle), document }
    }
}

/// A draw that is released.
#[derive(Debug, Serialize, ToSchema)]
pub struct UndoneDrawBody {
    draw: String,
    date: NaiveDate,
    /// What goes back into which lot.
    returned: Vec<PartBody>,
    /// The open deficit that is dropped.
    deficit: Volume,
}

/// A grant that is taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct UndoneGrantBody {
    lot: String,
    granted: Volume,
    /// What becomes deficit of the draws that have it.
    deficit: Volume,
}

/// What becomes deficit of a draw.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewDeficitBody {
    draw: String,
    date: NaiveDate,
    amount: Volume,
    /// The document whose draw it is.
    document: Option<DocumentRefBody>,
    /// The booking whose draw it is; neither of a draw by hand.
    booking: Option<BookingRefBody>,
}

/// What changes on an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountUndoBody {
    account: String,
    /// The number of its contract.
    contract_number: Option<String>,
    releases: Vec<UndoneDrawBody>,
    revokes: Vec<UndoneGrantBody>,
    /// In the order of the draws.
    deficits: Vec<NewDeficitBody>,
}

/// A period that can be billed again, by a re-run only.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreedBody {
    contract: String,
    /// The number of the period, from 0.
    period: u32,
    service: RangeBody,
}

/// A period of a fee that can be billed again, by a re-run only.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreedFeeBody {
    project: String,
    /// The billing line.
    line: String,
    /// The number of the period, from 0.
    period: u32,
    service: RangeBody,
}

/// What undoing a document comes to on an account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct UndoSumBody {
    account: String,
    /// What its draws give back.
    returned: Volume,
    /// What is dropped of their open deficits.
    dropped: Volume,
    /// What was granted and is taken back.
    revoked: Volume,
    /// What becomes deficit of other draws.
    deficit: Volume,
}

impl UndoSumBody {
    fn new(sum: &UndoSum) -> UndoSumBody {
        let volume = |amount| Volume::new(sum.unit, amount);
        UndoSumBody {
            account: sum.account.to_string(),
            returned: volume(sum.returned),
            dropped: volume(sum.dropped),
            revoked: volume(sum.revoked),
            deficit: volume(sum.deficit),
        }
    }

    fn read(&self, fields: &mut Fields, place: usize) -> Option<UndoSum> {
        let field = |name: &str| format!("seen.{place}.{name}");
        let account = fields.id(&field("account"), &self.account);
        let unit = fields.choice(&field("deficit"), self.deficit.unit())?;
        let mut volume = |name: &str, volume: &Volume| fields.volume(&field(name), volume, unit);
        let (returned, dropped) = (volume("returned", &self.returned), volume("dropped", &self.dropped));
        let (revoked, deficit) = (volume("revoked", &self.revoked), volume("deficit", &self.deficit));
        Some(UndoSum {
            account: account?,
            unit,
            returned: returned?,
            dropped: dropped?,
            revoked: revoked?,
            deficit: deficit?,
        })
    }
}

/// What undoing a document would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct UndoBody {
    /// `delete` for a draft, else `cancel`.
    way: &'static str,
    /// The version of the document, to be sent with the cancellation.
    version: i64,
    /// What stands in the way; nothing is done as long as there is anything.
    obstacles: Vec<ObstacleBody>,
    accounts: Vec<AccountUndoBody>,
    /// The same in sums, to be sent as `seen` with the cancellation.
    sums: Vec<UndoSumBody>,
    freed: Vec<FreedBody>,
    /// The periods of fees that are freed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    freed_fees: Vec<FreedFeeBody>,
}

fn booked(view: &UndoView, draw: DrawId) -> Option<BookingRefBody> {
    view.booked.iter().find(|(found, _)| *found == draw).map(|(_, of)| of.clone().into())
}

fn named(of: &DocumentRef) -> DocumentRefBody {
    DocumentRefBody::new(of.id.to_string(), of.number.clone())
}

impl UndoBody {
    fn new(lang: Lang, view: &UndoView) -> UndoBody {
        let plan = &view.plan;
        let accounts = plan.accounts.iter().map(|undo| {
            let volume = |amount| Volume::new(undo.unit, amount);
            let number = view.accounts.iter().find(|(account, _)| *account == undo.account);
            AccountUndoBody {
                account: undo.account.to_string(),
                contract_number: number.map(|(_, number)| number.clone()),
                releases: undo
                    .releases
                    .iter()
                    .map(|released| UndoneDrawBody {
                        draw: released.draw.to_string(),
                        date: released.date,
                        returned: super::accounts::parts(undo.unit, &released.parts),
                        deficit: volume(released.deficit),
                    })
                    .collect(),
                revokes: undo
                    .revokes
                    .iter()
                    .map(|revoked| UndoneGrantBody {
                        lot: revoked.lot.to_string(),
                        granted: volume(revoked.granted),
                        deficit: volume(revoked.deficit),
                    })
                    .collect(),
                deficits: undo
                    .deficits
                    .iter()
                    .map(|part| NewDeficitBody {
                        draw: part.draw.to_string(),
                        date: part.date,
                        amount: volume(part.amount),
                        document: view.draws.iter().find(|(draw, _)| *draw == part.draw).map(|(_, of)| named(of)),
                        booking: booked(view, part.draw),
                    })
                    .collect(),
            }
        });
        let freed = plan.freed.iter().map(|freed| FreedBody {
            contract: freed.contract.to_string(),
            period: freed.period,
            service: freed.service.into(),
        });
        let freed_fees = plan.fees.iter().map(|fee| FreedFeeBody {
            project: fee.project.to_string(),
            line: fee.line.to_string(),
            period: fee.period,
            service: fee.service.into(),
        });
        UndoBody {
            way: match plan.way {
                Way::Delete => "delete",
                Way::Cancel => "cancel",
            },
            version: view.version,
            obstacles: plan.obstacles.iter().map(|obstacle| ObstacleBody::new(lang, obstacle)).collect(),
            accounts: accounts.collect(),
            sums: plan.sums().unwrap_or_default().iter().map(UndoSumBody::new).collect(),
            freed: freed.collect(),
            freed_fees: freed_fees.collect(),
        }
    }
}

/// What undoing a document would do, as things stand: a draft would be deleted, anything else cancelled. Nothing changes.
#[utoipa::path(get, path = "/documents/{id}/cancel", params(("id" = String, Path)), responses(
    (status = 200, body = UndoBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn plan(caller: Caller, Path(document): Path<String>) -> Result<Json<UndoBody>, Refusal> {
    let document = id(&caller, &document, Noun::Document)?;
    let view = documents::undo_plan(&caller.house.env, &caller.call, document).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(UndoBody::new(caller.lang(), &view)))
}

/// A cancellation to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CancelInput {
    /// The UUID of the cancellation, which the client makes; may be left out.
    id: Option<String>,
    reason: String,
    /// The version of the document that was seen.
    #[serde(default)]
    version: i64,
    /// The sums of the plan that was seen: where it comes to something else by now, nothing is cancelled. May be left
    /// out.
    seen: Option<Vec<UndoSumBody>>,
}

/// Cancels an issued document: its draws are released, its grants revoked, its periods freed, and a cancellation with a
/// number of its own says so. Refused while a standing document rests on it.
#[utoipa::path(post, path = "/documents/{id}/cancel", request_body = CancelInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = DocumentBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn cancel(
    Path(document): Path<String>,
    command: Command<CancelInput>,
) -> Result<(StatusCode, Json<DocumentBody>), Refusal> {
    let Command { caller, body } = command;
    let document = id(&caller, &document, Noun::Document)?;
    needs_version(&caller, body.version)?;
    let mut fields = Fields::default();
    let own: Option<DocumentId> = fields.id("id", &body.id.unwrap_or_else(|| id_from_key(&caller)));
    let reason = fields.words("reason", &body.reason, MOST_REASON);
    let seen: Option<Vec<UndoSum>> = body.seen.as_ref().map(|sums| {
        let sums = sums.iter().enumerate();
        sums.filter_map(|(place, sum)| sum.read(&mut fields, place)).collect()
    });
    let draft = own.map(|id| CancelDraft { id, document, reason, version: body.version, seen });
    let draft = fields.done(&caller, draft)?;
    let made = documents::cancel(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(DocumentBody::new(made))))
}

/// A document of a run that is cancelled as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunUndoItemBody {
    /// The document with its number; none as long as it is a draft.
    document: DocumentRefBody,
    customer: CustomerRefBody,
    /// With VAT.
    gross: MoneyBody,
    /// How many periods are freed.
    freed: usize,
    /// What becomes deficit of draws, per account.
    deficits: Vec<Volume>,
    /// Why it is left as it is, as a stable name.
    refused: Option<&'static str>,
    /// The sentence for a person.
    detail: Option<String>,
    /// The cancellation; none in a plan, and for a draft that is deleted.
    cancellation: Option<DocumentRefBody>,
    /// What was different from the plan that was seen: `issued`, `edited`, `cancelled`, `drawn`. Empty without `seen_at`.
    changed: Vec<String>,
    /// Of a plan: what is taken back and freed, and which draws become deficits.
    #[serde(skip_serializing_if = "Option::is_none")]
    effects: Option<UndoBody>,
}

/// What cancelling a run would do, or did.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunUndoBody {
    run: String,
    /// Of a plan a page of the documents of the run that still stand. Of an answer those that it is done with, at most 100:
    /// what was refused or different, then the others.
    documents: Vec<RunUndoItemBody>,
    /// How many documents it is about in all; of an answer, with how many it is done.
    count: u64,
    /// Of an answer: how many are to go. It goes on by itself; `GET /billing-runs/{id}` tells how far it is.
    left: u64,
    /// Of a plan: what all of its documents come to with VAT, per currency.
    sums: Vec<MoneyBody>,
    /// Of a plan: when it was made, to be sent with the cancellation.
    seen_at: Option<DateTime<FixedOffset>>,
    /// Of a plan: to be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

impl RunUndoBody {
    fn new(lang: Lang, undo: RunUndo) -> RunUndoBody {
        let item = |item: RunUndoItem| RunUndoItemBody {
            document: DocumentRefBody::new(item.document.to_string(), item.number),
            customer: item.customer.into(),
            gross: item.gross.into(),
            freed: item.freed,
            deficits: item.deficits.into_iter().map(|(unit, amount)| Volume::new(unit, amount)).collect(),
            refused: item.refused.as_ref().map(wire::Problem::code),
            detail: item.refused.as_ref().map(|problem| problem.text(lang)),
            cancellation: item.cancellation.map(|(id, number)| DocumentRefBody::new(id.to_string(), number)),
            changed: item.changed.iter().map(|what| what.name().to_owned()).collect(),
            effects: item.effects.as_ref().map(|view| UndoBody::new(lang, view)),
        };
        let gross = |sum: &RunSum| MoneyBody::from(Money { minor: sum.gross, currency: sum.currency });
        let next = next(undo.page, undo.more).filter(|_| undo.seen.is_some());
        RunUndoBody {
            run: undo.run.to_string(),
            count: undo.count,
            left: undo.left,
            sums: undo.sums.iter().map(gross).collect(),
            seen_at: undo.seen,
            next,
            documents: undo.items.into_iter().map(item).collect(),
        }
    }
}

/// Which page of the plan is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RunPlanQuery {
    /// From the page before.
    cursor: Option<String>,
}

/// What cancelling a run would do with each of its documents that still stands. Nothing changes.
#[utoipa::path(get, path = "/billing-runs/{id}/cancel", params(("id" = String, Path), RunPlanQuery), responses(
    (status = 200, body = RunUndoBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn run_plan(
    caller: Caller,
    Path(run): Path<String>,
    Query(query): Query<RunPlanQuery>,
) -> Result<Json<RunUndoBody>, Refusal> {
    let run = id(&caller, &run, Noun::Run)?;
    let page = page(&caller, query.cursor.as_deref())?;
    let plan = billing::cancel_plan_page(&caller.house.env, &caller.call, run, page).await;
    Ok(Json(RunUndoBody::new(caller.lang(), plan.map_err(|r| caller.refuse(r))?)))
}

/// A run to cancel.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RunCancelInput {
    /// Why.
    reason: String,
    /// `seen_at` of the plan that was seen: what of the run changed since is told.
    #[serde(default)]
    seen_at: Option<DateTime<FixedOffset>>,
}

/// Cancels a run: each of its documents on its own. One that is refused is listed with its reason, and the others go on;
/// the same again takes up what still stands. A large run is not done with when this answers: `left` are to go, which goes
/// on by itself, also when the server is gone meanwhile.
#[utoipa::path(post, path = "/billing-runs/{id}/cancel", request_body = RunCancelInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = RunUndoBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn run(Path(run): Path<String>, command: Command<RunCancelInput>) -> Result<Json<RunUndoBody>, Refusal> {
    let Command { caller, body } = command;
    let run = id(&caller, &run, Noun::Run)?;
    let reason = caller.words("reason", &body.reason, MOST_REASON)?;
    let draft = RunCancelDraft { run, reason, seen: body.seen_at };
    let done = billing::launch_cancel(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(RunUndoBody::new(caller.lang(), done)))
}
