//! Articles, groups and contract types: saved once, refused at their field, changed by one of two.

use domain::{
    ArticleId, ContractTypeId, GroupId, Interval, Seconds, SubGroupId,
    documents::LineUnit,
    groups::Switch,
    splitting::{ArticleBilling, ByDuration, Collects, WrongUnit},
};
use store::history;
use texts::Lang;
use usecases::{
    articles, contract_types, projects,
    testing::{World, day, problem},
};
use wire::{
    FieldReason, Noun, Problem,
    articles::{ArticleCard, ArticleDraft, Catalogue, GroupDraft, GroupKey},
    contracts::{ContractTypeDraft, ContractTypePage},
    projects::{LineForm, LinesForm},
};

use crate::{
    office::{admin, fields, given, page},
    support::books,
    workshop::{me, shop, told},
};

fn group(id: GroupId, version: i64, name: &str, quota: Switch) -> GroupDraft {
    GroupDraft { key: GroupKey::Group(id), version, name: name.to_owned(), quota }
}

async fn save_group(world: &World, draft: GroupDraft) -> Result<Catalogue, Problem> {
    articles::save_group(world, &admin(), draft).await.map_err(problem)
}

fn article(id: ArticleId, version: i64, number: &str, group: Option<uuid::Uuid>) -> ArticleDraft {
    let card = ArticleCard {
        number: number.to_owned(),
        name: "Remote support".to_owned(),
        unit: LineUnit::Hour,
        price: "105.5".parse().expect("a price"),
        vat: "19".parse().expect("a rate"),
        billing: None,
    };
    ArticleDraft { id, version, group, card }
}

/// Red when: the same content counts a version, or other content of version 0 overwrites.
async fn a_group_is_saved_once_and_changed_by_its_version(world: World) {
    let (id, other) = (GroupId::new(world.id()), GroupId::new(world.id()));
    let first = save_group(&world, group(id, 0, "Support", Switch::On)).await.expect("it is saved");
    assert_eq!((first.groups[0].id, first.groups[0].version, first.groups[0].quota), (id, 1, Switch::On));
    let before = books(&world).await;
    for version in [0, 1] {
        let again = save_group(&world, group(id, version, "Support", Switch::On)).await.expect("the same");
        assert_eq!((again, books(&world).await), (first.clone(), before.clone()));
    }
    let taken = Problem::field("name", FieldReason::Taken);
    for (draft, expected) in [
        (group(id, 0, "Other", Switch::On), Problem::SameId),
        (group(id, 2, "Other", Switch::On), Problem::Changed),
        (group(other, 1, "Other", Switch::On), Problem::NotFound { what: Noun::Article }),
        (group(other, 0, "SUPPORT", Switch::Off), taken.clone()),
    ] {
        assert_eq!(save_group(&world, draft.clone()).await.expect_err("it is refused"), expected, "{draft:?}");
    }
    assert_eq!(books(&world).await, before);
    let changed = save_group(&world, group(id, 1, "Helpdesk", Switch::Inherit)).await.expect("it is saved");
    assert_eq!((changed.groups[0].name.as_str(), changed.groups[0].version), ("Helpdesk", 2));

    let sub = SubGroupId::new(world.id());
    let of = |parent, version, name: &str| GroupDraft {
        key: GroupKey::SubGroup(sub, parent),
        version,
        name: name.to_owned(),
        quota: Switch::Off,
    };
    let refused = save_group(&world, of(other, 0, "Mail")).await.expect_err("no such group");
    assert_eq!(refused, Problem::field("parent", FieldReason::NotOneOf));
    save_group(&world, of(id, 0, "Mail")).await.expect("it is saved");
    save_group(&world, group(other, 0, "Hardware", Switch::Off)).await.expect("it is saved");
    let refused = save_group(&world, of(other, 1, "Mail 2")).await.expect_err("it stays where it is");
    assert_eq!(refused, Problem::field("parent", FieldReason::NotOneOf));
    let below = GroupDraft {
        key: GroupKey::SubGroup(SubGroupId::new(world.id()), GroupId::new(sub.uuid())),
        ..of(id, 0, "Deep")
    };
    let refused = save_group(&world, below).await.expect_err("no sub-group of a sub-group");
    assert_eq!(refused, Problem::field("parent", FieldReason::NotOneOf));
    let same_name = GroupDraft { key: GroupKey::SubGroup(SubGroupId::new(world.id()), id), ..of(id, 0, "mail") };
    assert_eq!(save_group(&world, same_name).await.expect_err("taken"), taken);
    let catalogue = articles::page(&world, &admin()).await.expect("the page");
    let told: Vec<_> = catalogue.groups.iter().map(|group| (group.name.as_str(), group.sub_groups.len())).collect();
    assert_eq!(told, [("Hardware", 0), ("Helpdesk", 1)]);
    assert_eq!(catalogue.vat_rates.len(), 3);
}

