//! The contracts of the demo company: the one of the rules' example, and 300 others, billed by runs as the months went by.

use std::collections::HashSet;

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::{
    ContractId, ContractTypeId, Currency, CustomerId, Discount, DrawId, Quantity, RunId,
    contracts::{Billing, BillingTime, Contract, Delivery, InvoiceKind, Proration, QuotaTerms, Terms},
    documents::{Line, LineUnit},
    groups::{GroupSwitches, Switch},
    quota::{Amount, CarryOver, DeficitPolicy, DrawOrigin, DrawRequest, Overbooking, Unit},
};
use fastrand::Rng;
use futures::{StreamExt, TryStreamExt, stream};
use rust_decimal::Decimal;
use wire::{
    Problem,
    accounts::DrawDraft,
    billing::{RunDraft, Selection},
    contracts::{ContractDraft, ContractTypeDraft},
};

use super::{
    HOUR, at,
    catalogue::{self, Catalogue, id, price, vat},
    documents::{Desk, Quota, Writers},
    life,
    names::{PEOPLE, WORK},
    situations::{self, AGREED, Kind},
    stage,
};
use crate::{Env, Refused, accounts, billing, contract_types, contracts, people::program};

/// How many contracts there are beside that of the example and those of the situations.
const CONTRACTS: usize = 289;

/// A template with its name.
struct Template {
    id: ContractTypeId,
    name: &'static str,
    terms: Terms,
}

fn line(text: &str, quantity: i64, cents: i64) -> Line {
    Line {
        article: None,
        group: None,
        sub_group: None,
        text: text.to_owned(),
        quantity: Quantity::new(Decimal::from(quantity)).unwrap_or_default(),
        unit: LineUnit::Piece,
        price: price(cents),
        discount: Discount::default(),
        vat: vat(),
    }
}

fn terms(items: Vec<Line>, interval: u32) -> Terms {
    Terms {
        term: 12,
        renewal: Some(12),
        notice: 3,
        currency: Currency::EUR,
        billing: Billing {
            interval,
            time: BillingTime::Advance,
            automatic: true,
            invoice: InvoiceKind::Own,
            delivery: Delivery::Mail,
            lead_days: Some(2),
            proration: Proration::None,
            payment_days: 14,
        },
        items,
        quota: None,
        groups: GroupSwitches::default(),
    }
}

fn hours(amount: i64) -> QuotaTerms {
    QuotaTerms {
        unit: Unit::Time,
        amount: Amount::new(amount * HOUR),
        interval: None,
        overbooking: Overbooking::No,
        carry: CarryOver::Off,
        deficits: DeficitPolicy::Balance,
        overage_rate: Some(price(11_500)),
        rounding: None,
    }
}

/// The contract types; the first is that of the example.
fn templates(rng: &mut Rng, catalogue: &Catalogue) -> Vec<Template> {
    let quota = |items, interval, quota| Terms { quota: Some(quota), ..terms(items, interval) };
    let example = quota(vec![line("Stundenkontingent 4 Stunden", 1, 39_999)], 1, hours(4));
    let carried = QuotaTerms {
        carry: CarryOver::On { periods: Some(1), cap: Some(Amount::new(2 * HOUR)) },
        overbooking: Overbooking::Yes { limit: Some(Amount::new(4 * HOUR)) },
        deficits: DeficitPolicy::NextGrant,
        ..hours(8)
    };
    let yearly = QuotaTerms { interval: Some(1), ..hours(2) };
    let money = QuotaTerms {
        unit: Unit::Money(Currency::EUR),
        amount: Amount::new(150_000),
        carry: CarryOver::On { periods: None, cap: None },
        overage_rate: None,
        ..hours(1)
    };
    let mut advice = quota(vec![line("Guthaben Beratung", 1, 150_000)], 3, money);
    // This one also pays for licences, which no other does.
    advice.groups.groups.extend(catalogue.group("Software").map(|(group, _)| (group, Switch::On)));
    let mut managed = terms(vec![line("Betreuung je Arbeitsplatz", 12, 3_900), line("Datensicherung", 1, 4_900)], 1);
    (managed.billing.time, managed.billing.invoice) = (BillingTime::Arrears, InvoiceKind::Consolidated);
    let mut licences = terms(vec![line("Lizenz Bürosoftware", 10, 1_170)], 1);
    (licences.billing.invoice, licences.billing.proration) = (InvoiceKind::Consolidated, Proration::Daily);
    let mut phone = terms(vec![line("Telefonanlage Miete", 1, 8_900)], 3);
    (phone.renewal, phone.term, phone.billing.delivery) = (None, 36, Delivery::Print);
    let all = [
        ("Kontingentvertrag", example),
        (
            "Servicevertrag 8 h",
            quota(vec![line("Servicepauschale 8 Stunden", 1, 76_000), line("Bereitschaft", 1, 9_900)], 1, carried),
        ),
        ("Wartung jährlich", quota(vec![line("Wartung 24 Stunden im Jahr", 1, 228_000)], 12, yearly)),
        ("Beratungsguthaben", advice),
        ("Managed Service", managed),
        ("Lizenzen", licences),
        ("Telefonie", phone),
    ];
    all.into_iter().map(|(name, terms)| Template { id: ContractTypeId::new(id(rng)), name, terms }).collect()
}

