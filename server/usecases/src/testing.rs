//! Builders for tests: a world with a fresh database, a clock that stands, and chance from a seed.
//!
//! What a test is given is made by the use cases themselves, on behalf of an administrator.

// A test that cannot be set up stops where it stands.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AccountId, ContractId, Currency, CustomerId, Discount, DocumentId, DrawId, GroupId, LineId, LotId, Role, RunId,
    contracts::{Billing, BillingTime, Contract, Delivery, InvoiceKind, Proration, QuotaTerms, Terms},
    documents::{DocumentKind, Line, LineUnit},
    groups::{GroupSwitches, Switch},
    quota::{
        Amount, CarryOver, DeficitPolicy, DrawDecision, DrawOrigin, DrawRequest, GrantRequest, Overbooking, Policy,
        Unit,
    },
};
use store::{Db, Engine, testing::fresh_url};
use uuid::Uuid;
use wire::{
    Problem,
    accounts::{AccountDraft, DrawAnswer, DrawDraft, GrantAnswer, GrantDraft, ReleaseAnswer},
    articles::{GroupDraft, GroupKey},
    billing::{RunDraft, RunPage, Selection},
    contracts::{ContractDraft, ContractPage},
    customers::{CustomerCard, CustomerDraft},
    documents::{DocumentDraft, DocumentPage, DraftLine, SavedDocument},
};

use crate::{
    Actor, Call, Chance, Env, Once, Refused, SteppedClock, accounts, articles, billing, contracts, customers, documents,
};

/// An hour, in the seconds of a time account.
pub const HOUR: i64 = 3_600;

/// Ids and secrets from a seed: the same in every run, and in no way secret.
pub struct Seeded(Mutex<fastrand::Rng>);

impl Seeded {
    /// Another seed gives other ids.
    pub fn new(seed: u64) -> Seeded {
        Seeded(Mutex::new(fastrand::Rng::with_seed(seed)))
    }

    fn number(&self) -> u128 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).u128(..)
    }
}

impl Chance for Seeded {
    fn id(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.number().to_be_bytes()).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(&mut secret);
        secret
    }
}

/// The product group that quotas are for; [`World::support`] makes it.
pub fn support() -> GroupId {
    GroupId::new(Uuid::from_u128(0x5))
}

/// A line of so many hours of support at a price, at 19 %.
pub fn hours(quantity: &str, price: &str) -> Line {
    Line {
        article: None,
        group: Some(support()),
        sub_group: None,
        text: format!("Work of {quantity} h"),
        quantity: quantity.parse().expect("a quantity"),
        unit: LineUnit::Hour,
        price: price.parse().expect("a price"),
        discount: Discount::default(),
        vat: "19".parse().expect("a rate"),
    }
}

/// A day, from `2026-04-15`.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// An instant, from `2026-04-15T10:00:00Z`.
pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// A call of somebody in that role; a customer is one of no company.
pub fn as_role(role: Role) -> Call {
    let scope = format!("user:{}", role.name());
    Call::by(Actor { name: format!("The {}", role.name()), scope, role, customer: None })
}

/// A call of somebody who works for that customer.
pub fn as_customer(customer: CustomerId) -> Call {
    let mut call = as_role(Role::Customer);
    call.by.customer = Some(customer);
    call
}

/// The same call under an idempotency key.
#[must_use]
pub fn with_key(call: Call, name: &str, request_hash: &str) -> Call {
    Call { once: Some(Once { name: name.to_owned(), request_hash: request_hash.to_owned() }), ..call }
}

/// The reason of a refusal. Fails the test when the database failed.
pub fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::Problem(problem) => problem,
        Refused::Store(error) => panic!("the database failed: {error}"),
    }
}

/// No overbooking.
pub const PREPAID: Policy = Policy { overbooking: Overbooking::No, deficits: DeficitPolicy::Balance };
/// Overbooking without limit; a grant covers earlier deficits too.
pub const OVERDRAWN: Policy =
    Policy { overbooking: Overbooking::Yes { limit: None }, deficits: DeficitPolicy::NextGrant };

/// A company at work on Wednesday, 2026-04-15, 12:00 in Berlin.
pub struct World {
    /// What the use cases get.
    pub env: Env,
    /// Where the database is, for another process.
    pub url: String,
}

impl Deref for World {
    type Target = Env;
    fn deref(&self) -> &Env {
        &self.env
    }
}

