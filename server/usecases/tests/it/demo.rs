//! The demo company stands the audit, shows what people ask about, and comes out the same every time.

use std::collections::BTreeMap;

use domain::{
    Role,
    clearing::{ClearingDocument, Reason, Repair, reconcile, repairs},
    documents::DocumentState,
    quota::Amount,
    splitting::Lock,
};
use store::{
    Engine,
    testing::{dump, fresh_url},
};
use texts::Lang;
use usecases::{
    bookings, contracts,
    demo::{self, Situation, Standing, situations, times},
    documents,
    people::{self, NewUser},
    projects,
    testing::{HOUR, World, as_role, day},
};
use wire::{
    bookings::{BookingQuery, BookingRow},
    documents::{DocumentPage, DocumentQuery},
    projects::{LineForm, ProjectQuery, ProjectState},
};

use crate::{
    support::assert_sound,
    workshop::{page, told},
};

/// Red when: the demo writes what no use case would, or the audit takes something for a fault that is none; when a
/// situation comes out otherwise, cannot be found or cannot be repaired; when chance decides on numbers or figures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_company() {
    let world = World::new(Engine::Sqlite).await;
    let other = World::open(fresh_url(Engine::Sqlite).await, 2).await;
    let (made, again) = tokio::join!(demo::make(&world), demo::make(&other));
    let made = made.expect("the demo company").expect("nobody has begun it");
    assert_eq!(Some(made), again.expect("the demo company again"));
    assert_eq!(demo::standing(&world).await.expect("a read"), Standing::InUse);
    assert_eq!(demo::make(&world).await.expect("an answer"), None, "it is made once");
    assert_eq!((made.customers, made.contracts), (62, 305));
    // Two years of work, the maintenance with 45 free minutes, and three days of this week.
    assert_eq!((made.projects, made.bookings), (41, 20_000 + 16 + 3 * 3));
    assert!((1_700..2_600).contains(&made.documents), "{} documents", made.documents);
    // One after the other: a failure shows where the two part.
    for (one, other) in numbers(&world).await.iter().zip(&numbers(&other).await) {
        assert_eq!(one, other);
    }
    for situation in situations() {
        assert_shown(&world, situation).await;
    }
    assert_outcomes(&world).await;
    crate::life::assert_demo(&world).await;
    assert_time(&world).await;
    assert_sound(&world).await;
}

/// Red when: a company whose making was interrupted counts as whole or as none, or is made a second time.
async fn an_interrupted_making_keeps_its_mark(world: World) {
    let standing = async || demo::standing(&world).await.expect("a read");
    assert_eq!(standing().await, Standing::Empty);
    let begun = async {
        while standing().await != Standing::Begun {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        made = demo::make(&world) => panic!("nothing has interrupted it: {made:?}"),
        () = begun => {}
    }
    assert_eq!(standing().await, Standing::Begun);
    assert_eq!(demo::logins(&world).await.expect("a read"), []);
    assert_eq!(demo::make(&world).await.expect("an answer"), None);
    assert_eq!(standing().await, Standing::Begun);
}

/// Red when: a company is made over what somebody has.
async fn a_database_with_a_customer_or_a_person_is_in_use(world: World) {
    let (login, name, password) = ("anna".to_owned(), "Anna".to_owned(), "a long password".to_owned());
    let anna = NewUser { login, name, role: Role::Admin, customer: None, password };
    people::add_user(&world, anna).await.expect("she is added");
    assert_eq!(demo::standing(&world).await.expect("a read"), Standing::InUse);
    let other = World::new(world.db.engine()).await;
    other.customer("Alpha GmbH").await;
    assert_eq!(demo::standing(&other).await.expect("a read"), Standing::InUse);
}

/// Every document and line, without the ids that chance gives.
async fn numbers(world: &World) -> Vec<String> {
    let rows = dump(&world.db, &["documents", "document_lines"]).await;
    let mut rows: Vec<String> = rows.iter().map(|row| without_ids(row)).collect();
    rows.sort_unstable();
    rows
}

fn without_ids(row: &str) -> String {
    let id = |word: &str| word.len() == 36 && word.matches('-').count() == 4;
    row.split_inclusive(|c: char| !c.is_ascii_hexdigit() && c != '-')
        .map(|word| if id(word.trim_end_matches(|c: char| !c.is_ascii_hexdigit())) { "id" } else { word })
        .collect()
}

fn outcomes(page: &DocumentPage) -> Vec<&'static str> {
    let cleared = page.lines.iter().filter_map(|line| line.cleared.as_ref());
    cleared.map(|cleared| cleared.clearing.outcome.name()).collect()
}

