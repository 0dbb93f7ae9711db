//! Projects as their history tells of them: how fields are called, and how a kept value reads.

use domain::{Seconds, splitting::BillingLine};
use serde_json::Value;
use texts::{Lang, say, seconds};
use wire::{
    history::FieldChange,
    lists::project_state_text,
    projects::{ProjectState, TaskRow},
};

use super::words::{kind_name, kind_of};

/// How the fields of a project are called.
pub(super) fn label(lang: Lang, field: &str) -> &'static str {
    match field {
        "number" => say::project_number(lang),
        "customer" => say::contract_customer(lang),
        "name" => say::project_name(lang),
        "currency" => say::project_currency(lang),
        "state" => say::list_state(lang),
        "splitting" => say::project_splitting(lang),
        "rounding" => say::project_rounding(lang),
        "minimum" => say::project_minimum(lang),
        "step" => say::project_step(lang),
        "people" => say::project_people(lang),
        "tasks" => say::project_tasks(lang),
        _ => say::project_lines(lang),
    }
}

/// How a kept value reads.
pub(super) fn value(lang: Lang, field: &FieldChange, kept: &str) -> String {
    words(lang, &field.field, kept).unwrap_or_else(|| kept.to_owned())
}

/// None for what reads as it is kept.
fn words(lang: Lang, field: &str, kept: &str) -> Option<String> {
    Some(match field {
        "state" => project_state_text(lang, ProjectState::from_name(kept)?).to_owned(),
        "splitting" => match kept {
            "on" => say::settings_splitting_on(lang),
            "off" => say::settings_splitting_off(lang),
            _ => say::project_splitting_company(lang),
        }
        .to_owned(),
        "rounding" => match kept {
            "own" => say::project_rounding_own(lang),
            "none" => say::project_rounds_not(lang),
            _ => say::project_rounding_contract(lang),
        }
        .to_owned(),
        "minimum" | "step" => seconds(Seconds(kept.parse().ok()?)),
        "tasks" => {
            let tasks: Vec<TaskRow> = serde_json::from_str(kept).ok()?;
            let name = |task: TaskRow| {
                if task.closed { format!("{} ({})", task.name, say::task_closed(lang)) } else { task.name }
            };
            tasks.into_iter().map(name).collect::<Vec<_>>().join(", ")
        }
        "lines" => {
            let lines: Vec<Value> = serde_json::from_str(kept).ok()?;
            lines.iter().filter_map(|line| line_words(lang, line)).collect::<Vec<_>>().join(" → ")
        }
        _ => return None,
    })
}

/// A line begins with its name and what it does; what else is kept of it, its page shows.
fn line_words(lang: Lang, kept: &Value) -> Option<String> {
    let (name, line) = (kept.get(0)?.as_str()?, kept.get(1)?);
    let line: BillingLine = serde_json::from_value(line.clone()).ok()?;
    Some(format!("{name} ({})", kind_name(lang, kind_of(&line))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: a person reads what the database keeps.
    #[test]
    fn kept_values_of_projects_read_as_words() {
        let tasks = r#"[{"id":"01900000-0000-7000-8000-000000000001","name":"Support","closed":false}]"#;
        let lines = r#"[["Aufwand",{"id":"01900000-0000-7000-8000-000000000002","tasks":null,"kind":"effort","rate":"100"},false,null]]"#;
        let effort = format!("Aufwand ({})", say::line_kind_effort(Lang::De));
        let said = [
            ("minimum", "900", "0:15\u{a0}h"),
            ("rounding", "contract", say::project_rounding_contract(Lang::De)),
            ("state", "closed", say::project_closed(Lang::De)),
            ("splitting", "company", say::project_splitting_company(Lang::De)),
            ("tasks", tasks, "Support"),
            ("lines", lines, effort.as_str()),
        ];
        for (field, kept, expected) in said {
            assert_eq!(words(Lang::De, field, kept).as_deref(), Some(expected), "{field}");
        }
        assert_eq!(words(Lang::De, "number", "P-1"), None);
    }
}
