//! The fields of a billing line, by its kind.

use domain::{Permission, quota::Unit, splitting::Collects};
use leptos::prelude::*;
use texts::{Lang, say};
use wire::{
    FieldText,
    articles::ArticleRow,
    projects::{KnownAccount, LineForm, TaskForm},
};

use super::{
    fee::FeeFields,
    order::{Mover, Ordered, Row},
    words::{collects_name, kind_name, options, typed_every},
};
use crate::{
    context::{lang, may},
    ui::{Field, FieldKind, Select},
};

/// What the lines of an editor share.
#[derive(Clone, Copy)]
pub(super) struct Given {
    /// The lines.
    pub order: Ordered<LineForm>,
    /// The tasks to which a line can be limited.
    pub tasks: Ordered<TaskForm>,
    /// The accounts from which a prepaid block can be drawn.
    pub accounts: RwSignal<Vec<KnownAccount>>,
    /// The articles of which a line can be made.
    pub articles: StoredValue<Vec<ArticleRow>>,
    /// The ids of the lines that are there: what bookings rest on does not change any more.
    pub saved: StoredValue<Vec<String>>,
    /// What is wrong, as told by the browser while typing or by the server after saving.
    pub problems: Signal<Vec<FieldText>>,
    /// Whether the page is live; without JavaScript every field is always there.
    pub hydrated: RwSignal<bool>,
}

/// A line whose fields are shown.
#[derive(Clone, Copy)]
pub(super) struct LineField {
    number: usize,
    form: RwSignal<LineForm>,
    place: Memo<usize>,
    problems: Signal<Vec<FieldText>>,
}

impl LineField {
    /// The name of a field in the posted form.
    pub fn name(self, field: &str) -> String {
        format!("form[lines][{}][{field}]", self.number)
    }

    /// The id of a field on the page.
    pub fn id(self, field: &str) -> String {
        format!("lines-{}-{field}", self.number)
    }

    /// What is typed.
    pub fn read(self, pick: fn(&LineForm) -> &String) -> Signal<String> {
        Signal::derive(move || self.form.with(|form| pick(form).clone()))
    }

    /// Keeps what is typed.
    pub fn write(self, pick: fn(&mut LineForm) -> &mut String) -> Callback<String> {
        Callback::new(move |value: String| self.form.update(|form| *pick(form) = value))
    }

    /// What is wrong with a field.
    pub fn problem(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let own = format!("lines.{}.{field}", self.place.get());
            self.problems.with(|all| all.iter().find(|found| found.field == own).map(|found| found.text.clone()))
        })
    }
}

/// A text field of a line.
macro_rules! field {
    ($line:expr, $field:ident, $label:expr, $($rest:tt)*) => {
        view! {
            <Field label=$label name=$line.name(stringify!($field)) id=$line.id(stringify!($field))
                value=$line.read(|form: &LineForm| &form.$field) set=$line.write(|form: &mut LineForm| &mut form.$field)
                problem=$line.problem(stringify!($field)) $($rest)* />
        }
    };
}

/// A choice of a line.
macro_rules! choice {
    ($line:expr, $field:ident, $label:expr, $options:expr) => {
        view! {
            <Select label=$label name=$line.name(stringify!($field)) id=$line.id(stringify!($field)) options=$options
                value=$line.read(|form: &LineForm| &form.$field) set=$line.write(|form: &mut LineForm| &mut form.$field)
                problem=$line.problem(stringify!($field))/>
        }
    };
}

