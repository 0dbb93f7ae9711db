//! Why a line was not cleared, and what can be done about it: `/api/v1/documents/{id}/lines/{line}/why` and
//! `/api/v1/documents/repair`.

use axum::{Json, extract::Path};
use chrono::NaiveDate;
use domain::{
    ContractId, Currency, LineId, Permission,
    clearing::{
        ClearingDocument, ClearingError, ClearingLine, Facts, Group, Reconciled, Repair, effect, reconcile, repairs,
    },
    documents::DocumentState,
    quota::Unit,
};
use serde::{Deserialize, Serialize};
use usecases::{contracts, documents};
use utoipa::ToSchema;
use wire::{
    Noun, Problem,
    documents::{DocumentPage, RepairDraft, not_reconcilable},
};

use super::{
    call::{Caller, Command, ProblemDetails, Refusal, id},
    clearing_body::ClearingBody,
    commands::{TEXT, as_sent},
    contract_body::ContractBody,
    customers::id_from_key,
    fields::Fields,
    values::{RangeBody, Volume},
};

/// Something that would clear a line, or more of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "repair", rename_all = "snake_case")]
pub enum RepairBody {
    /// The clearing item is switched on again: done by changing the draft.
    SwitchOn {
        /// Of this line.
        line: String,
    },
    /// The line names another contract: done by changing the draft.
    AssignContract {
        /// The line.
        line: String,
        /// The contract.
        contract: String,
    },
    /// The contract's quota is made to be for a group or sub-group.
    EnableGroup {
        /// The contract.
        contract: String,
        /// The group; either this or a sub-group.
        group: Option<String>,
        /// The sub-group.
        sub_group: Option<String>,
    },
    /// The contract is billed, so that the quota period of the document's date is granted.
    BillPeriod {
        /// The contract.
        contract: String,
        /// As of which day.
        as_of: NaiveDate,
    },
    /// What is missing is granted without an invoice.
    GrantFreeQuota {
        /// The contract.
        contract: String,
        /// How much.
        amount: Volume,
        /// When it can be drawn.
        valid: RangeBody,
    },
    /// What is missing becomes deficit.
    AllowOverbooking {
        /// The contract.
        contract: String,
    },
}

impl RepairBody {
    /// Of a line that was reconciled with these facts.
    pub fn new(repair: &Repair, facts: &Facts) -> RepairBody {
        match repair {
            Repair::SwitchOn { line } => RepairBody::SwitchOn { line: line.to_string() },
            Repair::AssignContract { line, contract } => {
                RepairBody::AssignContract { line: line.to_string(), contract: contract.to_string() }
            }
            Repair::EnableGroup { contract, group } => {
                let (group, sub_group) = match group {
                    Group::Group(id) => (Some(id.to_string()), None),
                    Group::SubGroup(id) => (None, Some(id.to_string())),
                };
                RepairBody::EnableGroup { contract: contract.to_string(), group, sub_group }
            }
            Repair::BillPeriod { contract, as_of } => {
                RepairBody::BillPeriod { contract: contract.to_string(), as_of: *as_of }
            }
            Repair::GrantFreeQuota { contract, amount, valid } => {
                let account = facts.contract(*contract).and_then(|found| found.account.as_ref());
                let unit = account.map_or(Unit::Time, |view| view.account.unit);
                let (contract, amount) = (contract.to_string(), Volume::new(unit, *amount));
                RepairBody::GrantFreeQuota { contract, amount, valid: (*valid).into() }
            }
            Repair::AllowOverbooking { contract } => RepairBody::AllowOverbooking { contract: contract.to_string() },
        }
    }
}

/// A repair with what it would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferedRepair {
    /// What can be done.
    repair: RepairBody,
    /// How the line would come out then.
    then: ClearingBody,
}

/// Why a line came out as it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhyBody {
    /// What was recorded when the document was saved last.
    recorded: ClearingBody,
    /// What saving the draft again would make of the line. None of an issued document, of a line that comes from a
    /// delivery note, and for who may not change drafts.
    now: Option<ClearingBody>,
    /// What would clear the line, or more of it, as things stand now.
    repairs: Vec<OfferedRepair>,
}

/// A document as far as clearing goes.
fn document(page: &DocumentPage) -> ClearingDocument {
    let lines = page.lines.iter().filter_map(|line| {
        let cleared = line.cleared.as_ref()?;
        Some(ClearingLine {
            id: cleared.id,
            line: line.line.clone(),
            contract: line.contract.as_ref().map(|(id, _)| *id),
            clears: cleared.clears,
            fixed: cleared.note.is_some().then(|| cleared.clearing.clone()),
        })
    });
    ClearingDocument {
        customer: page.row.customer.id,
        date: page.row.date,
        currency: page.row.net.currency,
        lines: lines.collect(),
    }
}

fn body(reconciled: &Reconciled, line: LineId, currency: Currency) -> Option<ClearingBody> {
    let found = reconciled.lines.iter().find(|clearing| clearing.line == line);
    found.map(|clearing| ClearingBody::new(clearing, currency))
}