async fn an_article_is_saved_once_and_changed_by_its_version(world: World) {
    let (own, sub) = (GroupId::new(world.id()), SubGroupId::new(world.id()));
    save_group(&world, group(own, 0, "Support", Switch::On)).await.expect("it is saved");
    let mail = GroupDraft { key: GroupKey::SubGroup(sub, own), ..group(own, 0, "Mail", Switch::On) };
    save_group(&world, mail).await.expect("it is saved");
    let save = async |draft: ArticleDraft| articles::save(&world, &admin(), draft).await.map_err(problem);
    let (id, other) = (ArticleId::new(world.id()), ArticleId::new(world.id()));
    let first = save(article(id, 0, "D-100", Some(sub.uuid()))).await.expect("it is saved");
    assert_eq!((first.version, first.group, first.sub_group), (1, Some(own), Some(sub)));
    let before = books(&world).await;
    for version in [0, 1] {
        let again = save(article(id, version, "D-100", Some(sub.uuid()))).await.expect("the same");
        assert_eq!((again, books(&world).await), (first.clone(), before.clone()));
    }
    for (draft, expected) in [
        (article(id, 0, "D-100", None), Problem::SameId),
        (article(id, 7, "D-100", None), Problem::Changed),
        (article(other, 1, "D-200", None), Problem::NotFound { what: Noun::Article }),
        (article(other, 0, "d-100", None), Problem::field("number", FieldReason::Taken)),
        (article(other, 0, "D-200", Some(world.id())), Problem::field("group", FieldReason::NotOneOf)),
    ] {
        assert_eq!(save(draft.clone()).await.expect_err("it is refused"), expected, "{draft:?}");
    }
    assert_eq!(books(&world).await, before);
    let changed = save(article(id, 1, "D-101", Some(own.uuid()))).await.expect("it is saved");
    assert_eq!((changed.version, changed.sub_group, changed.card.number.as_str()), (2, None, "D-101"));
    save(article(other, 0, "D-100", None)).await.expect("the number is free again");
    let catalogue = articles::page(&world, &admin()).await.expect("the page");
    assert_eq!(catalogue.articles.iter().map(|row| row.id).collect::<Vec<_>>(), [other, id]);
}

/// Maintenance with so many minutes free a month.
fn free(minutes: i64) -> ArticleBilling {
    let (month, collects) = (Interval::Months(1), Collects::Billable);
    let most = Seconds(minutes * 60);
    ArticleBilling::Duration(ByDuration { every: month, most, most_every: month, collects, reported: true })
}

/// An article of that name that is billed so.
fn billed(id: ArticleId, number: &str, name: &str, price: &str, billing: Option<ArticleBilling>) -> ArticleDraft {
    let unit = if matches!(billing, Some(ArticleBilling::Duration(_))) { LineUnit::Flat } else { LineUnit::Hour };
    let draft = article(id, 0, number, None);
    let (name, price) = (name.to_owned(), price.parse().expect("a price"));
    ArticleDraft { card: ArticleCard { name, unit, price, billing, ..draft.card }, ..draft }
}

