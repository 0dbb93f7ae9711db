//! Fields of forms: label, hint, problem; what was typed lives in the form's signal.

use leptos::{html, prelude::*};

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldKind {
    /// A line of text.
    #[default]
    Text,
    /// A time or an amount of money: tabular, with the number keypad on a phone.
    Amount,
    /// A whole number.
    Count,
    /// A civil date.
    Date,
    /// A secret.
    Password,
    /// An e-mail address.
    Email,
    /// Words to search for.
    Search,
}

impl FieldKind {
    fn input_type(self) -> &'static str {
        match self {
            FieldKind::Text | FieldKind::Amount | FieldKind::Count => "text",
            FieldKind::Date => "date",
            FieldKind::Password => "password",
            FieldKind::Email => "email",
            FieldKind::Search => "search",
        }
    }

    fn input_mode(self) -> Option<&'static str> {
        match self {
            FieldKind::Amount => Some("decimal"),
            FieldKind::Count => Some("numeric"),
            _ => None,
        }
    }
}

/// A labelled field. `name` is the name in the posted form; a problem is tied to the field for screen readers. `form` is
/// the id of the form it belongs to, when it stands in another one.
#[component]
pub fn Field(
    #[prop(into)] label: Oco<'static, str>,
    #[prop(into)] name: Oco<'static, str>,
    #[prop(into)] id: String,
    #[prop(optional)] kind: FieldKind,
    #[prop(into)] value: Signal<String>,
    #[prop(into, optional)] set: Option<Callback<String>>,
    #[prop(into, optional)] problem: Signal<Option<String>>,
    #[prop(into, optional)] hint: Option<Oco<'static, str>>,
    #[prop(optional)] required: bool,
    #[prop(into, optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] form: Option<&'static str>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let problem_id = format!("{id}-problem");
    let described = {
        let (hint_id, problem_id, has_hint) = (hint_id.clone(), problem_id.clone(), hint.is_some());
        move || match (problem.get().is_some(), has_hint) {
            (true, _) => Some(problem_id.clone()),
            (false, true) => Some(hint_id.clone()),
            (false, false) => None,
        }
    };
    view! {
        <div class="field" class:field-amount=move || kind == FieldKind::Amount>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                form=form
                type=kind.input_type()
                inputmode=kind.input_mode()
                autocomplete=autocomplete.unwrap_or("off")
                aria-required=required.then_some("true")
                aria-invalid=move || problem.get().is_some().then_some("true")
                aria-describedby=described
                value=value.get_untracked()
                prop:value=value
                on:input=move |event| if let Some(set) = set { set.run(event_target_value(&event)) }
            />
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            <p class="field-problem" id=problem_id role="alert">{move || problem.get()}</p>
        </div>
    }
}

/// A labelled field for a text of several lines.
#[component]
pub fn LongField(
    #[prop(into)] label: Oco<'static, str>,
    #[prop(into)] name: Oco<'static, str>,
    #[prop(into)] id: String,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] set: Callback<String>,
    #[prop(into, optional)] problem: Signal<Option<String>>,
) -> impl IntoView {
    let problem_id = format!("{id}-problem");
    let described = {
        let problem_id = problem_id.clone();
        move || problem.get().is_some().then(|| problem_id.clone())
    };
    let area = html::textarea()
        .id(id.clone())
        .name(name)
        .rows(9)
        .aria_invalid(move || problem.get().is_some().then_some("true"))
        .aria_describedby(described)
        .prop("value", value)
        .on(leptos::ev::input, move |event| set.run(event_target_value(&event)))
        .child(as_content(value.get_untracked()));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {area}
            <p class="field-problem" id=problem_id role="alert">{move || problem.get()}</p>
        </div>
    }
}

/// The content of a field of several lines as it stands in HTML: the server's rendering leaves it as it is.
pub fn as_content(text: String) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { text }
}

/// A choice between a few values.
#[component]
pub fn Select(
    #[prop(into)] label: Oco<'static, str>,
    #[prop(into)] name: Oco<'static, str>,
    #[prop(into)] id: String,
    options: Vec<(Oco<'static, str>, Oco<'static, str>)>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] set: Callback<String>,
    #[prop(into, optional)] problem: Signal<Option<String>>,
) -> impl IntoView {
    let problem_id = format!("{id}-problem");
    let chosen = value.get_untracked();
    let options: Vec<_> = options
        .into_iter()
        .map(|(key, text)| {
            let selected = key.as_str() == chosen;
            view! { <option value=key selected=selected>{text}</option> }
        })
        .collect();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name prop:value=value on:change=move |event| set.run(event_target_value(&event))>
                {options}
            </select>
            <p class="field-problem" id=problem_id role="alert">{move || problem.get()}</p>
        </div>
    }
}
