//! Contracts: saving them, their account, their end, two who edit at once.

use domain::{
    ContractId, ContractTypeId, Currency, CustomerId, Role,
    contracts::{BillingTime, Contract},
    quota::{Amount, DeficitPolicy, Overbooking, Policy, Unit},
};
use futures::future::join_all;
use usecases::{
    accounts, contracts,
    testing::{HOUR, PREPAID, World, as_role, day, problem},
};
use wire::{
    FieldReason, Noun, Problem,
    accounts::EndDraft,
    contracts::{ContractDraft, ContractQuery},
};

use crate::{
    office::{account, admin, change, edited, fields, given, page, plain, refused},
    support::{assert_sound, books},
};

/// A change of a contract.
type Twist = Box<dyn Fn(&mut Contract)>;

/// Red when: saving does not look whether the content is the same before it counts a version.
async fn saving_twice_saves_once(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let draft = world.contract_draft(customer, "2026-04-01");
    let first = world.contract(draft.clone()).await;
    assert_eq!((first.version, first.card.number.as_str(), first.next), (1, "V-00001", 0));
    let before = books(&world).await;
    assert_eq!(world.contract(draft.clone()).await, first, "created once");
    let page = world.contract(edited(&first, |_| {})).await;
    assert_eq!((page, books(&world).await), (first.clone(), before));

    let changed = edited(&first, |contract| contract.terms.notice = 6);
    let second = world.contract(changed.clone()).await;
    assert_eq!((second.version, second.contract.terms.notice), (2, 6));
    let before = books(&world).await;
    assert_eq!(world.contract(changed).await, second, "changed once");
    assert_eq!(books(&world).await, before);
    assert_eq!(second.history.len(), 2);
    // The first content again is no repetition any more.
    assert_eq!(refused(&world, draft).await, Problem::SameId);
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: version 0 overwrites, an old version wins, or a version of something that is not there is accepted.
async fn other_content_needs_the_present_version(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let first = given(&world, customer, "2026-04-01", |_| {}).await;
    let twist = |contract: &mut Contract| contract.terms.notice = 6;
    let before = books(&world).await;
    for (version, expected) in [(0, Problem::SameId), (2, Problem::Changed), (-1, Problem::Changed)] {
        assert_eq!(refused(&world, ContractDraft { version, ..edited(&first, twist) }).await, expected, "{version}");
    }
    let mut unknown = edited(&first, twist);
    unknown.contract.id = ContractId::new(world.id());
    assert_eq!(refused(&world, unknown).await, Problem::NotFound { what: Noun::Contract });
    assert_eq!(books(&world).await, before);
    assert_eq!(world.contract(edited(&first, twist)).await.version, 2);
}

/// Red when: the contract is read without a lock, or locked together with the terms it had before.
async fn of_two_editors_at_once_one_is_told(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    let customer = world.customer("Alpha GmbH").await;
    let mut now = given(&world, customer, "2026-04-01", |_| {}).await;
    for round in 1..=8 {
        let call = admin();
        let envs = [&world.env, &other.env, &world.env, &other.env];
        let saves = envs.into_iter().zip(1..).map(|(env, place)| {
            contracts::save(env, &call, edited(&now, |contract| contract.terms.notice = 10 * round + place))
        });
        let (won, lost): (Vec<_>, Vec<_>) = join_all(saves).await.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1, "round {round}");
        for lost in lost {
            assert_eq!(problem(lost.map(drop).expect_err("it lost")), Problem::Changed);
        }
        now = page(&world, now.contract.id).await;
        assert_eq!(i64::from(round) + 1, now.version);
    }
    assert_eq!(now.history.len(), 9);
}