/// Red when: an article is saved that sells hours at the price of a month, or its history does not tell how it was
/// billed.
async fn how_an_article_is_billed_is_saved_with_its_history(world: World) {
    let id = ArticleId::new(world.id());
    let save = async |draft: ArticleDraft| articles::save(&world, &admin(), draft).await.map_err(problem);
    let maintenance = billed(id, "D-300", "Maintenance", "150", Some(free(45)));
    let with_unit = |draft: ArticleDraft, unit| ArticleDraft { card: ArticleCard { unit, ..draft.card }, ..draft };
    let before = books(&world).await;
    let support = billed(id, "D-300", "Support", "100", Some(ArticleBilling::Effort));
    let refused = save(with_unit(support.clone(), LineUnit::Minute)).await.expect_err("not by the hour");
    assert_eq!(refused, Problem::field("unit", FieldReason::ArticleUnit(WrongUnit::NotByTheHour)));
    let nothing = with_unit(billed(id, "D-300", "Maintenance", "-1", Some(free(0))), LineUnit::Day);
    assert_eq!(fields(&save(nothing).await.expect_err("nothing of it fits")), ["unit", "price", "most"]);
    assert_eq!(books(&world).await, before);

    let saved = save(maintenance.clone()).await.expect("it is saved");
    assert_eq!((saved.version, saved.card.billing), (1, Some(free(45))));
    assert_eq!(save(maintenance).await.as_ref(), Ok(&saved), "the same again");
    let saved = save(ArticleDraft { version: 1, ..support }).await.expect("it is saved");
    assert_eq!((saved.version, saved.card.billing), (2, Some(ArticleBilling::Effort)));
    let catalogue = articles::page(&world, &admin()).await.expect("the page");
    assert_eq!(catalogue.articles, [saved]);
    let mut tx = world.db.read().await.expect("a read begins");
    let told = history::list(&mut tx, "article", &id.to_string(), 10).await.expect("its history");
    assert_eq!(told.len(), 2);
    let became = |field: &str| {
        let change = told.iter().flat_map(|change| &change.fields).find(|of| of.field == field && of.before.is_some());
        change.map(|of| (of.before.clone().unwrap_or_default(), of.after.clone().unwrap_or_default()))
    };
    let pair = |before: &str, after: &str| Some((before.to_owned(), after.to_owned()));
    assert_eq!(became("billing"), pair("duration", "effort"));
    assert_eq!((became("every"), became("most")), (pair("1 months", ""), pair("2700", "")));
    assert_eq!((became("collects"), became("reported")), (pair("billable", ""), pair("yes", "")));
}

/// Maintenance for 150.00 a month with 45 minutes, then support for 100.00 an hour. Red when: the editor of a project
/// offers an article of which no line can be made, or the lines take other time than the articles say.
async fn a_project_bills_as_its_articles_say(world: World) {
    me(&world).await;
    for (number, name, price, billing) in [
        ("D-310", "Support", "100", Some(ArticleBilling::Effort)),
        ("D-100", "Consulting", "140", None),
        ("D-300", "Maintenance", "150", Some(free(45))),
    ] {
        let draft = billed(ArticleId::new(world.id()), number, name, price, billing);
        articles::save(&world, &admin(), draft).await.expect("it is saved");
    }
    let customer = world.customer("Alpha GmbH").await;
    let own = shop(&world, customer, Vec::new()).await;
    let editor = projects::editor(&world, &admin(), Some(own.project), None).await.expect("the editor");
    let offered: Vec<&str> = editor.articles.iter().map(|row| row.card.number.as_str()).collect();
    assert_eq!(offered, ["D-300", "D-310"]);
    let version = editor.project.as_ref().expect("the project").version;
    let line = |card: &ArticleCard| LineForm::of_article(card, world.id().to_string(), day("2026-04-01"), Lang::De);
    let lines = editor.articles.iter().filter_map(|row| line(&row.card)).collect();
    let form = LinesForm { project: own.project.to_string(), version, lines };
    let draft = form.check(Lang::De).expect("all is right");
    let saved = projects::save_lines(&world, &admin(), draft).await.expect("the lines are saved");
    let fee = saved.lines[0].line.fee().map(|fee| (fee.price.to_string(), fee.vat.to_string()));
    assert_eq!((fee, saved.lines[0].reported), (Some(("150".to_owned(), "19".to_owned())), true));
    let first = own.books(&world, "2026-04-10", 60).await;
    assert_eq!(told(&first), "Maintenance 45, Support 15 = 2500");
    let second = own.books(&world, "2026-04-11", 30).await;
    assert_eq!(told(&second), "Support 30 = 5000");
}

