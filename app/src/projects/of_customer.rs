//! The projects of a customer on the customer's page, with what is left on each.

use domain::{CustomerId, quota::Unit};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, say, validity};
use wire::{
    lists::ListQuery,
    projects::{LineLeft, ProjectLeft, ProjectQuery, ProjectRow},
};

use super::{
    calls::{list_projects, load_projects_left},
    list::state_tag,
};
use crate::{
    context::lang,
    ui::{Bar, LotBar},
};

/// The section; nothing where there is no project.
#[component]
pub(crate) fn ProjectsOfCustomer(customer: CustomerId) -> impl IntoView {
    let lang = lang();
    let ask = ProjectQuery { customer: Some(customer), page: 1, ..ProjectQuery::default() };
    let address = ask.to_address();
    // A resource each: a server function knows who asks only until the first answer of its resource.
    let found = Resource::new(|| (), move |()| list_projects(ask.clone()));
    let left = Resource::new(|| (), move |()| load_projects_left(customer));
    view! {
        <Suspense>
            {move || {
                let address = address.clone();
                Suspend::new(async move {
                    let (page, left) = (found.await.ok()?, left.await.ok()?);
                    if page.rows.is_empty() {
                        return None;
                    }
                    let more = page.more.then(|| view! { <p><A href=address>{say::projects_all(lang)}</A></p> });
                    let rows = page.rows.into_iter().map(|row| {
                        let of = left.projects.iter().find(|of| of.project.id == row.id);
                        project_row(lang, row, of)
                    });
                    let rows = rows.collect_view();
                    Some(view! {
                        <section class="customer-contracts" data-testid="customer-projects">
                            <h2>{say::projects_of_customer(lang)}</h2>
                            <table class="list projects">
                                <thead><tr>
                                    <th scope="col">{say::project_number(lang)}</th>
                                    <th scope="col">{say::project_name(lang)}</th>
                                    <th scope="col">{say::list_state(lang)}</th>
                                    <th scope="col">{say::column_balance(lang)}</th>
                                </tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                            {more}
                        </section>
                    })
                })
            }}
        </Suspense>
    }
}

fn project_row(lang: Lang, row: ProjectRow, left: Option<&ProjectLeft>) -> AnyView {
    let lines = left.map(|of| of.lines.iter().map(|line| line_left(lang, line)).collect_view());
    let href = format!("/projects/{}", row.id);
    view! {
        <tr>
            <th scope="row" class="figure"><A href=href.clone()>{row.number}</A></th>
            <td><A href=href>{row.name}</A></td>
            <td>{state_tag(lang, row.closed)}</td>
            <td><ul class="project-left">{lines}</ul></td>
        </tr>
    }
    .into_any()
}

/// What is left of a line, with the bar of its period where it has one.
fn line_left(lang: Lang, line: &LineLeft) -> AnyView {
    let left = say::line_left(lang, amount(lang, line.unit, line.left));
    let period = line.period.map(|(granted, days)| {
        let used = granted.minus(line.left).unwrap_or_default();
        let bar = Bar { granted, used, ..Bar::default() };
        let of = amount(lang, Unit::Time, granted);
        view! { <LotBar bar=bar/><span class="quiet">{say::line_left_of(lang, of, validity(lang, days))}</span> }
    });
    let class = if line.left.is_positive() { "figure" } else { "figure warn" };
    view! { <li><span>{line.name.clone()}</span><span class=class>{left}</span>{period}</li> }.into_any()
}