/// A double click that reaches two processes.
async fn one_new_contract_sent_many_times_at_once_is_created_once(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    let customer = world.customer("Alpha GmbH").await;
    for round in 1..=5 {
        let draft = world.contract_draft(customer, "2026-04-01");
        let call = admin();
        let envs = [&world.env, &other.env, &world.env, &other.env, &world.env, &other.env];
        let saves = join_all(envs.map(|env| contracts::save(env, &call, draft.clone()))).await;
        let number = format!("V-{round:05}");
        for page in saves {
            let page = page.expect("each is the same command");
            assert_eq!((page.version, page.card.number.as_str()), (1, number.as_str()));
        }
    }
    let list = contracts::of_customer(&world, &admin(), customer).await.expect("the contracts");
    assert_eq!(list.len(), 5);
    assert!(list.iter().all(|row| row.account.is_some()), "an account each");
    let found = contracts::list(&world, &admin(), &ContractQuery::default()).await.expect("the contracts");
    assert_eq!(found.rows, list);
}

/// Red when: a field is not checked, or the fault stands at another field than the form's.
async fn what_is_wrong_is_told_at_its_field(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let quota = |contract: &mut Contract, twist: fn(&mut domain::contracts::QuotaTerms)| {
        twist(contract.terms.quota.as_mut().expect("a quota"));
    };
    let twists: [(&str, Twist); 16] = [
        (
            "start",
            Box::new(|contract| (contract.start, contract.billing_start) = (day("1899-12-31"), day("2026-04-01"))),
        ),
        ("billing_start", Box::new(|contract| contract.billing_start = day("2026-03-31"))),
        (
            "cancelled_on",
            Box::new(|contract| {
                (contract.cancelled_on, contract.terms.renewal) = (Some(day("2200-01-01")), None);
            }),
        ),
        ("agreed_last", Box::new(|contract| contract.agreed_end = Some(contract.start))),
        ("term", Box::new(|contract| contract.terms.term = 0)),
        ("renewal", Box::new(|contract| contract.terms.renewal = Some(0))),
        ("notice", Box::new(|contract| contract.terms.notice = 5_000)),
        ("interval", Box::new(|contract| contract.terms.billing.interval = 0)),
        ("lead_days", Box::new(|contract| contract.terms.billing.lead_days = Some(4_000))),
        ("payment_days", Box::new(|contract| contract.terms.billing.payment_days = 4_000)),
        ("items", Box::new(|contract| contract.terms.items.clear())),
        ("time", Box::new(|contract| contract.terms.billing.time = BillingTime::Arrears)),
        ("amount", Box::new(move |contract| quota(contract, |quota| quota.amount = Amount::ZERO))),
        ("quota_interval", Box::new(move |contract| quota(contract, |quota| quota.interval = Some(0)))),
        ("unit", Box::new(move |contract| quota(contract, |quota| quota.unit = Unit::Money(Currency::USD)))),
        (
            "limit",
            Box::new(move |contract| {
                quota(contract, |quota| quota.overbooking = Overbooking::Yes { limit: Some(Amount::new(-1)) });
            }),
        ),
    ];
    let before = books(&world).await;
    for (field, twist) in twists {
        let mut draft = world.contract_draft(customer, "2026-04-01");
        twist(&mut draft.contract);
        assert_eq!(fields(&refused(&world, draft).await), [field]);
    }
    let mut two_rates = world.contract_draft(customer, "2026-04-01");
    let mut other = two_rates.contract.terms.items[0].clone();
    other.vat = "7".parse().expect("a rate");
    two_rates.contract.terms.items.push(other);
    assert_eq!(fields(&refused(&world, two_rates).await), ["items"]);
    let mut several = world.contract_draft(customer, "2026-04-01");
    (several.contract.terms.term, several.contract.terms.billing.interval) = (0, 0);
    assert_eq!(fields(&refused(&world, several).await), ["term", "interval"], "all of them at once");

    let mut nobody = world.contract_draft(CustomerId::new(world.id()), "2026-04-01");
    assert_eq!(refused(&world, nobody.clone()).await, Problem::field("customer", FieldReason::NotOneOf));
    nobody.contract.customer = customer;
    nobody.contract_type = Some(ContractTypeId::new(world.id()));
    assert_eq!(refused(&world, nobody).await, Problem::field("contract_type", FieldReason::NotOneOf));
    assert_eq!(books(&world).await, before);

    given(&world, customer, "2026-04-01", |_| {}).await;
    let before = books(&world).await;
    let taken = ContractDraft { number: "v-00001".to_owned(), ..world.contract_draft(customer, "2026-04-01") };
    assert_eq!(refused(&world, taken).await, Problem::field("number", FieldReason::Taken));
    assert_eq!(books(&world).await, before);
}

