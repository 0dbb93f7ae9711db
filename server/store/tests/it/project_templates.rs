//! Templates of projects.

use domain::{
    BillingLineId, Currency, Interval, Periods, ProjectTemplateId, Seconds, TaskId,
    quota::Overbooking,
    splitting::{Allowance, BookingRounding, Collects, Fee},
};
use store::{Db, project_templates, testing::begin};
use uuid::Uuid;
use wire::{
    lists::UnitKind,
    projects::{DraftKind, LineDraft, ProjectTemplate, TaskRow, TemplateParts},
};

use crate::support::{account_id, amount, day};

fn template_id(number: u128) -> ProjectTemplateId {
    ProjectTemplateId::new(Uuid::from_u128(number))
}

fn line(number: u128, kind: DraftKind) -> LineDraft {
    let (id, name) = (BillingLineId::new(Uuid::from_u128(number)), format!("Line {number}"));
    LineDraft { id, name, tasks: None, reported: false, fee: None, kind }
}

/// Parts with a line of each kind, of which no field is what is usual.
fn parts() -> TemplateParts {
    let task = TaskRow { id: TaskId::new(Uuid::from_u128(1)), name: "Ärger".to_owned(), closed: false };
    let periods = Periods { anchor: day("1970-01-01"), every: Interval::Days(14) };
    let overbooking = Overbooking::Yes { limit: Some(amount(900)) };
    let allowance = Allowance { most: Seconds(2_700), periods };
    let allowed = DraftKind::Allowance { collects: Collects::Billable, allowance, overbooking };
    let rate = Some("12.3456".parse().expect("a rate"));
    let (collects, account, opens) = (Collects::All, account_id(3), Some(UnitKind::Money));
    let fee = Fee { price: "150".parse().expect("a price"), periods, vat: "19".parse().expect("a rate"), end: None };
    let lines = vec![
        LineDraft { tasks: Some([task.id].into()), reported: true, fee: Some(fee), ..line(2, allowed) },
        line(3, DraftKind::Prepaid { collects, account, rate, opens }),
        line(4, DraftKind::Effort { rate: "100".parse().expect("a rate") }),
        line(5, DraftKind::FlatRate),
    ];
    let rounding = BookingRounding::new(Seconds(1_800), Seconds(900)).ok();
    TemplateParts { currency: Currency::CHF, splitting: Some(false), rounding, tasks: vec![task], lines }
}

/// Red when: a field is lost on the way, a name is compared as typed, or one that is gone is still there.
async fn a_template_is_read_back_with_all_its_parts(db: &Db) {
    let mut tx = begin(db).await;
    let template = |id: u128, name: &str| {
        let (id, name, lead) = (template_id(id), name.to_owned(), format!("For {name}"));
        ProjectTemplate { id, version: 1, name, lead, parts: parts() }
    };
    let (web, care) = (template(1, "web"), template(2, "Care"));
    for template in [&web, &care] {
        assert!(project_templates::put(&mut tx, template, true).await.expect("it is stored"));
        assert_eq!(project_templates::get(&mut tx, template.id).await.expect("a read").as_ref(), Some(template));
        assert_eq!(project_templates::lock(&mut tx, template.id).await.expect("a read").as_ref(), Some(template));
    }
    assert_eq!(project_templates::list(&mut tx).await.expect("a read"), [care.clone(), web.clone()]);
    for taken in [template(1, "new"), template(3, "CARE")] {
        assert!(!project_templates::put(&mut tx, &taken, true).await.expect("an answer"), "{}", taken.name);
    }
    let mut changed = ProjectTemplate { version: 2, name: "Repair".to_owned(), lead: String::new(), ..care };
    (changed.parts.splitting, changed.parts.rounding) = (None, None);
    changed.parts.lines.clear();
    project_templates::put(&mut tx, &changed, false).await.expect("it is changed");
    assert_eq!(project_templates::get(&mut tx, changed.id).await.expect("a read"), Some(changed.clone()));
    assert_eq!(project_templates::named(&mut tx, "care").await.expect("a read"), None);
    assert_eq!(project_templates::named(&mut tx, "REPAIR").await.expect("a read"), Some(template_id(2)));

    project_templates::delete(&mut tx, web.id).await.expect("it is deleted");
    assert_eq!(project_templates::get(&mut tx, web.id).await.expect("a read"), None);
    assert_eq!(project_templates::list(&mut tx).await.expect("a read"), [changed]);
    assert!(project_templates::put(&mut tx, &template(3, "WEB"), true).await.expect("the name is free again"));
}

on_both!(a_template_is_read_back_with_all_its_parts);
