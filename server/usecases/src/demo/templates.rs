//! The templates with which projects of the demo company begin: one that was kept of a project, and one that was thought
//! up.

use chrono::NaiveDate;
use domain::{AccountId, BillingLineId, Currency, ProjectTemplateId, TaskId, splitting::Collects};
use wire::projects::{DraftKind, LineDraft, PartsOf, ProjectTemplateDraft, TaskRow, TemplateParts};

use super::{at, catalogue::price, names::TEAM, situations::fixed, times::maintenance};
use crate::{Env, Refused, people::program, projects::templates};

/// Keeps both, under ids that are the same in each demo company.
pub(super) async fn keep(env: &Env, today: NaiveDate) -> Result<(), Refused> {
    let all = [
        (
            "Wartung mit Freizeit",
            "45 Minuten im Monat sind frei, jede weitere Stunde kostet 100,00.",
            PartsOf::Project(maintenance()),
        ),
        (
            "Website-Betreuung mit Prepaid-Block",
            "Erst der bezahlte Block, dann nach Aufwand zu 105,00.",
            PartsOf::Given(website()),
        ),
    ];
    for (place, (name, lead, parts)) in all.into_iter().enumerate() {
        let (id, name, lead) = (ProjectTemplateId::new(fixed(11, place)), name.to_owned(), lead.to_owned());
        let draft = ProjectTemplateDraft { id, version: 0, name, lead, parts };
        templates::save(&at(env, today), &program(TEAM[0]), draft).await?;
    }
    Ok(())
}

/// A block that the customer pays before, then effort.
fn website() -> TemplateParts {
    let task = |(place, name): (usize, &str)| TaskRow {
        id: TaskId::new(fixed(12, place)),
        name: name.to_owned(),
        closed: false,
    };
    let line = |place: usize, name: &str, kind| LineDraft {
        id: BillingLineId::new(fixed(13, place)),
        name: name.to_owned(),
        tasks: None,
        reported: false,
        fee: None,
        kind,
    };
    let (collects, account) = (Collects::All, AccountId::new(fixed(13, 0)));
    let block = DraftKind::Prepaid { collects, account, rate: None, opens: None };
    TemplateParts {
        currency: Currency::EUR,
        splitting: None,
        rounding: None,
        tasks: ["Gestaltung", "Pflege"].into_iter().enumerate().map(task).collect(),
        lines: vec![
            line(0, "Vorausbezahlte Stunden", block),
            line(1, "Nach Aufwand", DraftKind::Effort { rate: price(10_500) }),
        ],
    }
}