async fn assert_shown(world: &World, situation: Situation) {
    let Situation { name, .. } = situation;
    let call = as_role(Role::Sales);
    let page = documents::page(world, &call, situation.document).await.expect(name);
    assert_eq!(outcomes(&page), situation.outcomes, "{name}");
    assert_eq!(page.row.customer.name, situation.customer, "{name}");
    assert_eq!(page.row.state == DocumentState::Issued, situation.issued, "{name}");
    assert_eq!(page.row.number.is_some(), situation.issued, "{name}");
    let contract = contracts::page(world, &call, situation.contract).await.expect(name);
    let latest = contract.claims.first().map(|claim| claim.lots.iter().map(|lot| lot.amount).collect::<Vec<_>>());
    let amount = contract.contract.terms.quota.as_ref().map(|quota| quota.amount);
    let last = page.lines.last().and_then(|line| line.cleared.as_ref()).expect(name);
    let figures = last.clearing.figures.as_ref();
    match name {
        "raised_after_billing" => {
            assert_eq!((amount, latest), (Some(Amount::new(6 * HOUR)), Some(vec![Amount::new(4 * HOUR)])));
        }
        "deviating_interval" => {
            assert_eq!(latest, Some(Vec::new()), "this month was billed and granted nothing");
            assert_eq!(figures.map(|figures| figures.available_before), Some(Amount::new(7 * HOUR)));
        }
        "items_are_no_quota" => {
            let items = &contract.contract.terms.items;
            assert_eq!(items.iter().map(|item| item.quantity.to_string()).collect::<Vec<_>>(), ["5"]);
            assert_eq!(figures.map(|figures| figures.drawn), Some(Amount::new(3 * HOUR)));
        }
        "rest_lapsed" | "earlier_period" | "used_up" => {
            let Some(Reason::Exhausted { lapsed, .. }) = last.clearing.outcome.reason() else { panic!("{name}") };
            let lapsed: Vec<i64> = lapsed.iter().map(|lapsed| lapsed.amount.units()).collect();
            assert_eq!(lapsed, if name == "rest_lapsed" { vec![5 * HOUR / 2] } else { Vec::new() }, "{name}");
        }
        "free_quota" => {
            let lots = figures.map(|figures| figures.lots.iter().map(|lot| lot.drawn.units()).collect::<Vec<_>>());
            assert_eq!(lots, Some(vec![0, 3 * HOUR / 2]), "the billed lot is empty, the free one pays");
        }
        "mirrored_in_full" => {
            assert_eq!(figures.map(|figures| figures.drawn.units()), Some(40 * 60));
            assert_eq!((last.clearing.total, last.clearing.item), (10_500, -7_000));
        }
        _ => {}
    }
    if !situation.issued {
        assert_eq!(offered(world, situation).await, expected(name), "{name}");
    }
}