/// Red when: the account is opened with every save, or with the first one although there is no quota.
async fn the_account_is_opened_with_the_first_quota_and_follows_its_policy(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let draft = world.contract_draft(customer, "2026-04-01");
    let quota = draft.contract.terms.quota.clone();
    let bare = given(&world, customer, "2026-04-01", plain).await;
    let id = bare.contract.id;
    assert_eq!((bare.account_id, &bare.account, bare.quota_period), (None, &None, None));
    let with = change(&world, id, |contract| contract.terms.quota.clone_from(&quota)).await;
    let of = account(&with);
    let policy =
        async || accounts::facts(&world, &admin(), of, day("2026-04-15")).await.expect("the facts").account.policy;
    assert_eq!((with.account_id, policy().await), (Some((of, Unit::Time)), PREPAID));
    let row = with.account.expect("the account");
    assert_eq!(row.name, "V-00001");

    let limited =
        Policy { overbooking: Overbooking::Yes { limit: Some(Amount::new(HOUR)) }, deficits: DeficitPolicy::NextGrant };
    let changed = change(&world, id, |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        (quota.overbooking, quota.deficits) = (limited.overbooking, limited.deficits);
    });
    assert_eq!((account(&changed.await), policy().await), (of, limited));
    // Without a quota it keeps its account and what is on it.
    let without = change(&world, id, plain).await;
    assert_eq!((account(&without), policy().await), (of, limited));
    // And with one again it is the same account, but never one that counts something else.
    let mut money = edited(&without, |contract| contract.terms.quota.clone_from(&quota));
    let terms = money.contract.terms.quota.as_mut().expect("a quota");
    (terms.unit, terms.amount) = (Unit::Money(Currency::EUR), Amount::new(100));
    let told = refused(&world, money).await;
    assert_eq!(fields(&told), ["unit"]);
    let again = change(&world, id, |contract| contract.terms.quota = quota).await;
    assert_eq!((account(&again), policy().await), (of, PREPAID));
    assert_sound(&world).await;
}

/// Red when: an end is not posted, not taken back, or posted although somebody gave the account another one.
async fn the_account_ends_with_its_contract(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let first = given(&world, customer, "2026-04-01", |_| {}).await;
    let (id, of) = (first.contract.id, account(&first));
    world.lot(of, 10 * HOUR, "2026-04-01", None).await;
    let end = async || {
        let mut tx = world.db.read().await.expect("a read begins");
        let stored = store::accounts::get(&mut tx, of).await.expect("a read").expect("it is there");
        (stored.end, stored.next_seq.0)
    };
    assert_eq!(end().await, (None, 2));
    // Cancelled in May with three months' notice: the first boundary is the end of the first year.
    change(&world, id, |contract| contract.cancelled_on = Some(day("2026-05-20"))).await;
    assert_eq!(end().await, (Some(day("2027-04-01")), 3));
    change(&world, id, |contract| contract.terms.items[0].text = String::from("Other")).await;
    assert_eq!(end().await.1, 3, "nothing is posted that changes nothing");
    change(&world, id, |contract| contract.agreed_end = Some(day("2026-09-01"))).await;
    assert_eq!(end().await, (Some(day("2026-09-01")), 4));
    let ended = page(&world, id).await;
    let draw = world.draws(world.draw_draft(of, HOUR, "2026-09-01")).await;
    assert!(draw.is_err() && ended.contract.end() == Some(day("2026-09-01")));
    change(&world, id, |contract| (contract.agreed_end, contract.cancelled_on) = (None, None)).await;
    assert_eq!(end().await, (None, 5));

    // An end by hand stays as long as that of the contract does not change.
    let by_hand = EndDraft { account: of, until: Some(day("2026-06-01")), reason: "Closed".to_owned() };
    accounts::end(&world, &admin(), by_hand).await.expect("it ends");
    change(&world, id, |contract| contract.terms.notice = 1).await;
    assert_eq!(end().await, (Some(day("2026-06-01")), 6));
    change(&world, id, |contract| contract.agreed_end = Some(day("2026-12-01"))).await;
    assert_eq!(end().await, (Some(day("2026-12-01")), 7), "the last one counts");
    assert_sound(&world).await;
}

