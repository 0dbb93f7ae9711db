//! Groups, articles and contract types.

use domain::{
    Interval, Seconds,
    documents::LineUnit,
    groups::Switch,
    splitting::{ArticleBilling, ByDuration, Collects},
};
use store::{Db, articles, contract_types, testing::begin};
use wire::{
    articles::{ArticleCard, ArticleRow, GroupDraft, GroupKey},
    contracts::ContractTypeDraft,
};

use crate::given::{article_id, group_id, sub_group_id, terms, type_id};

fn group(id: u128, name: &str, quota: Switch) -> GroupDraft {
    GroupDraft { key: GroupKey::Group(group_id(id)), version: 0, name: name.to_owned(), quota }
}

fn sub_group(id: u128, parent: u128, name: &str, quota: Switch) -> GroupDraft {
    let key = GroupKey::SubGroup(sub_group_id(id), group_id(parent));
    GroupDraft { key, version: 0, name: name.to_owned(), quota }
}

async fn groups_come_by_name_with_their_sub_groups(db: &Db) {
    let mut tx = begin(db).await;
    let drafts = [
        group(1, "Zubehör", Switch::Off),
        group(2, "Äpfel", Switch::On),
        sub_group(3, 1, "b", Switch::Inherit),
        sub_group(4, 1, "A", Switch::On),
        sub_group(5, 2, "b", Switch::Off),
    ];
    for draft in &drafts {
        assert!(articles::add_group(&mut tx, draft).await.expect("it is stored"));
        let kept = articles::lock_group(&mut tx, draft.key).await.expect("a read").expect("it is there");
        assert_eq!(kept, GroupDraft { version: 1, ..draft.clone() });
    }
    let found = articles::groups(&mut tx).await.expect("a read");
    let told: Vec<_> = found
        .iter()
        .map(|group| {
            let subs = group.sub_groups.iter().map(|sub| (sub.id, sub.name.as_str(), sub.quota, sub.version));
            (group.id, group.name.as_str(), group.quota, group.version, subs.collect::<Vec<_>>())
        })
        .collect();
    let expected = [
        (group_id(2), "Äpfel", Switch::On, 1, vec![(sub_group_id(5), "b", Switch::Off, 1)]),
        (
            group_id(1),
            "Zubehör",
            Switch::Off,
            1,
            vec![(sub_group_id(4), "A", Switch::On, 1), (sub_group_id(3), "b", Switch::Inherit, 1)],
        ),
    ];
    assert_eq!(told, expected);
}

/// Red when: a name is compared as typed, or across groups.
async fn names_and_ids_of_groups_are_taken_once(db: &Db) {
    let mut tx = begin(db).await;
    for draft in [group(1, "Support", Switch::On), group(2, "Other", Switch::On), sub_group(3, 1, "Mail", Switch::On)] {
        assert!(articles::add_group(&mut tx, &draft).await.expect("it is stored"));
    }
    for taken in [
        group(1, "New", Switch::On),
        group(9, "SUPPORT", Switch::On),
        sub_group(3, 1, "New", Switch::On),
        sub_group(9, 1, "mail", Switch::On),
    ] {
        assert!(!articles::add_group(&mut tx, &taken).await.expect("an answer"), "{taken:?}");
    }
    assert!(articles::add_group(&mut tx, &sub_group(4, 2, "Mail", Switch::On)).await.expect("in another group"));
    let named = |draft: GroupDraft| (draft.key, draft.name);
    for (draft, own) in [
        (group(9, "support", Switch::On), Some(group_id(1).uuid())),
        (group(9, "Mail", Switch::On), None),
        (sub_group(9, 2, "MAIL", Switch::On), Some(sub_group_id(4).uuid())),
        (sub_group(9, 2, "Support", Switch::On), None),
    ] {
        let (key, name) = named(draft);
        assert_eq!(articles::group_named(&mut tx, key, &name).await.expect("a read"), own, "{name}");
    }
}

async fn a_changed_group_counts_its_versions(db: &Db) {
    let mut tx = begin(db).await;
    for draft in [group(1, "Support", Switch::On), sub_group(2, 1, "Mail", Switch::On)] {
        articles::add_group(&mut tx, &draft).await.expect("it is stored");
        let changed = GroupDraft { name: format!("{} 2", draft.name), quota: Switch::Off, ..draft };
        articles::change_group(&mut tx, &changed).await.expect("it is changed");
        let kept = articles::lock_group(&mut tx, changed.key).await.expect("a read").expect("it is there");
        assert_eq!(kept, GroupDraft { version: 2, ..changed.clone() });
        let named = articles::group_named(&mut tx, changed.key, &changed.name).await.expect("a read");
        assert!(named.is_some(), "the folded name follows");
    }
    // Whatever parent is asked for: it has the one that it has.
    let elsewhere = GroupKey::SubGroup(sub_group_id(2), group_id(7));
    let kept = articles::lock_group(&mut tx, elsewhere).await.expect("a read").expect("it is there");
    assert_eq!(kept.key, GroupKey::SubGroup(sub_group_id(2), group_id(1)));
}

async fn an_id_names_a_group_or_a_sub_group(db: &Db) {
    let mut tx = begin(db).await;
    articles::add_group(&mut tx, &group(1, "Support", Switch::On)).await.expect("it is stored");
    articles::add_group(&mut tx, &sub_group(2, 1, "Mail", Switch::On)).await.expect("it is stored");
    for (id, expected) in [(1, Some((group_id(1), None))), (2, Some((group_id(1), Some(sub_group_id(2))))), (3, None)] {
        let found = articles::group_of(&mut tx, uuid::Uuid::from_u128(id)).await.expect("a read");
        assert_eq!(found, expected, "{id}");
    }
}