/// The kinds of repairs that the editor offers for the lines of a draft.
async fn offered(world: &World, situation: Situation) -> Vec<&'static str> {
    let editor = documents::editor(world, &as_role(Role::Sales), Some(situation.document), None).await;
    let editor = editor.expect(situation.name);
    let (edited, known) = editor.document.zip(editor.clearing).expect(situation.name);
    let customer = editor.customer.expect(situation.name).id;
    let lines = edited.lines.iter().map(wire::documents::DraftLine::clearing).collect();
    let document = ClearingDocument { customer, date: edited.date, currency: edited.currency, lines };
    let reconciled = reconcile(&document, &known.facts).expect(situation.name);
    let mut kinds = Vec::new();
    for line in &document.lines {
        for repair in repairs(&document, &known.facts, &reconciled, line.id).expect(situation.name) {
            kinds.push(match repair {
                Repair::SwitchOn { .. } => "switch on",
                Repair::AssignContract { contract, .. } => {
                    assert_eq!(contract, situation.contract, "{}", situation.name);
                    "assign"
                }
                Repair::EnableGroup { .. } => "enable",
                Repair::BillPeriod { .. } => "bill",
                Repair::GrantFreeQuota { .. } => "grant",
                Repair::AllowOverbooking { .. } => "overbook",
            });
        }
    }
    kinds.dedup();
    kinds
}

fn expected(name: &str) -> &'static [&'static str] {
    match name {
        "no_contract" | "other_customer" | "not_a_quota_contract" => &["assign"],
        "group_off_in_contract" | "group_off_globally" => &["enable"],
        "price_zero" | "quantity_zero" => &[],
        "used_up" => &["grant", "overbook", "grant", "overbook"],
        "period_not_billed" => &["bill", "grant", "overbook"],
        _ => &["grant", "overbook"],
    }
}

/// Ordinary work draws in part and not at all, too; some waits as drafts today.
async fn assert_outcomes(world: &World) {
    let mut counted = BTreeMap::<String, usize>::new();
    for row in dump(&world.db, &["document_lines"]).await {
        let outcome = row.split("\"outcome\":\"").nth(1).and_then(|rest| rest.split('"').next());
        let reason = row.split("\"reason\":\"").nth(1).and_then(|rest| rest.split('"').next());
        if let Some(outcome) = reason.or(outcome) {
            *counted.entry(outcome.to_owned()).or_default() += 1;
        }
    }
    println!("{counted:?}");
    for (outcome, least) in
        [("full", 1_000), ("partial", 50), ("exhausted", 50), ("no_contract", 500), ("overbooked", 3)]
    {
        assert!(counted.get(outcome).is_some_and(|count| *count >= least), "{outcome}: {counted:?}");
    }
}

/// Time goes wherever it can go; the 45 minutes come out as they are told and are billed; one project is closed, and the
/// login that only books its own time has done so this week.
async fn assert_time(world: &World) {
    let lead = as_role(Role::ProjectManager);
    let of = BookingQuery { project: Some(times::maintenance()), page: 1, ..BookingQuery::default() };
    let rows = bookings::list(world, &lead, &of).await.expect("the bookings").rows;
    let shown: Vec<String> = rows.iter().map(told).collect();
    assert_eq!(
        (rows.len(), &shown[..4]),
        (
            16,
            &[
                "Support + 45 45, Zusätzlicher Support 15 = 2500",
                "Zusätzlicher Support 45 = 7500",
                "Support + 45 45, Zusätzlicher Support 30 = 5000",
                "Support + 45 45, Zusätzlicher Support 15 = 2500",
            ]
            .map(str::to_owned)[..]
        )
    );
    assert_eq!((rows[0].customer.name.as_str(), rows[0].date), (times::CUSTOMER, world.today()));
    assert_eq!(page(world, times::maintenance()).await.lines[0].account.as_ref().map(|of| of.left), Some(Amount::ZERO));
    assert_articles(world).await;
    assert_templates(world).await;
    assert_billed(world, &rows).await;

    let closed = ProjectQuery { state: Some(ProjectState::Closed), page: 1, ..ProjectQuery::default() };
    let closed = projects::list(world, &lead, &closed).await.expect("the projects").rows;
    assert_eq!(closed.len(), 1);
    let own = BookingQuery { from: Some(day("2026-04-13")), page: 1, ..BookingQuery::default() };
    let own = bookings::list(world, &as_role(Role::Staff), &own).await.expect("the own bookings").rows;
    // Today's are typed: what a timer measures is booked when it is over.
    let timed = own.iter().filter(|row| row.start.is_some()).count();
    let today = own.iter().filter(|row| row.date == world.today() && row.start.is_none()).count();
    assert!(own.len() >= 9 && timed >= 3 && today >= 3, "{} this week, {timed} by timer, {today} today", own.len());

    let portions = dump(&world.db, &["portions"]).await;
    for (target, least, most) in [("line", 18_000, 40_000), ("not_billable", 500, 1_900), ("unassigned", 5, 120)] {
        let count = portions.iter().filter(|row| row.contains(&format!("'{target}'"))).count();
        assert!((least..most).contains(&count), "{count} portions are {target}");
    }
}