/// The line.
#[component]
pub(super) fn Line(given: Given, row: Row<LineForm>) -> impl IntoView {
    let lang = lang();
    let form = row.form;
    let place = given.order.place(row.number);
    let line = LineField { number: row.number, form, place, problems: given.problems };
    let first = form.get_untracked();
    let saved = given.saved.with_value(|saved| saved.contains(&first.id));
    let is = move |kinds: &'static [&'static str]| {
        Signal::derive(move || !given.hydrated.get() || form.with(|form| kinds.contains(&form.kind.as_str())))
    };
    let (collector, allowance) = (is(&["allowance", "prepaid"]), is(&["allowance"]));
    let (prepaid, flat) = (is(&["prepaid"]), is(&["flat_rate"]));
    let overbooks = move || !given.hydrated.get() || form.with(|form| form.overbooking == "yes");
    let has_fee = Signal::derive(move || !given.hydrated.get() || form.with(|form| !form.fee_price.trim().is_empty()));
    // A block that counts money says what an hour draws of it.
    let counts_money = move || {
        let (chosen, opens) = form.with(|form| (form.account.clone(), form.opens.clone()));
        if !opens.is_empty() {
            return opens == "money";
        }
        let money = |of: &KnownAccount| of.id.to_string() == chosen && of.unit != Unit::Time;
        given.accounts.with(|all| all.iter().any(money))
    };
    let has_rate = move || {
        let typed = || form.with(|form| !form.rate.trim().is_empty());
        !given.hydrated.get()
            || match form.with(|form| form.kind.clone()).as_str() {
                "effort" => true,
                "prepaid" => counts_money() || typed(),
                _ => false,
            }
    };
    let kinds = ["allowance", "prepaid", "effort", "flat_rate"].map(|kind| (kind, kind_name(lang, kind)));
    let collects = options(Collects::ALL.map(|collects| (collects.name(), collects_name(lang, collects))));
    let units = options([
        ("months", say::line_unit_months(lang)),
        ("weeks", say::line_unit_weeks(lang)),
        ("days", say::line_unit_days(lang)),
    ]);
    let overbooking = options([("no", say::account_overbooking_no(lang)), ("yes", say::account_overbooking_yes(lang))]);
    let hidden = |field: &'static str, value: &str| {
        view! { <input type="hidden" name=line.name(field) value=value.to_owned()/> }
    };
    let kind = if saved {
        let wrong = line.problem("kind");
        view! {
            {hidden("kind", &first.kind)}
            <div class="field">
                <span class="field-label">{say::line_kind(lang)}</span>
                <p class="chosen">{kind_name(lang, &first.kind)}</p>
                <p class="field-problem" role="alert">{move || wrong.get()}</p>
            </div>
        }
        .into_any()
    } else {
        choice!(line, kind, say::line_kind(lang), options(kinds)).into_any()
    };
    let period = if saved {
        view! {
            {hidden("every", &first.every)}{hidden("unit", &first.unit)}{hidden("start", &first.start)}
            <div class="field">
                <span class="field-label">{say::line_period(lang)}</span>
                <p class="chosen">{period_words(lang, &first)}</p>
            </div>
        }
        .into_any()
    } else {
        view! {
            {field!(line, every, say::line_every(lang), kind=FieldKind::Count)}
            {choice!(line, unit, say::line_unit(lang), units)}
            {field!(line, start, say::line_start(lang), kind=FieldKind::Date required=true)}
        }
        .into_any()
    };
    let title = move || {
        let name = form.with(|form| form.name.trim().to_owned());
        let name = if name.is_empty() { say::line_without_name(lang).to_owned() } else { name };
        format!("{}. {name}", place.get() + 1)
    };
    view! {
        <div class="line-card" role="group" aria-label=title data-testid="line">
            <input type="hidden" name=line.name("id") value=first.id.clone()/>
            <div class="line-head">
                <h3>{title}</h3>
                <Mover order=given.order number=row.number/>
            </div>
            <div class="form-grid">
                {field!(line, name, say::line_name(lang), required=true)}
                {kind}
                <div class="grid-part" hidden=move || !allowance.get()>
                    {field!(line, most, say::line_most(lang), kind=FieldKind::Amount required=true hint=say::draw_amount_hint_time(lang))}
                    {period}
                </div>
                <div class="grid-part" hidden=move || !prepaid.get()><Account given=given line=line fixed=saved/></div>
                <div class="grid-part" hidden=move || !has_rate()>
                    {field!(line, rate, say::line_rate(lang), kind=FieldKind::Amount)}
                </div>
                <div class="grid-part" hidden=move || !collector.get()>
                    {choice!(line, collects, say::line_collects(lang), collects)}
                </div>
                <div class="grid-part" hidden=move || !allowance.get()>
                    {choice!(line, overbooking, say::account_overbooking(lang), overbooking)}
                    <div class="grid-part" hidden=move || !overbooks()>
                        {field!(line, limit, say::account_limit(lang), kind=FieldKind::Amount hint=say::account_limit_hint(lang))}
                    </div>
                </div>
                <div class="grid-part" hidden=move || !collector.get()><FeeFields line=line open=has_fee/></div>
            </div>
            <p class="quiet" hidden=move || !flat.get() data-testid="flat-hint">{say::line_flat_hint(lang)}</p>
            <div hidden=move || !collector.get()><Reported line=line/></div>
            <OnlyTasks given=given line=line/>
        </div>
    }
}

/// The period of a line that is there, in words.
fn period_words(lang: Lang, form: &LineForm) -> String {
    let start = texts::read_date(&form.start).map_or_else(|_| form.start.clone(), |day| texts::date(lang, day));
    say::line_period_words(lang, typed_every(lang, &form.every, &form.unit), start)
}