/// A contract that is to be made on its first day.
struct Planned {
    by: &'static str,
    draft: ContractDraft,
    /// Whether ordinary work is charged to it.
    ordinary: bool,
}

fn planned(rng: &mut Rng, template: &Template, customer: CustomerId, start: NaiveDate, varied: bool) -> Planned {
    let mut terms = template.terms.clone();
    if varied {
        let factor = rng.i64(1..=4);
        if let Some(item) = terms.items.first_mut() {
            item.quantity = Quantity::new(Decimal::from(factor)).unwrap_or_default();
        }
        if let Some(quota) = terms.quota.as_mut() {
            quota.amount = Amount::new(quota.amount.units() * factor);
        }
        terms.billing.automatic = rng.u8(..20) != 0;
        terms.billing.lead_days = Some(rng.u32(0..=7));
    }
    let by = PEOPLE[rng.usize(1..PEOPLE.len())];
    let contract = Contract {
        id: ContractId::new(id(rng)),
        customer,
        start,
        billing_start: start,
        // Now and then somebody gives notice in the second year.
        cancelled_on: (varied && rng.u8(..12) == 0)
            .then(|| start.checked_add_months(Months::new(rng.u32(5..9))))
            .flatten(),
        agreed_end: None,
        terms,
    };
    let draft = ContractDraft {
        version: 0,
        number: String::new(),
        contract_type: Some(template.id),
        responsible: by.to_owned(),
        reference: if varied && rng.bool() { format!("PO-{}", rng.u32(1_000..9_999)) } else { String::new() },
        contract,
    };
    Planned { by, draft, ordinary: true }
}

/// What the years leave behind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lived {
    /// Contracts.
    pub contracts: usize,
    /// Delivery notes and invoices that are not over contracts.
    pub documents: usize,
}

/// Makes articles, types and contracts, and lives two years of billing and work.
pub async fn live(env: &Env, customers: &[CustomerId], start: NaiveDate, today: NaiveDate) -> Result<Lived, Refused> {
    let mut rng = Rng::with_seed(2_026_001);
    let early = at(env, start);
    let catalogue = catalogue::make(&early, &mut rng).await?;
    let templates = templates(&mut rng, &catalogue);
    for template in &templates {
        let (id, name, terms) = (template.id, template.name.to_owned(), template.terms.clone());
        let draft = ContractTypeDraft { id, version: 0, name, terms };
        contract_types::save(&early, &program(PEOPLE[1]), draft).await?;
    }
    let told =
        customers.first().map(|first| planned(&mut Rng::with_seed(0), &templates[0], *first, start, false).draft);
    let mut waiting = waiting(&mut rng, (&templates, &catalogue), customers, today);
    let by_hand = waiting.iter().filter(|one| one.ordinary && !one.draft.contract.terms.billing.automatic);
    let by_hand: Vec<ContractId> = by_hand.map(|planned| planned.draft.contract.id).collect();
    waiting.sort_by_key(|planned| planned.draft.contract.start);
    let mut lived = Lived { contracts: waiting.len(), documents: 0 };
    let mut waiting = waiting.into_iter().peekable();
    let places = customers.iter().enumerate().filter(|(place, _)| !situations::reserved(*place));
    let ordinary: Vec<CustomerId> = places.map(|(_, customer)| *customer).collect();
    let mut past = stage::past(&catalogue, customers, today);
    let mut quotas: Vec<Quota> = Vec::new();
    let mut desk = Desk::default();
    let (mut day, mut halves) = (start, 0);
    while day <= today {
        while let Some(planned) = waiting.next_if(|planned| planned.draft.contract.start <= day) {
            let starts = at(env, planned.draft.contract.start);
            let page = contracts::save(&starts, &program(planned.by), planned.draft).await?;
            let account = page.account_id.filter(|_| planned.ordinary);
            let by = planned.by;
            quotas.extend(account.map(|(account, unit)| Quota { contract: page.contract, account, unit, by }));
        }
        let now = at(env, day);
        run(&now, &mut rng, day, Selection::All, true).await?;
        if [1, 2].into_iter().any(|back| day == super::first_of_month(today, back)) {
            run(&now, &mut rng, day, Selection::Contract(stage::billed_by_hand()), true).await?;
        }
        let until = next_day(day).min(today.succ_opt().unwrap_or(today));
        let writers = Writers { rng: &mut rng, catalogue: &catalogue, customers: &ordinary, quotas: &quotas, today };
        // The company grows.
        let mut written = writers.write(day, until, 12 + halves * 7 / 10);
        written.extend(past.extract_if(.., |one| one.draft.date < until));
        // What documents draw this time is left to them: the days of an account come one after the other.
        let busy: HashSet<ContractId> =
            written.iter().flat_map(|one| &one.draft.lines).filter_map(|line| line.contract).collect();
        draws(env, &mut rng, quotas.iter().filter(|quota| !busy.contains(&quota.contract.id)), day, today).await?;
        desk.work(env, written, until, today).await?;
        (day, halves) = (next_day(day), halves + 1);
    }
    // By hand: most are billed, some only as drafts that accounting has not looked at yet, and some not at all.
    let last = at(env, today);
    for (place, contract) in by_hand.into_iter().enumerate() {
        match place % 3 {
            0 => run(&last, &mut rng, today, Selection::Contract(contract), false).await?,
            1 => run(&last, &mut rng, today, Selection::Contract(contract), true).await?,
            _ => {}
        }
    }
    let life = match told {
        Some(draft) => life::live(env, &catalogue, draft, today).await?,
        None => 0,
    };
    lived.contracts += 1;
    lived.documents = desk.made + life + stage::stage(env, &catalogue, customers, today).await?;
    Ok(lived)
}

