//! What there is for every server function to be called with.

use domain::{
    AccountId, BankFileId, BillingLineId, BookingId, ContractId, ContractTypeId, CustomerId, Discount, DocumentId,
    DrawId, LotId, MailId, ProjectId, ProjectTemplateId, ReceiptId, Role, RunId, Seconds, TaskId,
    documents::{Line, LineUnit},
};
use usecases::{
    bookings, contract_types,
    people::{self, NewUser},
    projects,
    testing::{HOUR, OVERDRAWN, as_role, day},
};
use wire::{
    bookings::BookingDraft,
    contracts::ContractTypeDraft,
    mails::SendDraft,
    projects::{Bookers, DraftKind, LineDraft, LinesDraft, ProjectDraft, TaskRow, TasksDraft},
    receipts::{BankFileDraft, ReceiptDraft},
};

use crate::{
    shop::{Shop, shop, template_of},
    support::Office,
};

/// What the calls are about.
#[derive(Clone, Copy)]
pub struct Ids {
    pub customer: CustomerId,
    pub account: AccountId,
    pub draw: DrawId,
    /// A draw with a deficit, and a lot that was granted later.
    pub owing: DrawId,
    pub lot: LotId,
    /// A lot to take back.
    pub doomed: LotId,
    pub contract: ContractId,
    /// A type of which the contract is, with its version.
    pub contract_type: (ContractTypeId, i64),
    /// A contract to be ended, with its version.
    pub ending: (ContractId, i64),
    pub document: DocumentId,
    /// A draft that clears, and a delivery note that was issued.
    pub draft: DocumentId,
    pub note: DocumentId,
    pub run: RunId,
    /// An issued delivery note with its version, and a run, to be cancelled.
    pub void: (DocumentId, i64),
    pub void_run: RunId,
    /// A contract with an overage rate, and a draw beyond its quota.
    pub overdrawn: (ContractId, DrawId),
    /// A receipt of the document, and a bank file with a transaction of 1.00.
    pub receipt: ReceiptId,
    pub bank_file: BankFileId,
    /// A mail of the document that has not left.
    pub mail: MailId,
    /// A project on which time is booked.
    pub shop: Shop,
    /// A project with an hour of April that can be invoiced.
    pub worked: ProjectId,
    /// A template of that project, and one to be deleted.
    pub template: ProjectTemplateId,
    pub doomed_template: ProjectTemplateId,
}

/// An office in which there is something for every call.
pub struct Given {
    pub office: Office,
    pub ids: Ids,
}

/// Such an office.
pub async fn given() -> Given {
    let office = Office::new().await;
    let (customer, account) = office.world.customer_with_account(OVERDRAWN).await;
    let ids = ids(&office, customer, account).await;
    Given { office, ids }
}

