//! The filters of the list that name something: a customer, a project, a task.

use leptos::prelude::*;
use texts::{Lang, say};
use wire::bookings::{BookingChoices, BookingQuery};

use super::calls::load_booking_choices;
use crate::{context::lang, ui::Select};

/// What a field offers: keys and what is read.
type Options = Vec<(Oco<'static, str>, Oco<'static, str>)>;

/// The fields. Each offers what the words and the fields before it leave; until that is known, what the address says
/// stays.
#[component]
pub(super) fn NamedFilters(ask: Memo<BookingQuery>) -> impl IntoView {
    let lang = lang();
    let named = move || {
        let BookingQuery { q, project, task, customer, .. } = ask.get();
        BookingQuery { q, project, task, customer, ..BookingQuery::default() }
    };
    let choices = Resource::new(named, load_booking_choices);
    view! {
        <Transition fallback=move || kept(&ask.get())>
            {move || Suspend::new(async move {
                let choices = choices.await;
                let ask = ask.get_untracked();
                match choices {
                    Ok(choices) => fields(lang, &ask, choices),
                    Err(_) => kept(&ask),
                }
            })}
        </Transition>
    }
}

/// What is chosen, as it is sent.
fn chosen(ask: &BookingQuery) -> [(&'static str, String); 3] {
    let text = |id: Option<String>| id.unwrap_or_default();
    [
        ("customer", text(ask.customer.map(|id| id.to_string()))),
        ("project", text(ask.project.map(|id| id.to_string()))),
        ("task", text(ask.task.map(|id| id.to_string()))),
    ]
}

fn kept(ask: &BookingQuery) -> AnyView {
    let named = chosen(ask).into_iter().filter(|(_, id)| !id.is_empty());
    named.map(|(name, id)| view! { <input type="hidden" name=name value=id/> }).collect_view().into_any()
}

fn fields(lang: Lang, ask: &BookingQuery, choices: BookingChoices) -> AnyView {
    let [customer, project, task] = chosen(ask).map(|(_, id)| RwSignal::new(id));
    let options = |all: Vec<(String, String)>| -> Options {
        let any = std::iter::once((Oco::from(""), Oco::from(say::list_any(lang))));
        any.chain(all.into_iter().map(|(key, text)| (key.into(), text.into()))).collect()
    };
    let customers = choices.customers.into_iter().map(|of| (of.id.to_string(), of.name)).collect();
    let projects = choices.projects.into_iter();
    let projects = projects.map(|of| (of.id.to_string(), format!("{} {}", of.number, of.name))).collect();
    let tasks: Vec<_> = choices.tasks.into_iter().map(|of| (of.id.to_string(), of.name)).collect();
    // Another customer has other projects, and another project other tasks.
    let choose_customer = move |id: String| {
        customer.set(id);
        project.set(String::new());
        task.set(String::new());
    };
    let choose_project = move |id: String| {
        project.set(id);
        task.set(String::new());
    };
    let tasks = (!tasks.is_empty()).then(|| {
        view! {
            <Select label=say::task(lang) name="task" id="bookings-task" options=options(tasks) value=task
                set=move |id| task.set(id)/>
        }
    });
    view! {
        <Select label=say::contract_customer(lang) name="customer" id="bookings-customer" options=options(customers)
            value=customer set=choose_customer/>
        <Select label=say::project(lang) name="project" id="bookings-project" options=options(projects) value=project
            set=choose_project/>
        {tasks}
    }
    .into_any()
}