/// Red when: only a changed end is posted, and a new account has none.
async fn an_account_that_is_opened_late_ends_with_its_contract_too(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let quota = world.contract_draft(customer, "2026-04-01").contract.terms.quota;
    let ended = given(&world, customer, "2026-04-01", |contract| {
        plain(contract);
        contract.agreed_end = Some(day("2026-06-01"));
    });
    let id = ended.await.contract.id;
    let with = change(&world, id, |contract| contract.terms.quota = quota).await;
    let facts = accounts::facts(&world, &admin(), account(&with), day("2026-05-01")).await.expect("the facts");
    assert_eq!(facts.end, Some(day("2026-06-01")));
    // And one that has a quota and an end from the start.
    let both = given(&world, customer, "2026-04-01", |contract| contract.terms.renewal = None).await;
    let facts = accounts::facts(&world, &admin(), account(&both), day("2026-05-01")).await.expect("the facts");
    assert_eq!(facts.end, Some(day("2027-04-01")));
    assert_sound(&world).await;
}

/// Red when: billing does not fix what counts the periods.
async fn what_counts_the_periods_is_fixed_once_one_is_billed(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let other = world.customer("Beta").await;
    let id = given(&world, customer, "2026-04-01", |_| {}).await.contract.id;
    let twists: [(&str, Twist); 5] = [
        ("start", Box::new(|contract| contract.start = day("2026-03-01"))),
        ("billing_start", Box::new(|contract| contract.billing_start = day("2026-04-15"))),
        ("interval", Box::new(|contract| contract.terms.billing.interval = 2)),
        ("currency", Box::new(|contract| contract.terms.currency = Currency::USD)),
        ("quota_interval", Box::new(|contract| contract.terms.quota.as_mut().expect("a quota").interval = Some(3))),
    ];
    for (field, twist) in &twists {
        let before = page(&world, id).await.contract;
        change(&world, id, |contract| twist(contract)).await;
        change(&world, id, |contract| *contract = before).await;
        assert_eq!(page(&world, id).await.contract.start, day("2026-04-01"), "{field} was free");
    }
    // Whose it is, is fixed with the account.
    let told = refused(&world, edited(&page(&world, id).await, |contract| contract.customer = other)).await;
    assert_eq!(fields(&told), ["customer"]);
    world.bills(&world.env, "2026-04-15").await;
    let before = books(&world).await;
    for (field, twist) in &twists {
        let told = refused(&world, edited(&page(&world, id).await, |contract| twist(contract))).await;
        assert!(fields(&told).contains(field), "{field}: {told:?}");
        assert!(
            told.fields()
                .iter()
                .any(|fault| matches!(&fault.reason, FieldReason::Terms(domain::contracts::TermsError::Fixed, _))),
            "{field}: {told:?}"
        );
    }
    assert_eq!(books(&world).await, before);
    change(&world, id, |contract| contract.terms.billing.payment_days = 7).await;
}