/// All contracts that are going to be made.
fn waiting(
    rng: &mut Rng,
    (templates, catalogue): (&[Template], &Catalogue),
    customers: &[CustomerId],
    today: NaiveDate,
) -> Vec<Planned> {
    let mut waiting: Vec<Planned> = Vec::new();
    let example = super::first_of_month(today, 7);
    waiting.extend(customers.first().map(|first| planned(rng, &templates[0], *first, example, false)));
    while waiting.len() <= CONTRACTS {
        let template = &templates[rng.usize(..templates.len())];
        let place = rng.usize(..customers.len());
        if situations::reserved(place) {
            continue;
        }
        let month = super::first_of_month(today, rng.u32(0..24));
        // Most begin with a month; some in its middle or at its end.
        let day = match rng.u8(..10) {
            0 => 14,
            1 => 30,
            _ => 0,
        };
        let begins = month.checked_add_days(Days::new(day)).filter(|day| *day <= today).unwrap_or(month);
        waiting.push(planned(rng, template, customers[place], begins, true));
    }
    // Two become due tomorrow, so that there is something on the list of the day; one of them by hand.
    let soon = today.succ_opt().and_then(|day| day.checked_sub_months(Months::new(5)));
    for (place, automatic) in [(4, true), (7, false)] {
        if let (Some(customer), Some(begins)) = (customers.get(place), soon) {
            let mut planned = planned(rng, &templates[0], *customer, begins, false);
            planned.draft.contract.terms.billing.automatic = automatic;
            waiting.push(planned);
        }
    }
    for (place, agreed) in AGREED.iter().enumerate() {
        let Some(customer) = stage::customer_of(customers, agreed) else { continue };
        let template = if agreed.kind == Kind::Phone { templates.last() } else { templates.first() };
        let Some(template) = template else { continue };
        let mut planned = planned(rng, template, customer, super::first_of_month(today, agreed.months), false);
        stage::agree(&mut planned.draft, place, catalogue);
        planned.ordinary = false;
        waiting.push(planned);
    }
    waiting
}

/// The run comes on the first and on the fifteenth.
fn next_day(day: NaiveDate) -> NaiveDate {
    let fifteenth = day.with_day(15).filter(|fifteenth| day < *fifteenth);
    let next = || day.with_day(1)?.checked_add_months(Months::new(1));
    fifteenth.or_else(next).unwrap_or(NaiveDate::MAX)
}

async fn run(env: &Env, rng: &mut Rng, as_of: NaiveDate, selection: Selection, issue: bool) -> Result<(), Refused> {
    let draft = RunDraft { id: RunId::new(id(rng)), as_of, issue, selection };
    let run = billing::start(env, &program("Ulrike Maier"), draft).await?;
    billing::work(env, run.id).await.map(drop)
}

/// Work on some of the contracts with a quota that nobody writes a document about.
async fn draws(
    env: &Env,
    rng: &mut Rng,
    quotas: impl Iterator<Item = &Quota>,
    from: NaiveDate,
    today: NaiveDate,
) -> Result<(), Refused> {
    let drafts = quotas.filter_map(|Quota { account, unit, by, .. }| {
        if rng.u8(..5) > 2 {
            return None;
        }
        let date = from.checked_add_days(Days::new(rng.u64(0..13))).filter(|date| *date <= today)?;
        if date.weekday().number_from_monday() > 5 {
            return None;
        }
        let step = if *unit == Unit::Time { 900 } else { 4_500 };
        let wanted = Amount::new(rng.i64(1..=10) * step);
        let request = DrawRequest { draw: DrawId::new(id(rng)), date, wanted, origin: DrawOrigin::ByHand };
        let text = WORK[rng.usize(..WORK.len())].to_owned();
        Some((*by, date, DrawDraft { account: *account, request, text, seen: None }))
    });
    let drafts: Vec<_> = drafts.collect();
    stream::iter(drafts)
        .map(|(by, date, draft)| {
            let now = at(env, date);
            async move {
                match accounts::draw(&now, &program(by), draft).await {
                    // Nothing left this month: in a real company the work is charged instead.
                    Ok(_) | Err(Refused::Problem(Problem::Invalid { .. })) => Ok(()),
                    Err(other) => Err(other),
                }
            }
        })
        .buffer_unordered(48)
        .try_collect()
        .await
}