impl World {
    /// On a fresh database of that engine.
    pub async fn new(engine: Engine) -> World {
        World::open(fresh_url(engine).await, 1).await
    }

    /// On an existing database: another process of the same company, with ids of its own.
    pub async fn open(url: String, seed: u64) -> World {
        let db = Db::open(&url).await.expect("the database opens");
        let clock = Arc::new(SteppedClock(instant("2026-04-15T10:00:00Z")));
        let env = Env::new(db, clock, Arc::new(Seeded::new(seed)), "Drawdown", chrono_tz::Europe::Berlin);
        World { env, url }
    }

    /// The same company at another time.
    pub fn when(&self, at: &str) -> Env {
        self.env.at(SteppedClock(instant(at)))
    }

    /// A new customer who gets the next number.
    pub async fn customer(&self, name: &str) -> CustomerId {
        let draft = self.customer_draft("", name);
        let id = draft.id;
        customers::save(&self.env, &as_role(Role::Admin), draft).await.expect("the customer is created");
        id
    }

    /// What somebody fills in for a new customer.
    pub fn customer_draft(&self, number: &str, name: &str) -> CustomerDraft {
        let text = str::to_owned;
        let card = CustomerCard { number: text(number), name: text(name), country: text("DE"), ..Default::default() };
        CustomerDraft { id: CustomerId::new(self.env.id()), version: 0, card }
    }

    /// A time account of that customer.
    pub async fn account(&self, customer: CustomerId, policy: Policy) -> AccountId {
        let draft = self.account_draft(customer, policy);
        let id = draft.id;
        accounts::open(&self.env, &as_role(Role::Admin), draft).await.expect("the account is opened");
        id
    }

    /// What somebody fills in for a new time account.
    pub fn account_draft(&self, customer: CustomerId, policy: Policy) -> AccountDraft {
        let (id, name) = (AccountId::new(self.env.id()), "Support".to_owned());
        AccountDraft { id, customer, name, unit: Unit::Time, policy }
    }

    /// A new customer with an account.
    pub async fn customer_with_account(&self, policy: Policy) -> (CustomerId, AccountId) {
        let customer = self.customer("Alpha GmbH").await;
        (customer, self.account(customer, policy).await)
    }

    /// What somebody fills in for a grant.
    pub fn grant_draft(&self, account: AccountId, units: i64, from: &str, until: Option<&str>) -> GrantDraft {
        let (lot, amount) = (LotId::new(self.env.id()), Amount::new(units));
        let request = GrantRequest::new(lot, amount, day(from), until.map(day));
        GrantDraft { account, request, reason: "Goodwill".to_owned() }
    }

    /// A lot on that account, valid until before that day.
    pub async fn lot(&self, account: AccountId, units: i64, from: &str, until: Option<&str>) -> LotId {
        let draft = self.grant_draft(account, units, from, until);
        let lot = draft.request.lot;
        self.grants(draft).await.expect("the lot is granted");
        lot
    }

    /// An administrator grants.
    pub async fn grants(&self, draft: GrantDraft) -> Result<GrantAnswer, Refused> {
        accounts::grant(&self.env, &as_role(Role::Admin), draft).await
    }

    /// What somebody fills in for a draw without having seen a preview.
    pub fn draw_draft(&self, account: AccountId, units: i64, date: &str) -> DrawDraft {
        let (draw, wanted) = (DrawId::new(self.env.id()), Amount::new(units));
        let request = DrawRequest { draw, date: day(date), wanted, origin: DrawOrigin::ByHand };
        DrawDraft { account, request, text: "Maintenance".to_owned(), seen: None }
    }