/// What there is for the calls about a customer and an account.
pub async fn ids(office: &Office, customer: CustomerId, account: AccountId) -> Ids {
    let world = &office.world;
    let owing = world.drawn(account, 9 * HOUR, "2026-06-01").await.request.draw;
    let lot = world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let doomed = world.lot(account, HOUR, "2026-05-01", Some("2026-06-01")).await;
    let draw = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    let mut new = world.contract_draft(customer, "2026-04-01");
    let (id, name, terms) = (ContractTypeId::new(world.id()), world.id().to_string(), new.contract.terms.clone());
    let made = ContractTypeDraft { id, version: 0, name, terms };
    let made = contract_types::save(world, &as_role(Role::Admin), made).await.expect("the type is saved");
    let contract_type = (id, made.version);
    new.contract_type = Some(id);
    let page = world.contract(new).await;
    let contract = page.contract.id;
    let ending = world.contract(world.contract_draft(customer, "2026-09-01")).await;
    let ending = (ending.contract.id, ending.version);
    let run = world.bills_only(&world.env, "2026-04-15", wire::billing::Selection::Contract(contract)).await;
    let (document, _) = run.items[0].document.clone().expect("an invoice");
    let line = Line {
        article: None,
        group: None,
        sub_group: None,
        text: "Wartung".to_owned(),
        quantity: "1".parse().expect("a quantity"),
        unit: LineUnit::Hour,
        price: "100".parse().expect("a price"),
        discount: Discount::default(),
        vat: "19".parse().expect("a rate"),
    };
    let note_draft = || world.note_draft((customer, contract), "2026-04-10", std::slice::from_ref(&line));
    let draft = world.saves(&note_draft()).await.page.row.id;
    let note = world.saves(&note_draft()).await.page.row.id;
    world.issues(note).await;
    let void = world.saves(&note_draft()).await.page.row.id;
    let void = (void, world.issues(void).await.version);
    let other = world.contract(world.contract_draft(customer, "2026-04-01")).await.contract.id;
    let void_run = world.bills_only(&world.env, "2026-04-15", wire::billing::Selection::Contract(other)).await.row.id;
    let run = run.row.id;
    let mut overdrawn = world.contract_draft(customer, "2026-04-01");
    let quota = overdrawn.contract.terms.quota.as_mut().expect("a quota");
    quota.overbooking = domain::quota::Overbooking::Yes { limit: None };
    quota.overage_rate = Some("100".parse().expect("a price"));
    let page = world.contract(overdrawn).await;
    let (account_of, _) = page.account_id.expect("an account");
    let overdrawn = (page.contract.id, world.drawn(account_of, HOUR, "2026-04-10").await.request.draw);
    let receipt = ReceiptId::new(world.id());
    let amount = domain::Money { minor: 100, currency: domain::Currency::EUR };
    let (date, text) = (day("2026-04-15"), String::new());
    let paid = ReceiptDraft { id: receipt, document, date, amount, text, over: false, seen: None };
    usecases::receipts::record(world, &as_role(Role::Admin), paid).await.expect("it is recorded");
    let bank_file = BankFileId::new(world.id());
    let file = domain::receipts::bank::read("Buchungstag;Betrag\n01.04.2026;1,00\n").expect("it is read");
    let bank_draft = BankFileDraft { id: bank_file, file };
    usecases::receipts::add_file(world, &as_role(Role::Admin), bank_draft).await.expect("it is kept");
    let mail = MailId::new(world.id());
    let letter = SendDraft { id: mail, document, to: vec!["a@b.example".to_owned()], reminder: false };
    usecases::mails::send(world, &as_role(Role::Admin), letter).await.expect("it waits");
    let worked = worked(office, customer).await;
    let (template, doomed_template) = (template_of(office, worked).await, template_of(office, worked).await);
    Ids {
        customer,
        account,
        draw,
        owing,
        lot,
        doomed,
        contract,
        contract_type,
        ending,
        document,
        draft,
        note,
        run,
        void,
        void_run,
        overdrawn,
        receipt,
        bank_file,
        mail,
        shop: shop(office, customer).await,
        worked,
        template,
        doomed_template,
    }
}

/// A project on which somebody has booked an hour of April at 100.00.
async fn worked(office: &Office, customer: CustomerId) -> ProjectId {
    let (world, admin) = (&office.world, as_role(Role::Admin));
    let (login, name, password) = (world.id().to_string(), "Anna".to_owned(), "correct horse".to_owned());
    let new = NewUser { login, name, role: Role::Staff, customer: None, password };
    let anna = people::add_user(world, new).await.expect("she is new");
    let (id, task, number) = (ProjectId::new(world.id()), TaskId::new(world.id()), String::new());
    let (name, currency) = ("Maintenance".to_owned(), domain::Currency::EUR);
    let (splitting, rounding, bookers) = (None, None, Bookers::Everybody);
    let draft =
        ProjectDraft { id, version: 0, number, customer, name, currency, closed: false, splitting, rounding, bookers };
    projects::save(world, &admin, draft).await.expect("it is saved");
    let tasks = vec![TaskRow { id: task, name: "Repair".to_owned(), closed: false }];
    projects::save_tasks(world, &admin, TasksDraft { project: id, version: 1, tasks }).await.expect("it is saved");
    let kind = DraftKind::Effort { rate: "100".parse().expect("a rate") };
    let line = BillingLineId::new(world.id());
    let line = LineDraft { id: line, name: "Effort".to_owned(), tasks: None, reported: false, fee: None, kind };
    let lines = LinesDraft { project: id, version: 2, lines: vec![line] };
    projects::save_lines(world, &admin, lines).await.expect("it is saved");
    let booking = BookingDraft {
        id: BookingId::new(world.id()),
        version: 0,
        task,
        person: Some(anna),
        date: day("2026-04-10"),
        start: None,
        seconds: Seconds(HOUR),
        billable: true,
        note: String::new(),
        seen: None,
        seen_left: None,
    };
    bookings::book(world, &admin, booking).await.expect("it is booked");
    id
}