/// Red when: a type reaches contracts that were made from it.
async fn a_type_is_a_template_and_reaches_no_contract_by_itself(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let terms = world.contract_draft(customer, "2026-04-01").contract.terms;
    let id = ContractTypeId::new(world.id());
    let draft = ContractTypeDraft { id, version: 0, name: "Gold".to_owned(), terms };
    let save = async |draft: ContractTypeDraft| -> Result<ContractTypePage, Problem> {
        contract_types::save(&world, &admin(), draft).await.map_err(problem)
    };
    let first = save(draft.clone()).await.expect("it is saved");
    assert_eq!((first.id, first.version, first.terms.as_ref()), (Some(id), 1, Some(&draft.terms)));
    let before = books(&world).await;
    assert_eq!((save(draft.clone()).await.expect("the same"), books(&world).await), (first, before.clone()));
    let other = ContractTypeId::new(world.id());
    let named = |id, version, name: &str| ContractTypeDraft { id, version, name: name.to_owned(), ..draft.clone() };
    for (draft, expected) in [
        (named(id, 0, "Silver"), Problem::SameId),
        (named(id, 2, "Silver"), Problem::Changed),
        (named(other, 1, "Silver"), Problem::NotFound { what: Noun::ContractType }),
        (named(other, 0, "GOLD"), Problem::field("name", FieldReason::Taken)),
    ] {
        assert_eq!(save(draft.clone()).await.expect_err("it is refused"), expected, "{} {}", draft.name, draft.version);
    }
    assert_eq!(books(&world).await, before);

    let contract = given(&world, customer, "2026-04-01", |_| {}).await;
    let typed = wire::contracts::ContractDraft {
        contract_type: Some(id),
        ..crate::office::edited(&contract, |contract| contract.terms = draft.terms.clone())
    };
    let contract = world.contract(typed).await;
    assert_eq!((contract.type_name.as_str(), contract.version), ("Gold", 2));
    let mut changed = named(id, 1, "Platinum");
    changed.terms.notice = 6;
    assert_eq!(save(changed).await.expect("it is saved").history.len(), 2);
    let now = page(&world, contract.contract.id).await;
    assert_eq!((now.type_name.as_str(), now.contract.terms.notice, now.version), ("Platinum", 3, 2));
    let list = contract_types::list(&world, &admin()).await.expect("the types");
    assert_eq!(list.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Platinum"]);
    let missing = contract_types::page(&world, &admin(), Some(other)).await.expect_err("there is none");
    assert_eq!(problem(missing), Problem::NotFound { what: Noun::ContractType });
    let new = contract_types::page(&world, &admin(), None).await.expect("the editor");
    assert_eq!((new.id, new.version, new.terms), (None, 0, None));
}

/// Red when: one of them is read without a lock.
async fn of_two_who_change_at_once_one_is_told(world: World) {
    let there = World::open(world.url.clone(), 2).await;
    let (own, id, kind) = (GroupId::new(world.id()), ArticleId::new(world.id()), ContractTypeId::new(world.id()));
    let customer = world.customer("Alpha GmbH").await;
    let terms = world.contract_draft(customer, "2026-04-01").contract.terms;
    let typed = |version, name: String| ContractTypeDraft { id: kind, version, name, terms: terms.clone() };
    save_group(&world, group(own, 0, "0", Switch::On)).await.expect("it is saved");
    articles::save(&world, &admin(), article(id, 0, "0", None)).await.expect("it is saved");
    contract_types::save(&world, &admin(), typed(0, "0".to_owned())).await.expect("it is saved");
    let call = admin();
    for round in 1..=6 {
        let (here_name, there_name) = (format!("a {round}"), format!("b {round}"));
        let groups = tokio::join!(
            articles::save_group(&world, &call, group(own, round, &here_name, Switch::On)),
            articles::save_group(&there, &call, group(own, round, &there_name, Switch::On)),
        );
        let rows = tokio::join!(
            articles::save(&world, &call, article(id, round, &here_name, None)),
            articles::save(&there, &call, article(id, round, &there_name, None)),
        );
        let templates = tokio::join!(
            contract_types::save(&world, &call, typed(round, here_name)),
            contract_types::save(&there, &call, typed(round, there_name)),
        );
        let pairs = [
            (groups.0.map(drop), groups.1.map(drop)),
            (rows.0.map(drop), rows.1.map(drop)),
            (templates.0.map(drop), templates.1.map(drop)),
        ];
        for pair in pairs {
            let refused = match pair {
                (Ok(()), Err(refused)) | (Err(refused), Ok(())) => refused,
                both => panic!("one is saved and one refused: {both:?}"),
            };
            assert_eq!(problem(refused), Problem::Changed, "round {round}");
        }
    }
}

on_both!(
    a_group_is_saved_once_and_changed_by_its_version,
    an_article_is_saved_once_and_changed_by_its_version,
    how_an_article_is_billed_is_saved_with_its_history,
    a_project_bills_as_its_articles_say,
    a_type_is_a_template_and_reaches_no_contract_by_itself,
    of_two_who_change_at_once_one_is_told,
);