    /// What somebody fills in for the contract of seed 001: 399.99 monthly in advance, 4 h, own invoice, from that day.
    pub fn contract_draft(&self, customer: CustomerId, start: &str) -> ContractDraft {
        let item = Line {
            article: None,
            group: None,
            sub_group: None,
            text: "Quota of 4 hours".to_owned(),
            quantity: "1".parse().expect("a quantity"),
            unit: LineUnit::Piece,
            price: "399.99".parse().expect("a price"),
            discount: Discount::default(),
            vat: "19".parse().expect("a rate"),
        };
        let billing = Billing {
            interval: 1,
            time: BillingTime::Advance,
            automatic: true,
            invoice: InvoiceKind::Own,
            delivery: Delivery::Mail,
            lead_days: Some(2),
            proration: Proration::None,
            payment_days: 14,
        };
        let quota = QuotaTerms {
            unit: Unit::Time,
            amount: Amount::new(4 * HOUR),
            interval: None,
            overbooking: Overbooking::No,
            carry: CarryOver::Off,
            deficits: DeficitPolicy::Balance,
            overage_rate: None,
            rounding: None,
        };
        let terms = Terms {
            term: 12,
            renewal: Some(12),
            notice: 3,
            currency: Currency::EUR,
            billing,
            items: vec![item],
            quota: Some(quota),
            groups: GroupSwitches::default(),
        };
        let contract = Contract {
            id: ContractId::new(self.env.id()),
            customer,
            start: day(start),
            billing_start: day(start),
            cancelled_on: None,
            agreed_end: None,
            terms,
        };
        ContractDraft {
            version: 0,
            number: String::new(),
            contract_type: None,
            responsible: String::new(),
            reference: String::new(),
            contract,
        }
    }

    /// An administrator saves a contract.
    pub async fn contract(&self, draft: ContractDraft) -> ContractPage {
        contracts::save(&self.env, &as_role(Role::Admin), draft).await.expect("the contract is saved")
    }

    /// The group of [`support`], switched on for every quota.
    pub async fn support(&self) {
        let (key, name) = (GroupKey::Group(support()), "Support".to_owned());
        let draft = GroupDraft { key, version: 0, name, quota: Switch::On };
        articles::save_group(&self.env, &as_role(Role::Admin), draft).await.expect("the group is saved");
    }

    /// What somebody fills in for a new delivery note of that day who has seen nothing: lines that draw a contract.
    pub fn note_draft(
        &self,
        (customer, contract): (CustomerId, ContractId),
        date: &str,
        lines: &[Line],
    ) -> DocumentDraft {
        let line = |line: &Line| DraftLine {
            id: LineId::new(self.env.id()),
            line: line.clone(),
            contract: Some(contract),
            clears: true,
        };
        DocumentDraft {
            id: DocumentId::new(self.env.id()),
            version: 0,
            kind: DocumentKind::DeliveryNote,
            customer,
            currency: Currency::EUR,
            date: day(date),
            delivery: Delivery::Mail,
            payment_days: 14,
            lines: lines.iter().map(line).collect(),
            seen: Vec::new(),
        }
    }

    /// An administrator saves a delivery note or an invoice.
    pub async fn saves(&self, draft: &DocumentDraft) -> SavedDocument {
        documents::save(&self.env, &as_role(Role::Admin), draft.clone()).await.expect("the document is saved")
    }

    /// An administrator issues a document.
    pub async fn issues(&self, id: DocumentId) -> DocumentPage {
        documents::issue(&self.env, &as_role(Role::Admin), id).await.expect("the document is issued")
    }

    /// An administrator bills all contracts as of a day, in these surroundings, and issues the invoices.
    pub async fn bills(&self, env: &Env, as_of: &str) -> RunPage {
        self.bills_only(env, as_of, Selection::All).await
    }

    /// The same for a selection.
    pub async fn bills_only(&self, env: &Env, as_of: &str, selection: Selection) -> RunPage {
        let draft = RunDraft { id: RunId::new(self.env.id()), as_of: day(as_of), issue: true, selection };
        let id = billing::start(env, &as_role(Role::Admin), draft).await.expect("the run begins").id;
        assert!(billing::work(env, id).await.expect("the run ends"), "nobody else works on it");
        billing::page(env, &as_role(Role::Admin), id, 1).await.expect("the run is there")
    }

    /// An administrator draws.
    pub async fn draws(&self, draft: DrawDraft) -> Result<DrawAnswer, Refused> {
        accounts::draw(&self.env, &as_role(Role::Admin), draft).await
    }

    /// A draw that went through.
    pub async fn drawn(&self, account: AccountId, units: i64, date: &str) -> DrawDecision {
        self.draws(self.draw_draft(account, units, date)).await.expect("there is something to draw").decision
    }

    /// An administrator releases.
    pub async fn releases(&self, account: AccountId, draw: DrawId) -> Result<ReleaseAnswer, Refused> {
        accounts::release(&self.env, &as_role(Role::Admin), account, draw).await
    }
}