/// Red when: a number given by hand is given again by the range, or the range leaves one out.
async fn numbers_of_contracts_pass_over_those_given_by_hand(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let by_hand =
        |number: &str| ContractDraft { number: number.to_owned(), ..world.contract_draft(customer, "2026-04-01") };
    let number = async |draft: ContractDraft| world.contract(draft).await.card.number;
    assert_eq!(number(by_hand("")).await, "V-00001");
    for taken in ["v-00002", "V-00003", "Wartung 7"] {
        assert_eq!(number(by_hand(taken)).await, taken);
    }
    assert_eq!(number(by_hand("")).await, "V-00004");
    let now = usecases::settings::page(&world, &admin()).await.expect("the settings").settings;
    let draft = wire::settings::Settings { contract_numbers: "{year}-{n}".parse().expect("a pattern"), ..now };
    usecases::settings::save(&world, &admin(), draft).await.expect("it is saved");
    assert_eq!(number(by_hand("")).await, "2026-1");
    let next_year = world.when("2026-12-31T23:30:00Z");
    let page = contracts::save(&next_year, &admin(), by_hand("")).await.expect("it is saved");
    assert_eq!(page.card.number, "2027-1");
    // A changed one keeps its number when the field is left empty, and frees it when it gets another.
    let ask = ContractQuery { q: "V-00001".to_owned(), ..ContractQuery::default() };
    let found = contracts::list(&world, &admin(), &ask).await.expect("the contracts");
    let first = crate::office::page(&world, found.rows[0].id).await;
    let kept = world
        .contract(ContractDraft { number: String::new(), ..edited(&first, |contract| contract.terms.notice = 9) })
        .await;
    assert_eq!(kept.card.number, "V-00001");
    let renamed = world.contract(ContractDraft { number: "Other".to_owned(), ..edited(&kept, |_| {}) }).await;
    assert_eq!((renamed.card.number.as_str(), renamed.version), ("Other", 3));
    assert_eq!(number(by_hand("V-00001")).await, "V-00001");
}

/// The history tells who changed what, and the editor gets what it needs.
async fn the_page_and_the_editor_tell_everything(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let first = given(&world, customer, "2026-04-01", |_| {}).await;
    let id = first.contract.id;
    let later = world.when("2026-05-01T10:00:00Z");
    let draft = edited(&first, |contract| contract.terms.notice = 6);
    let draft = ContractDraft { reference: "PO 7".to_owned(), responsible: "Bea".to_owned(), ..draft };
    let saved = contracts::save(&later, &as_role(Role::Sales), draft).await.expect("it is saved");
    let change = &saved.history[0];
    let told: Vec<_> = change
        .fields
        .iter()
        .map(|field| (field.field.as_str(), field.before.as_deref(), field.after.as_deref()))
        .collect();
    assert_eq!(
        told,
        [("responsible", None, Some("Bea")), ("reference", None, Some("PO 7")), ("notice", Some("3"), Some("6"))]
    );
    assert_eq!((change.by.as_str(), change.at.to_rfc3339()), ("The sales", "2026-05-01T12:00:00+02:00".to_owned()));
    let editor = contracts::editor(&world, &admin(), Some(id), None).await.expect("the editor");
    assert_eq!(
        (editor.version, editor.next, editor.contract),
        (2, 0, Some((saved.card.clone(), saved.contract.clone())))
    );
    assert_eq!(editor.customer.map(|customer| customer.name), Some("Alpha GmbH".to_owned()));
    let new = contracts::editor(&world, &admin(), None, Some(customer)).await.expect("the editor");
    assert_eq!((new.version, new.contract, new.customer.map(|found| found.id)), (0, None, Some(customer)));
    for refused in [
        contracts::editor(&world, &admin(), Some(ContractId::new(world.id())), None).await.map(drop),
        contracts::page(&world, &admin(), ContractId::new(world.id())).await.map(drop),
    ] {
        assert_eq!(problem(refused.expect_err("there is none")), Problem::NotFound { what: Noun::Contract });
    }
    let nobody =
        contracts::editor(&world, &admin(), None, Some(CustomerId::new(world.id()))).await.expect_err("nobody");
    assert_eq!(problem(nobody), Problem::NotFound { what: Noun::Customer });
}

on_both!(
    saving_twice_saves_once,
    other_content_needs_the_present_version,
    of_two_editors_at_once_one_is_told,
    one_new_contract_sent_many_times_at_once_is_created_once,
    what_is_wrong_is_told_at_its_field,
    the_account_is_opened_with_the_first_quota_and_follows_its_policy,
    the_account_ends_with_its_contract,
    an_account_that_is_opened_late_ends_with_its_contract_too,
    what_counts_the_periods_is_fixed_once_one_is_billed,
    numbers_of_contracts_pass_over_those_given_by_hand,
    the_page_and_the_editor_tell_everything,
);
