//! What a new project can begin with: templates of the company, typical set-ups, and the set-up of another project.

use chrono::NaiveDate;
use domain::{Permission, Price, ProjectTemplateId, splitting::usual_start as usual_start_of};
use leptos::prelude::*;
use texts::{Lang, say};
use wire::{
    contracts::typed_price,
    projects::{LineForm, ProjectForm, ProjectTemplate, TaskForm, WholeProjectForm},
};

use crate::context::{may, new_id, new_uuid, visitor};

/// With what a new project begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// With a template of the company.
    Own(ProjectTemplateId),
    /// With a typical set-up.
    Usual(Template),
}

impl Begin {
    /// The one that an address names.
    pub fn from_name(name: &str) -> Option<Begin> {
        let own = || name.parse().ok().map(Begin::Own);
        Template::from_name(name).map(Begin::Usual).or_else(own)
    }

    /// As an address names it.
    fn name(self) -> String {
        match self {
            Begin::Own(id) => id.to_string(),
            Begin::Usual(template) => template.name().to_owned(),
        }
    }

    /// What stands in the form then; none where the company has no such template any more.
    pub fn form(self, lang: Lang, own: &[ProjectTemplate]) -> Option<WholeProjectForm> {
        let id = match self {
            Begin::Own(id) => id,
            Begin::Usual(template) => {
                let (tasks, lines) = template.parts(lang);
                return Some(WholeProjectForm { project: usual_project(), tasks, lines });
            }
        };
        let template = own.iter().find(|template| template.id == id)?;
        let mut form = template.parts.form(lang, usual_day(), new_uuid);
        // Whoever opens no accounts chooses one that is there.
        let may_open = may(Permission::OpenAccounts);
        for line in form.lines.iter_mut().filter(|_| !may_open) {
            line.opens.clear();
        }
        Some(form)
    }
}

/// What the form of a new project says of the project itself, unless a template says otherwise.
pub(super) fn usual_project() -> ProjectForm {
    ProjectForm {
        currency: "EUR".to_owned(),
        splitting: "company".to_owned(),
        rounding: "contract".to_owned(),
        bookers: "all".to_owned(),
        ..ProjectForm::default()
    }
}

/// A typical set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    /// Free time each month, then by effort.
    Free,
    /// A prepaid block, then by effort.
    Block,
    /// One price for all of it.
    Flat,
    /// By effort.
    Effort,
}

impl Template {
    /// All, in the order in which people choose.
    pub const ALL: [Template; 4] = [Template::Free, Template::Block, Template::Flat, Template::Effort];

    /// The stable name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Template::Free => "free",
            Template::Block => "block",
            Template::Flat => "flat",
            Template::Effort => "effort",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Template> {
        Template::ALL.into_iter().find(|template| template.name() == name)
    }

    /// What a person reads, and what it is for.
    pub fn words(self, lang: Lang) -> (&'static str, &'static str) {
        match self {
            Template::Free => (say::template_free(lang), say::template_free_lead(lang)),
            Template::Block => (say::template_block(lang), say::template_block_lead(lang)),
            Template::Flat => (say::template_flat(lang), say::template_flat_lead(lang)),
            Template::Effort => (say::template_effort(lang), say::template_effort_lead(lang)),
        }
    }

    /// Its tasks and lines, with new ids. The usual figures stand there to be changed.
    pub fn parts(self, lang: Lang) -> (Vec<TaskForm>, Vec<LineForm>) {
        let text = str::to_owned;
        let named = |name: &str, kind: &str| LineForm {
            id: new_id(),
            name: text(name),
            kind: text(kind),
            collects: text("all"),
            unit: text("months"),
            overbooking: text("no"),
            fee_unit: text("months"),
            ..LineForm::default()
        };
        let effort = || LineForm { rate: usual_rate(lang), ..named(say::template_line_effort(lang), "effort") };
        let free = || LineForm {
            most: text("0:45"),
            every: text("1"),
            start: usual_start(),
            reported: text("yes"),
            ..named(say::template_line_free(lang), "allowance")
        };
        let block = || LineForm { reported: text("yes"), ..named(say::template_line_block(lang), "prepaid") };
        let lines = match self {
            Template::Free => vec![free(), effort()],
            Template::Block => vec![block(), effort()],
            Template::Flat => vec![named(say::template_line_flat(lang), "flat_rate")],
            Template::Effort => vec![effort()],
        };
        (vec![TaskForm { id: new_id(), name: text(say::template_task(lang)), closed: String::new() }], lines)
    }
}

/// From which day on the periods of a new line are counted, unless somebody says otherwise: the first of this month.
pub(super) fn usual_start() -> String {
    usual_day().to_string()
}

/// The same as a day.
pub(super) fn usual_day() -> NaiveDate {
    usual_start_of(visitor().today)
}

/// The price of an hour that stands in a new line to be changed.
fn usual_rate(lang: Lang) -> String {
    "100".parse::<Price>().map(|rate| typed_price(lang, rate)).unwrap_or_default()
}

/// A new line of no kind in particular.
pub(super) fn empty_line() -> LineForm {
    let text = str::to_owned;
    LineForm {
        id: new_id(),
        kind: text("effort"),
        collects: text("all"),
        every: text("1"),
        unit: text("months"),
        start: usual_start(),
        overbooking: text("no"),
        fee_unit: text("months"),
        ..LineForm::default()
    }
}

/// Choosing with what a project begins, templates of the company first: a link for whoever has no JavaScript, and
/// otherwise what is typed already stays.
#[component]
pub(super) fn Templates(
    chosen: RwSignal<Option<Begin>>,
    own: StoredValue<Vec<ProjectTemplate>>,
    customer: Option<String>,
    choose: Callback<Begin>,
) -> impl IntoView {
    let lang = crate::context::lang();
    let card = |of: &ProjectTemplate| (Begin::Own(of.id), of.name.clone(), of.lead.clone());
    let own: Vec<_> = own.with_value(|own| own.iter().map(card).collect());
    let usual = Template::ALL.map(|template| {
        let (name, lead) = template.words(lang);
        (Begin::Usual(template), name.to_owned(), lead.to_owned())
    });
    let cards = own.into_iter().chain(usual).map(|(begin, name, lead)| {
        let customer = customer.as_ref().map(|customer| format!("&customer={customer}")).unwrap_or_default();
        let href = format!("/projects/new?template={}{customer}", begin.name());
        let now = move || (chosen.get() == Some(begin)).then_some("true");
        let click = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            choose.run(begin);
        };
        let lead = (!lead.is_empty()).then(|| view! { <span class="quiet">{lead}</span> });
        view! {
            <li>
                <a class="template" href=href rel="external" on:click=click aria-current=now data-testid=format!("template-{}", begin.name())>
                    <strong>{name}</strong>{lead}
                </a>
            </li>
        }
    });
    view! { <ul class="templates">{cards.collect_view()}</ul> }
}
