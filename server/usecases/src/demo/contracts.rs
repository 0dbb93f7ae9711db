//! The contracts of the demo company: the one of the rules' example, and 300 others, billed by runs as the months went by.

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::{
    ArticleId, ContractId, ContractTypeId, Currency, CustomerId, Discount, DrawId, GroupId, Price, Quantity, RunId,
    SubGroupId, VatRate,
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
    articles::{ArticleCard, ArticleDraft, GroupDraft, GroupKey},
    billing::{RunDraft, Selection},
    contracts::{ContractDraft, ContractTypeDraft},
};

use super::{
    at,
    names::{PEOPLE, WORK},
};
use crate::{Env, Refused, accounts, articles, billing, contract_types, contracts, people::program};

const HOUR: i64 = 3_600;
/// How many contracts there are beside that of the example.
const CONTRACTS: usize = 300;

/// A group with its global switch.
type Group = (&'static str, Switch);

/// Groups with their sub-groups.
const GROUPS: [(&str, Switch, &[Group]); 3] = [
    (
        "Dienstleistungen",
        Switch::On,
        &[
            ("Fernwartung", Switch::Inherit),
            ("Vor Ort", Switch::Inherit),
            ("Beratung", Switch::Inherit),
            ("Schulung", Switch::Off),
        ],
    ),
    ("Hardware", Switch::Off, &[("Arbeitsplätze", Switch::Inherit), ("Netzwerk", Switch::Inherit)]),
    ("Software", Switch::Inherit, &[]),
];

/// Number, name, place of the group, unit, price in cents.
const ARTICLES: [(&str, &str, usize, LineUnit, i64); 10] = [
    ("D-100", "Fernwartung", 0, LineUnit::Hour, 10_500),
    ("D-110", "Technikereinsatz vor Ort", 0, LineUnit::Hour, 12_500),
    ("D-120", "Beratung", 0, LineUnit::Hour, 14_000),
    ("D-130", "Schulungstag", 0, LineUnit::Day, 98_000),
    ("D-200", "Kontingent 4 Stunden", 0, LineUnit::Piece, 39_999),
    ("D-210", "Betreuung je Arbeitsplatz", 0, LineUnit::Piece, 3_900),
    ("H-100", "Notebook 14 Zoll", 1, LineUnit::Piece, 119_900),
    ("H-200", "Switch 24 Ports", 1, LineUnit::Piece, 44_900),
    ("S-100", "Lizenz Bürosoftware", 2, LineUnit::Piece, 1_170),
    ("S-200", "Datensicherung je 100 GB", 2, LineUnit::Flat, 1_900),
];

fn id(rng: &mut Rng) -> uuid::Uuid {
    uuid::Uuid::from_u128(rng.u128(..))
}

fn price(cents: i64) -> Price {
    Price::new(Decimal::new(cents, 2)).unwrap_or_default()
}

fn vat() -> VatRate {
    VatRate::from_percent(Decimal::from(19)).unwrap_or_else(|_| unreachable!("19 per cent is a rate"))
}

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
    }
}

