//! The groups for which a contract's quota is: tri-state, with what comes of it.

use domain::groups::{Switch, eligible};
use leptos::prelude::*;
use texts::say;
use wire::contracts::SwitchForm;

use super::terms::Terms;
use crate::{articles::switch_options, context::lang, ui::Select};

/// One row: a group, or a sub-group of one.
#[derive(Clone)]
struct Row {
    group: String,
    sub_group: String,
    name: String,
    /// The global switches of the sub-group and of the group.
    global: [Switch; 2],
}

/// The switch that is chosen for a group or sub-group.
fn chosen(all: &[SwitchForm], group: &str, sub_group: &str) -> Switch {
    let same = |form: &&SwitchForm| form.sub_group == sub_group && (!sub_group.is_empty() || form.group == group);
    all.iter().find(same).and_then(|form| Switch::from_name(&form.quota)).unwrap_or_default()
}

/// The table.
#[component]
pub(super) fn Switches(terms: Terms) -> impl IntoView {
    let lang = lang();
    let rows = terms.catalogue.with_value(|all| {
        let mut rows = Vec::new();
        for group in &all.groups {
            let id = group.id.to_string();
            let global = [Switch::Inherit, group.quota];
            rows.push(Row { group: id.clone(), sub_group: String::new(), name: group.name.clone(), global });
            rows.extend(group.sub_groups.iter().map(|sub| Row {
                group: id.clone(),
                sub_group: sub.id.to_string(),
                name: sub.name.clone(),
                global: [sub.quota, group.quota],
            }));
        }
        rows
    });
    let rows = rows.into_iter().enumerate().map(|(place, row)| view! { <Line terms=terms row=row place=place/> });
    view! {
        <h3>{say::section_groups(lang)}</h3>
        <p class="field-hint">{say::section_groups_hint(lang)}</p>
        <ul class="switches" data-testid="switches">{rows.collect_view()}</ul>
    }
}

#[component]
fn Line(terms: Terms, row: Row, place: usize) -> impl IntoView {
    let lang = lang();
    let form = terms.form;
    let row = StoredValue::new(row);
    let is_sub = row.with_value(|row| !row.sub_group.is_empty());
    let own = move || row.with_value(|row| form.with(|form| chosen(&form.switches, &row.group, &row.sub_group)));
    let set = move |value: String| {
        row.with_value(|row| {
            form.update(|form| {
                form.switches.retain(|other| {
                    other.sub_group != row.sub_group || (row.sub_group.is_empty() && other.group != row.group)
                });
                let (group, sub_group) = if row.sub_group.is_empty() {
                    (row.group.clone(), String::new())
                } else {
                    (String::new(), row.sub_group.clone())
                };
                form.switches.push(SwitchForm { group, sub_group, quota: value });
            });
        });
    };
    let applies = move || {
        row.with_value(|row| {
            let group = form.with(|form| chosen(&form.switches, &row.group, ""));
            let sub_group = if row.sub_group.is_empty() { Switch::Inherit } else { own() };
            eligible(sub_group, group, row.global[0], row.global[1])
        })
    };
    let name = row.with_value(|row| row.name.clone());
    let (group, sub_group) = row.with_value(|row| {
        if row.sub_group.is_empty() {
            (row.group.clone(), String::new())
        } else {
            (String::new(), row.sub_group.clone())
        }
    });
    let field = |field: &str| format!("form[terms][switches][{place}][{field}]");
    view! {
        <li class:switch-sub=is_sub>
            <input type="hidden" name=field("group") value=group/>
            <input type="hidden" name=field("sub_group") value=sub_group/>
            <Select label=name name=field("quota") id=format!("switch-{place}") options=switch_options(lang)
                value=Signal::derive(move || own().name().to_owned()) set=set/>
            <span class="switch-result" class:switch-on=applies>
                {move || if applies() { say::switch_on(lang) } else { say::switch_off(lang) }}
            </span>
        </li>
    }
}
