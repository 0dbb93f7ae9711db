//! Makes the situations: contracts and what was delivered before as the months go by, the documents themselves today.

use chrono::NaiveDate;
use domain::{
    CustomerId, DocumentId, LineId, LotId, SubGroupId,
    groups::Switch,
    quota::{Amount, GrantOrigin, GrantRequest, Overbooking},
};
use rust_decimal::Decimal;
use wire::{
    accounts::GrantDraft,
    contracts::{ContractDraft, ContractPage},
    documents::DraftLine,
};

use super::{
    HOUR, at,
    catalogue::{Catalogue, price},
    documents::{Written, issue},
    names::{COMPANIES, PEOPLE},
    situations::{
        AGREED, Agreed, Asked, FREE, KLAR, Kind, PAST, RAISED, SCENES, SEITENWEISE, STATIK_MINUTES, VOSS, contract,
        document, fixed,
    },
};
use crate::{Env, Refused, accounts, contracts, documents, people::program};

/// Whoever works for the customers of the situations.
const BY: &str = PEOPLE[7];

/// The customer of the contract at that place.
pub fn customer_of(customers: &[CustomerId], agreed: &Agreed) -> Option<CustomerId> {
    let place = COMPANIES.iter().position(|(company, ..)| *company == agreed.customer)?;
    customers.get(place).copied()
}

/// Makes the contract at that place out of one like all others of its type.
pub fn agree(draft: &mut ContractDraft, place: usize, catalogue: &Catalogue) {
    let Some(Agreed { hours, kind, .. }) = AGREED.get(place) else { return };
    draft.contract.id = contract(place);
    let terms = &mut draft.contract.terms;
    let Some(quota) = terms.quota.as_mut() else { return };
    quota.amount = Amount::new(hours * HOUR);
    if let Some(item) = terms.items.first_mut() {
        (item.text, item.price) = (format!("Stundenkontingent {hours} Stunden"), price(hours * 10_000 - 1));
        if *kind == Kind::ByTheTill {
            "Wartung je Kassenplatz".clone_into(&mut item.text);
            (item.quantity, item.price) = ("5".parse().unwrap_or_default(), price(7_900));
        }
    }
    match kind {
        Kind::NotOnSite => {
            let on_site: Option<SubGroupId> = catalogue.group("Vor Ort").and_then(|(_, sub_group)| sub_group);
            terms.groups.sub_groups.extend(on_site.map(|id| (id, Switch::Off)));
        }
        Kind::ByHand => terms.billing.automatic = false,
        Kind::Quarterly => quota.interval = Some(3),
        Kind::Overdrawn => quota.overbooking = Overbooking::Yes { limit: None },
        Kind::Plain | Kind::Phone | Kind::ByTheTill | Kind::Raised => {}
    }
}

/// The contract that is billed by hand, and not this month.
pub fn billed_by_hand() -> domain::ContractId {
    contract(KLAR)
}

/// What was delivered before today.
pub fn past(catalogue: &Catalogue, customers: &[CustomerId], today: NaiveDate) -> Vec<Written> {
    let one = |(place, (of, when, hundredths, text)): (usize, &(usize, _, i64, &str))| {
        let when: super::situations::When = *when;
        let quantity = Decimal::new(*hundredths, 2);
        let line = match hundredths {
            0 => catalogue.minutes("D-100", STATIK_MINUTES, text),
            _ => catalogue.line("D-100", quantity, text),
        };
        let line =
            DraftLine { id: LineId::new(fixed(3, place)), line: line?, contract: Some(contract(*of)), clears: true };
        let customer = customer_of(customers, AGREED.get(*of)?)?;
        Some(Written::new(DocumentId::new(fixed(4, place)), customer, when.day(today), BY, vec![line]))
    };
    PAST.iter().enumerate().filter_map(one).collect()
}

/// Brings the situations about, on the last day. Returns how many documents there are of them.
pub async fn stage(
    env: &Env,
    catalogue: &Catalogue,
    customers: &[CustomerId],
    today: NaiveDate,
) -> Result<usize, Refused> {
    let env = at(env, today);
    raise(&env).await?;
    for (place, scene) in SCENES.iter().enumerate() {
        let lines = scene.lines.iter().enumerate();
        let lines = lines.filter_map(|(line, asked)| line_of(catalogue, asked, place * 16 + line)).collect();
        let Some(customer) = AGREED.get(scene.of).and_then(|agreed| customer_of(customers, agreed)) else { continue };
        let day = scene.when.day(today);
        let mut draft = Written::new(document(place), customer, day, BY, lines).draft;
        let saved = documents::save(&env, &program(BY), draft.clone()).await?;
        if scene.of == VOSS {
            // First there is nothing left; then something is given away, and saved again it clears.
            give(&env).await?;
            draft.version = saved.page.version;
            documents::save(&env, &program(BY), draft).await?;
        }
        if scene.issued {
            issue(&env, vec![(today, document(place))]).await?;
        }
    }
    Ok(SCENES.len())
}

fn line_of(catalogue: &Catalogue, asked: &Asked, place: usize) -> Option<DraftLine> {
    let mut line = catalogue.line(asked.article, Decimal::new(asked.hundredths, 2), asked.text)?;
    if asked.free {
        line.price = price(0);
    }
    Some(DraftLine { id: LineId::new(fixed(5, place)), line, contract: asked.contract.map(contract), clears: true })
}

/// A quota is raised after its month was billed.
async fn raise(env: &Env) -> Result<(), Refused> {
    let call = program(PEOPLE[1]);
    let ContractPage { version, card, mut contract, .. } = contracts::page(env, &call, contract(SEITENWEISE)).await?;
    contract.terms.quota.iter_mut().for_each(|quota| quota.amount = Amount::new(RAISED));
    let draft = ContractDraft {
        version,
        number: card.number,
        contract_type: card.contract_type,
        responsible: card.responsible,
        reference: card.reference,
        contract,
    };
    contracts::save(env, &call, draft).await.map(drop)
}

/// A free quota for the quota period of today.
async fn give(env: &Env) -> Result<(), Refused> {
    let call = program(PEOPLE[2]);
    let page = contracts::page(env, &call, contract(VOSS)).await?;
    let Some(((account, _), period)) = page.account_id.zip(page.quota_period) else { return Ok(()) };
    let lot = GrantRequest {
        origin: GrantOrigin::FreeQuota,
        ..GrantRequest::new(LotId::new(fixed(6, 0)), Amount::new(FREE), period.from, period.until)
    };
    let reason = "Kulanz nach dem Serverausfall".to_owned();
    accounts::grant(env, &call, GrantDraft { account, request: lot, reason }).await.map(drop)
}