/// New projects can begin as the maintenance is, or with a block that the customer pays before.
async fn assert_templates(world: &World) {
    let found = projects::templates::list(world, &as_role(Role::Sales)).await.expect("the templates");
    let told = found.iter().map(|template| {
        let lines = template.parts.lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>().join(", ");
        (template.name.as_str(), lines)
    });
    let expected = [
        ("Wartung mit Freizeit", "Support + 45, Zusätzlicher Support".to_owned()),
        ("Website-Betreuung mit Prepaid-Block", "Vorausbezahlte Stunden, Nach Aufwand".to_owned()),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert!(found[0].parts.lines[0].fee.is_some(), "{found:?}");
}

/// The lines of the maintenance are those that its articles make.
async fn assert_articles(world: &World) {
    let lead = as_role(Role::ProjectManager);
    let editor = projects::editor(world, &lead, Some(times::maintenance()), None).await.expect("the editor");
    let lines = editor.project.expect("the project").lines;
    assert_eq!((editor.articles.len(), lines.len()), (2, 2));
    for (article, row) in editor.articles.iter().zip(&lines) {
        let id = row.line.id.to_string();
        let made = LineForm::of_article(&article.card, id, world.today(), Lang::De).expect("a line");
        let shown = LineForm::of(row, Lang::De);
        let told = |form: &LineForm| {
            let draft = form.read(Lang::De).expect("all is right");
            (draft.name, draft.reported, draft.fee.map(|fee| (fee.price, fee.periods.every, fee.vat)))
        };
        assert_eq!(told(&made), told(&shown));
        let given = |form: &LineForm| [form.kind.clone(), form.most.clone(), form.every.clone(), form.unit.clone()];
        if made.kind == "allowance" {
            assert_eq!((given(&made), &made.collects), (given(&shown), &shown.collects));
        } else {
            assert_eq!(made.read(Lang::De).map(|line| line.kind), shown.read(Lang::De).map(|line| line.kind));
        }
    }
}

/// What was worked last month is on an issued invoice with its report, and the fee was billed for last month and this one.
async fn assert_billed(world: &World, rows: &[BookingRow]) {
    let locks: Vec<_> = rows.iter().map(|row| row.lock).collect();
    assert_eq!(locks[..4], [None, Some(Lock::Document), Some(Lock::Document), None]);
    let call = as_role(Role::Accounting);
    let ask = DocumentQuery { customer: Some(rows[0].customer.id), page: 1, ..DocumentQuery::default() };
    let found = documents::list(world, &call, &ask).await.expect("the documents").rows;
    let mut sums: Vec<_> = found.iter().map(|row| (row.gross.minor, row.state)).collect();
    sums.sort_by_key(|(gross, _)| *gross);
    // 1:15 h at 100.00, and 150.00 twice, each with 19 % of VAT.
    assert_eq!(sums, [(14_875, DocumentState::Issued), (35_700, DocumentState::Issued)]);
    let page = documents::page(world, &call, times::extra_time()).await.expect("the invoice");
    let lines: Vec<_> = page.lines.iter().map(|line| line.line.quantity.to_string()).collect();
    assert_eq!((lines, page.row.gross.minor), (vec!["0.75".to_owned(), "1.25".to_owned()], 14_875));
    assert!(page.invoiced.is_some_and(|of| of.bookings == 2), "its bookings stand behind it");
}

on_both!(an_interrupted_making_keeps_its_mark, a_database_with_a_customer_or_a_person_is_in_use);