/// The contract types; the first is that of the example.
fn templates(rng: &mut Rng) -> Vec<Template> {
    let quota = |items, interval, quota| Terms { quota: Some(quota), ..terms(items, interval) };
    let example = quota(vec![line("Stundenkontingent 4 Stunden", 1, 39_999)], 1, hours(4));
    let carried = QuotaTerms {
        carry: CarryOver::On { periods: Some(1), cap: Some(Amount::new(2 * HOUR)) },
        overbooking: Overbooking::Yes { limit: Some(Amount::new(2 * HOUR)) },
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
        ("Beratungsguthaben", quota(vec![line("Guthaben Beratung", 1, 150_000)], 3, money)),
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
    Planned { by, draft }
}

async fn catalogue(env: &Env, rng: &mut Rng) -> Result<(), Refused> {
    let call = program(PEOPLE[1]);
    let mut first = Vec::new();
    for (name, quota, sub_groups) in GROUPS {
        let group = GroupId::new(id(rng));
        let draft = GroupDraft { key: GroupKey::Group(group), version: 0, name: name.to_owned(), quota };
        articles::save_group(env, &call, draft).await?;
        let mut own = Vec::new();
        for (name, quota) in sub_groups {
            let sub_group = SubGroupId::new(id(rng));
            let key = GroupKey::SubGroup(sub_group, group);
            let draft = GroupDraft { key, version: 0, name: (*name).to_owned(), quota: *quota };
            articles::save_group(env, &call, draft).await?;
            own.push(sub_group.uuid());
        }
        first.push(own.first().copied().unwrap_or(group.uuid()));
    }
    for (number, name, group, unit, cents) in ARTICLES {
        let card =
            ArticleCard { number: number.to_owned(), name: name.to_owned(), unit, price: price(cents), vat: vat() };
        let group = first.get(group).copied();
        let draft = ArticleDraft { id: ArticleId::new(id(rng)), version: 0, group, card };
        articles::save(env, &call, draft).await?;
    }
    Ok(())
}

/// Makes articles, types and contracts, and lives two years of billing. Returns how many contracts there are.
pub async fn live(env: &Env, customers: &[CustomerId], start: NaiveDate, today: NaiveDate) -> Result<usize, Refused> {
    let mut rng = Rng::with_seed(2_026_001);
    let early = at(env, start);
    catalogue(&early, &mut rng).await?;
    let templates = templates(&mut rng);
    for template in &templates {
        let (id, name, terms) = (template.id, template.name.to_owned(), template.terms.clone());
        let draft = ContractTypeDraft { id, version: 0, name, terms };
        contract_types::save(&early, &program(PEOPLE[1]), draft).await?;
    }
    let mut waiting: Vec<Planned> = Vec::new();
    let example = super::first_of_month(today, 7);
    waiting.extend(customers.first().map(|first| planned(&mut rng, &templates[0], *first, example, false)));
    for _ in 0..CONTRACTS {
        let template = &templates[rng.usize(..templates.len())];
        let customer = customers[rng.usize(..customers.len())];
        let month = super::first_of_month(today, rng.u32(0..24));
        // Most begin with a month; some in its middle or at its end.
        let day = match rng.u8(..10) {
            0 => 14,
            1 => 30,
            _ => 0,
        };
        let begins = month.checked_add_days(Days::new(day)).filter(|day| *day <= today).unwrap_or(month);
        waiting.push(planned(&mut rng, template, customer, begins, true));
    }
    // Two become due tomorrow, so that there is something on the list of the day; one of them by hand.
    let soon = today.succ_opt().and_then(|day| day.checked_sub_months(Months::new(5)));
    for (place, automatic) in [(4, true), (7, false)] {
        if let (Some(customer), Some(begins)) = (customers.get(place), soon) {
            let mut planned = planned(&mut rng, &templates[0], *customer, begins, false);
            planned.draft.contract.terms.billing.automatic = automatic;
            waiting.push(planned);
        }
    }
    let by_hand = waiting.iter().filter(|planned| !planned.draft.contract.terms.billing.automatic);
    let by_hand: Vec<ContractId> = by_hand.map(|planned| planned.draft.contract.id).collect();
    waiting.sort_by_key(|planned| planned.draft.contract.start);
    let made = waiting.len();
    let mut waiting = waiting.into_iter().peekable();
    let mut with_quota = Vec::new();
    let mut day = start;
    while day <= today {
        while let Some(planned) = waiting.next_if(|planned| planned.draft.contract.start <= day) {
            let starts = at(env, planned.draft.contract.start);
            let page = contracts::save(&starts, &program(planned.by), planned.draft).await?;
            with_quota.extend(page.account_id.map(|(account, unit)| (account, unit, planned.by)));
        }
        let now = at(env, day);
        run(&now, &mut rng, day, Selection::All, true).await?;
        draws(env, &mut rng, &with_quota, day, today).await?;
        day = next_day(day);
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
    Ok(made)
}

/// The run comes on the first and on the fifteenth.
fn next_day(day: NaiveDate) -> NaiveDate {
    let fifteenth = day.with_day(15).filter(|fifteenth| day < *fifteenth);
    let next = || day.with_day(1)?.checked_add_months(Months::new(1));
    fifteenth.or_else(next).unwrap_or(NaiveDate::MAX)
}

async fn run(env: &Env, rng: &mut Rng, as_of: NaiveDate, selection: Selection, issue: bool) -> Result<(), Refused> {
    let draft = RunDraft { id: RunId::new(id(rng)), as_of, issue, selection };
    billing::start(env, &program("Ulrike Maier"), draft).await?;
    billing::work(env, draft.id).await.map(drop)
}

/// Work on some of the contracts with a quota.
async fn draws(
    env: &Env,
    rng: &mut Rng,
    accounts: &[(domain::AccountId, Unit, &'static str)],
    from: NaiveDate,
    today: NaiveDate,
) -> Result<(), Refused> {
    let drafts = accounts.iter().filter_map(|(account, unit, by)| {
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