/// Why a line was cleared as it was, or was not: what was recorded, and for drafts what can be done about it now.
#[utoipa::path(get, path = "/documents/{id}/lines/{line}/why",
    params(("id" = String, Path), ("line" = String, Path)), responses(
    (status = 200, body = WhyBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn why(caller: Caller, Path((of, line)): Path<(String, String)>) -> Result<Json<WhyBody>, Refusal> {
    let of = id(&caller, &of, Noun::Document)?;
    let page = documents::page(&caller.house.env, &caller.call, of).await.map_err(|r| caller.refuse(r))?;
    let line: LineId = id(&caller, &line, Noun::Document)?;
    let mut cleared = page.lines.iter().filter_map(|found| found.cleared.as_ref());
    let Some(cleared) = cleared.find(|cleared| cleared.id == line) else {
        return Err(caller.refuse(Problem::NotFound { what: Noun::Document }));
    };
    let (customer, date, currency) = (page.row.customer.id, page.row.date, page.row.net.currency);
    let recorded = ClearingBody::new(&cleared.clearing, currency);
    let changes = page.row.state == DocumentState::Draft && cleared.note.is_none();
    if !changes || !caller.call.by.role.may(Permission::EditDocuments) {
        return Ok(Json(WhyBody { recorded, now: None, repairs: Vec::new() }));
    }
    let known = documents::facts(&caller.house.env, &caller.call, customer, date, Some(of)).await;
    let facts = known.map_err(|r| caller.refuse(r))?.facts;
    let document = document(&page);
    let (now, repairs) = offered(&document, &facts, line).map_err(|error| {
        let place = |line| document.lines.iter().position(|of| of.id == line).unwrap_or_default();
        caller.refuse(not_reconcilable(error, |line, field| format!("lines.{}.{field}", place(line))))
    })?;
    Ok(Json(WhyBody { recorded, now: body(&now, line, currency), repairs }))
}

/// What saving would do now, and what can be done about that line.
fn offered(
    document: &ClearingDocument,
    facts: &Facts,
    line: LineId,
) -> Result<(Reconciled, Vec<OfferedRepair>), ClearingError> {
    let now = reconcile(document, facts)?;
    let mut offered = Vec::new();
    for repair in repairs(document, facts, &now, line)? {
        let then = body(&effect(document, facts, &repair)?, line, document.currency);
        offered.extend(then.map(|then| OfferedRepair { repair: RepairBody::new(&repair, facts), then }));
    }
    Ok((now, offered))
}

/// A repair to be done.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RepairInput {
    /// A UUID that the client makes; may be left out.
    id: Option<String>,
    /// The id of the customer whose contract is changed.
    customer: String,
    /// As `GET /documents/{id}/lines/{line}/why` offers it.
    repair: RepairBody,
    /// Why, for a free quota.
    #[serde(default)]
    reason: String,
}

/// The repair and its contract; an amount is read in the unit of the contract's account. What only concerns a line is
/// done by changing the draft, and is none.
async fn read(
    caller: &Caller,
    fields: &mut Fields,
    sent: &RepairBody,
) -> Result<Option<(ContractId, Repair)>, Refusal> {
    let (RepairBody::EnableGroup { contract, .. }
    | RepairBody::BillPeriod { contract, .. }
    | RepairBody::GrantFreeQuota { contract, .. }
    | RepairBody::AllowOverbooking { contract }) = sent
    else {
        return Ok(fields.choice("repair", None));
    };
    let Some(contract) = fields.id("repair.contract", contract) else { return Ok(None) };
    let repair = match sent {
        RepairBody::EnableGroup { group, sub_group, .. } => {
            let group = match (group, sub_group) {
                (Some(group), None) => fields.id("repair.group", group).map(Group::Group),
                (None, Some(sub_group)) => fields.id("repair.sub_group", sub_group).map(Group::SubGroup),
                _ => fields.choice("repair.group", None),
            };
            group.map(|group| Repair::EnableGroup { contract, group })
        }
        RepairBody::BillPeriod { as_of, .. } => Some(Repair::BillPeriod { contract, as_of: *as_of }),
        RepairBody::GrantFreeQuota { amount, valid, .. } => {
            let page = contracts::page(&caller.house.env, &caller.call, contract).await;
            let account = page.map_err(|r| caller.refuse(r))?.account_id;
            let unit = fields.choice("repair.contract", account.map(|(_, unit)| unit));
            let amount = unit.and_then(|unit| fields.volume("repair.amount", amount, unit));
            let valid = fields.choice("repair.valid", valid.range());
            amount.zip(valid).map(|(amount, valid)| Repair::GrantFreeQuota { contract, amount, valid })
        }
        _ => Some(Repair::AllowOverbooking { contract }),
    };
    Ok(repair.map(|repair| (contract, repair)))
}

/// The name in the body of a field that the repair's own use case finds wrong.
fn as_named(field: &str) -> Option<&'static str> {
    Some(match field {
        "amount" => "repair.amount",
        "as_of" => "repair.as_of",
        "valid_from" | "valid_last" | "date" => "repair.valid",
        _ => return None,
    })
}

/// Does a repair: a group is enabled, overbooking allowed, a period billed or a free quota granted. Answers the contract
/// as it is then. Drafts change when they are saved again.
#[utoipa::path(post, path = "/documents/repair", request_body = RepairInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = ContractBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn repair(command: Command<RepairInput>) -> Result<Json<ContractBody>, Refusal> {
    let Command { caller, body } = command;
    let mut fields = Fields::default();
    let key = fields.id("id", &body.id.clone().unwrap_or_else(|| id_from_key(&caller)));
    let customer = fields.id("customer", &body.customer);
    let reason = fields.text("reason", &body.reason, TEXT);
    let repair = read(&caller, &mut fields, &body.repair).await?;
    let draft = key
        .zip(customer)
        .zip(repair)
        .map(|((key, customer), (contract, repair))| (contract, RepairDraft { key, customer, repair, reason }));
    let (contract, draft) = fields.done(&caller, draft)?;
    let done = documents::repair(&caller.house.env, &caller.call, draft).await;
    done.map_err(|refused| caller.refuse(as_sent(refused, |problem| as_named(&problem.field))))?;
    let page = contracts::page(&caller.house.env, &caller.call, contract).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ContractBody::new(page)))
}