/// Which account a prepaid block draws.
#[component]
fn Account(given: Given, line: LineField, fixed: bool) -> impl IntoView {
    let lang = lang();
    let (name, id, problem) = (line.name("account"), line.id("account"), line.problem("account"));
    let problem_id = format!("{id}-problem");
    let chosen = line.read(|form: &LineForm| &form.account);
    let write = line.write(|form: &mut LineForm| &mut form.account);
    if fixed {
        let now = chosen.get_untracked();
        let called = given.accounts.with_untracked(|all| {
            all.iter().find(|of| of.id.to_string() == now).map(|of| of.name.clone()).unwrap_or_default()
        });
        return view! {
            <input type="hidden" name=name value=now/>
            <div class="field">
                <span class="field-label">{say::line_account(lang)}</span>
                <p class="chosen">{called}</p>
                <p class="field-problem" id=problem_id role="alert">{move || problem.get()}</p>
            </div>
        }
        .into_any();
    }
    let choices = move || {
        let now = chosen.get();
        let option = |of: &KnownAccount| {
            let id = of.id.to_string();
            let selected = id == now;
            view! { <option value=id selected=selected>{of.name.clone()}</option> }
        };
        given.accounts.with(|all| all.iter().map(option).collect_view())
    };
    let may_open = may(Permission::OpenAccounts);
    let kinds = options([
        ("", say::line_opens_nothing(lang)),
        ("time", say::line_opens_time(lang)),
        ("money", say::line_opens_money(lang)),
    ]);
    let opens = move || given.hydrated.get() && line.form.with(|form| !form.opens.is_empty());
    let none = move || given.accounts.with(Vec::is_empty);
    let hint = move || match (may_open, none()) {
        (false, _) => Some(say::line_account_rights(lang)),
        (true, true) => Some(say::line_account_hint(lang)),
        (true, false) => None,
    };
    view! {
        {may_open.then(|| choice!(line, opens, say::line_opens(lang), kinds))}
        <div class="field" hidden=opens>
            <label for=id.clone()>{say::line_account(lang)}</label>
            <select id=id name=name prop:value=chosen on:change=move |event| write.run(event_target_value(&event))>
                <option value="">{say::line_account_none(lang)}</option>
                {choices}
            </select>
            {move || hint().map(|text| view! { <p class="field-hint">{text}</p> })}
            <p class="field-problem" id=problem_id role="alert">{move || problem.get()}</p>
        </div>
    }
    .into_any()
}

/// Whether the time that a collector takes is shown to the customer.
#[component]
fn Reported(line: LineField) -> impl IntoView {
    let lang = lang();
    let form = line.form;
    let on = move || form.with(|form| form.reported == "yes");
    let tick = move |event: leptos::ev::Event| {
        let yes = if event_target_checked(&event) { "yes" } else { "" };
        form.update(|form| yes.clone_into(&mut form.reported));
    };
    view! {
        <label class="check">
            <input type="checkbox" name=line.name("reported") value="yes" checked=untrack(on) prop:checked=on on:change=tick/>
            {say::line_reported(lang)}
        </label>
    }
}

/// To which tasks a line is limited; none: all of them.
#[component]
fn OnlyTasks(given: Given, line: LineField) -> impl IntoView {
    let lang = lang();
    let form = line.form;
    let problem = line.problem("tasks");
    let boxes = move || {
        let tasks = given.tasks.forms();
        let one = |(place, task): (usize, TaskForm)| {
            let (id, own) = (task.id.clone(), task.id.clone());
            let on = move || form.with(|form| form.tasks.contains(&id));
            let tick = move |event: leptos::ev::Event| {
                let on = event_target_checked(&event);
                form.update(|form| {
                    form.tasks.retain(|task| *task != own);
                    if on {
                        form.tasks.push(own.clone());
                    }
                });
            };
            let (name, first) = (format!("{}[{place}]", line.name("tasks")), untrack(&on));
            view! {
                <label class="check">
                    <input type="checkbox" name=name value=task.id checked=first prop:checked=on on:change=tick/>
                    {task.name}
                </label>
            }
        };
        tasks.into_iter().enumerate().filter(|(_, task)| !task.name.trim().is_empty()).map(one).collect_view()
    };
    let summary = move || {
        let count = form.with(|form| form.tasks.len());
        if count == 0 { say::line_tasks_all(lang).to_owned() } else { say::line_tasks_some(lang, count) }
    };
    view! {
        <details class="line-tasks">
            <summary>{summary}</summary>
            <fieldset class="choice-row">
                <legend class="visually-hidden">{say::line_tasks(lang)}</legend>
                {boxes}
            </fieldset>
        </details>
        <p class="field-problem" role="alert">{move || problem.get()}</p>
    }
}
