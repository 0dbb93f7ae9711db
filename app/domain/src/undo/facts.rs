//! What is known of a document that is to be undone.

use serde::{Deserialize, Serialize};

use super::Obstacle;
use crate::{
    AccountId, BillingLineId, ClaimId, ContractId, DateRange, DocumentId, DrawId, LotId, ProjectId,
    documents::{DocumentKind, DocumentState},
    quota::{AccountView, PostedDraw},
};

/// A document with everything that it caused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoFacts {
    /// What it is.
    pub kind: DocumentKind,
    /// How far it is.
    pub state: DocumentState,
    /// The standing documents that rest on it, each with its number.
    pub resting: Vec<(DocumentId, DocumentKind, Option<String>)>,
    /// Its claims that were not cancelled.
    pub claims: Vec<ClaimFacts>,
    /// The periods of fees that it claims and that were not cancelled. They granted nothing.
    pub fees: Vec<FeeClaim>,
    /// The lots that it granted without a claim: that of a balancing invoice.
    pub lots: Vec<LotId>,
    /// The accounts on which it granted or drew something, by id.
    pub accounts: Vec<AccountFacts>,
}

/// A period that the document claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimFacts {
    /// The claim.
    pub claim: ClaimId,
    /// The contract.
    pub contract: ContractId,
    /// The number of the period.
    pub period: u32,
    /// The part of it that was billed.
    pub service: DateRange,
    /// The lots that it granted.
    pub lots: Vec<LotId>,
}

/// A period of the fee of a billing line that the document claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeClaim {
    /// The claim.
    pub claim: ClaimId,
    /// The project.
    pub project: ProjectId,
    /// The billing line.
    pub line: BillingLineId,
    /// The number of the period.
    pub period: u32,
    /// The part of it that was billed.
    pub service: DateRange,
}

/// An account on which the document granted or drew something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// The account with the lots that the document granted and those from which it has drawn.
    pub view: AccountView,
    /// The draws of the document itself.
    pub own: Vec<DrawId>,
    /// These draws as they stand, and every draw that holds something of a lot that the document granted.
    pub draws: Vec<PostedDraw>,
}

impl AccountFacts {
    /// The account on its own, without anything that the document did there.
    pub fn new(view: AccountView) -> AccountFacts {
        AccountFacts { view, own: Vec::new(), draws: Vec::new() }
    }

    /// Which account it is.
    pub fn id(&self) -> AccountId {
        self.view.account.id
    }
}

impl UndoFacts {
    /// What rests on it, as it stands in the way.
    pub(super) fn rests(&self) -> impl Iterator<Item = Obstacle> + '_ {
        self.resting.iter().map(|(document, kind, number)| Obstacle::Resting {
            document: *document,
            kind: *kind,
            number: number.clone(),
        })
    }
}