fn article(id: u128, number: &str, unit: LineUnit) -> ArticleRow {
    let card = ArticleCard {
        number: number.to_owned(),
        name: format!("Article {number}"),
        unit,
        price: "-12.3456".parse().expect("a price"),
        vat: "7.5".parse().expect("a rate"),
        billing: None,
    };
    ArticleRow { id: article_id(id), version: 1, group: None, sub_group: None, card }
}

async fn an_article_of_every_kind_is_read_back(db: &Db) {
    let mut tx = begin(db).await;
    articles::add_group(&mut tx, &group(1, "Support", Switch::On)).await.expect("it is stored");
    articles::add_group(&mut tx, &sub_group(2, 1, "Mail", Switch::On)).await.expect("it is stored");
    let mut rows = Vec::new();
    for (number, unit) in (1..).zip(LineUnit::ALL) {
        let row = ArticleRow {
            group: (number > 1).then(|| group_id(1)),
            sub_group: (number > 2).then(|| sub_group_id(2)),
            ..article(number, &format!("a{number}"), unit)
        };
        assert!(articles::put_article(&mut tx, &row, true).await.expect("it is stored"));
        rows.push(row);
    }
    assert_eq!(articles::articles(&mut tx).await.expect("a read"), rows);
    let found = articles::article_numbered(&mut tx, "A3").await.expect("a read");
    assert_eq!(found, Some(article_id(3)));
    assert_eq!(articles::article_numbered(&mut tx, "a").await.expect("a read"), None);
    for taken in [article(1, "new", LineUnit::Hour), article(9, "A1", LineUnit::Hour)] {
        assert!(!articles::put_article(&mut tx, &taken, true).await.expect("an answer"), "{taken:?}");
    }
    let changed = ArticleRow { version: 2, ..article(5, "b", LineUnit::Flat) };
    articles::put_article(&mut tx, &changed, false).await.expect("it is changed");
    assert_eq!(articles::lock_article(&mut tx, article_id(5)).await.expect("a read"), Some(changed));
    assert_eq!(articles::lock_article(&mut tx, article_id(9)).await.expect("a read"), None);
}

/// Red when: how an article is billed is lost, or stays when it is taken away.
async fn how_an_article_is_billed_is_read_back(db: &Db) {
    let mut tx = begin(db).await;
    let duration = ByDuration {
        every: Interval::Months(1),
        most: Seconds(2_700),
        most_every: Interval::Days(7),
        collects: Collects::Billable,
        reported: true,
    };
    let all = [None, Some(ArticleBilling::Duration(duration)), Some(ArticleBilling::Effort), None];
    for (version, billing) in (1..).zip(all) {
        let mut row = ArticleRow { version, ..article(1, "a", LineUnit::Hour) };
        row.card.billing = billing;
        assert!(articles::put_article(&mut tx, &row, version == 1).await.expect("it is stored"));
        let kept = articles::lock_article(&mut tx, article_id(1)).await.expect("a read");
        assert_eq!(kept.as_ref(), Some(&row));
        assert_eq!(articles::articles(&mut tx).await.expect("a read"), [row]);
    }
}

async fn a_contract_type_is_read_back_with_all_its_terms(db: &Db) {
    let mut tx = begin(db).await;
    let draft =
        |id: u128, name: &str| ContractTypeDraft { id: type_id(id), version: 1, name: name.to_owned(), terms: terms() };
    let (silver, gold) = (draft(1, "silver"), draft(2, "Gold"));
    for draft in [&silver, &gold] {
        assert!(contract_types::put(&mut tx, draft, true).await.expect("it is stored"));
        assert_eq!(contract_types::get(&mut tx, draft.id).await.expect("a read").as_ref(), Some(draft));
        assert_eq!(contract_types::lock(&mut tx, draft.id).await.expect("a read").as_ref(), Some(draft));
    }
    let list = contract_types::list(&mut tx).await.expect("a read");
    assert_eq!(
        list.iter().map(|row| (row.id, row.name.as_str())).collect::<Vec<_>>(),
        [(gold.id, "Gold"), (silver.id, "silver")]
    );
    assert_eq!(list[0].terms, terms());
    for taken in [draft(1, "new"), draft(3, "GOLD")] {
        assert!(!contract_types::put(&mut tx, &taken, true).await.expect("an answer"), "{}", taken.name);
    }
    let mut changed = ContractTypeDraft { version: 2, name: "Platin".to_owned(), ..gold };
    (changed.terms.quota, changed.terms.renewal, changed.terms.billing.lead_days) = (None, None, None);
    contract_types::put(&mut tx, &changed, false).await.expect("it is changed");
    assert_eq!(contract_types::get(&mut tx, changed.id).await.expect("a read"), Some(changed));
    assert_eq!(contract_types::named(&mut tx, "gold").await.expect("a read"), None);
    assert_eq!(contract_types::named(&mut tx, "PLATIN").await.expect("a read"), Some(type_id(2)));
}

on_both!(
    groups_come_by_name_with_their_sub_groups,
    names_and_ids_of_groups_are_taken_once,
    a_changed_group_counts_its_versions,
    an_id_names_a_group_or_a_sub_group,
    an_article_of_every_kind_is_read_back,
    how_an_article_is_billed_is_read_back,
    a_contract_type_is_read_back_with_all_its_terms,
);
