//! Projects on which time is booked, and the people who book it: made by the use cases, in the process that measures.

use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::{Days, NaiveDate};
use domain::{
    AccountId, BillingLineId, BookingId, CustomerId, LotId, ProjectId, Role, Seconds, TaskId, UserId,
    quota::{Amount, DeficitPolicy, GrantRequest, Overbooking, Policy, Unit},
    splitting::Facts,
};
use texts::Lang;
use usecases::{Call, Env, Refused, accounts, bookings, customers, people::program, projects};
use uuid::Uuid;
use wire::{
    accounts::{AccountDraft, GrantDraft},
    bookings::BookingDraft,
    customers::{CustomerCard, CustomerDraft},
    projects::{LineForm, LinesForm, ProjectForm, TaskForm, TasksForm},
};

use crate::{
    house::TEXT,
    people::{Worker, signed_in},
};

/// Bookings of the past are made so many at a time.
const AT_ONCE: usize = 5_000;
/// So many days they are spread over.
const DAYS: u64 = 730;

/// A project with one task. Each month 45 minutes are free, then hours are drawn that were paid for, more than anybody
/// books; by the hour costs what is left.
#[derive(Clone)]
pub struct Shop {
    /// The project.
    pub project: ProjectId,
    /// Its task.
    pub task: TaskId,
}

/// A company in which time is booked.
pub struct Shops {
    env: Env,
    call: Call,
    customer: CustomerId,
    today: NaiveDate,
}

impl Shops {
    /// Opens a database that is up to date.
    pub async fn open(database: &str, today: NaiveDate) -> anyhow::Result<Shops> {
        let env = server::surroundings(database, "Bench", chrono_tz::Europe::Berlin).await?;
        let (call, customer) = (program("bench"), CustomerId::new(Uuid::now_v7()));
        let card = CustomerCard { name: "Alpha GmbH".to_owned(), country: "DE".to_owned(), ..CustomerCard::default() };
        customers::save(&env, &call, CustomerDraft { id: customer, version: 0, card }).await?;
        Ok(Shops { env, call, customer, today })
    }

    /// Closes the database: the server has it for itself then.
    pub async fn close(self) {
        self.env.db.close().await;
    }

    /// People who book the own time, signed in.
    pub async fn workers(&self, count: usize) -> anyhow::Result<Vec<Worker>> {
        signed_in(&self.env, Role::Staff, count, count).await
    }

    /// A new project.
    pub async fn shop(&self) -> anyhow::Result<Shop> {
        let (env, call) = (&self.env, &self.call);
        let (project, task) = (ProjectId::new(Uuid::now_v7()), TaskId::new(Uuid::now_v7()));
        let account = self.block().await?;
        let text = str::to_owned;
        let form = ProjectForm {
            id: project.to_string(),
            customer: self.customer.to_string(),
            name: text("Maintenance"),
            currency: text("EUR"),
            ..ProjectForm::default()
        };
        let page = projects::save(env, call, form.check(Lang::En).map_err(Refused::from)?).await?;
        let form = TaskForm { id: task.to_string(), name: text("Support"), ..TaskForm::default() };
        let form = TasksForm { project: project.to_string(), version: page.version, tasks: vec![form] };
        let page = projects::save_tasks(env, call, form.check().map_err(Refused::from)?).await?;
        let line = |name: &str, kind: &str| LineForm {
            id: BillingLineId::new(Uuid::now_v7()).to_string(),
            name: text(name),
            kind: text(kind),
            ..LineForm::default()
        };
        let start = self.today - Days::new(DAYS);
        let free = LineForm { most: text("0:45"), start: start.to_string(), ..line("Free", "allowance") };
        let block = LineForm { account: account.to_string(), ..line("Block", "prepaid") };
        let effort = LineForm { rate: text("100"), ..line("Effort", "effort") };
        let lines = vec![free, block, effort];
        let form = LinesForm { project: project.to_string(), version: page.version, lines };
        projects::save_lines(env, call, form.check(Lang::En).map_err(Refused::from)?).await?;
        Ok(Shop { project, task })
    }

    /// An account with more hours than anybody books.
    async fn block(&self) -> anyhow::Result<AccountId> {
        let (env, call, account) = (&self.env, &self.call, AccountId::new(Uuid::now_v7()));
        let policy = Policy { overbooking: Overbooking::No, deficits: DeficitPolicy::Balance };
        let (customer, name) = (self.customer, "Block".to_owned());
        let draft = AccountDraft { id: account, customer, name, unit: Unit::Time, policy };
        accounts::open(env, call, draft).await?;
        let (lot, from) = (LotId::new(Uuid::now_v7()), self.today - Days::new(DAYS));
        let request = GrantRequest::new(lot, Amount::new(1_000_000 * 3_600), from, None);
        accounts::grant(env, call, GrantDraft { account, request, reason: "Prepaid".to_owned() }).await?;
        Ok(account)
    }

    /// Books so many minutes on a project, one each, over the last two years. Returns how long it took.
    pub async fn fill(&self, shop: &Shop, person: UserId, count: usize) -> anyhow::Result<Duration> {
        let start = Instant::now();
        let first = self.today - Days::new(DAYS);
        for from in (0..count).step_by(AT_ONCE) {
            let draft = |number: usize| -> anyhow::Result<BookingDraft> {
                let day = u64::try_from(number)? * DAYS / u64::try_from(count)?;
                Ok(BookingDraft {
                    id: BookingId::new(Uuid::now_v7()),
                    version: 0,
                    task: shop.task,
                    person: Some(person),
                    date: first + Days::new(day),
                    start: None,
                    seconds: Seconds(60),
                    billable: true,
                    note: TEXT.to_owned(),
                    seen: None,
                    seen_left: None,
                })
            };
            let drafts: Vec<BookingDraft> = (from..count.min(from + AT_ONCE)).map(draft).collect::<Result<_, _>>()?;
            let wanted = drafts.len();
            let booked = bookings::book_many(&self.env, &self.call, drafts).await?;
            ensure!(booked == wanted, "{booked} of {wanted} were new");
        }
        Ok(start.elapsed())
    }

    /// What a page previews bookings of a project with.
    pub async fn facts(&self, shop: &Shop) -> anyhow::Result<Facts> {
        Ok(projects::facts(&self.env, &self.call, shop.project, self.today, None).await?.facts)
    }
}
