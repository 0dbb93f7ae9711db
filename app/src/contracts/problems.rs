//! What is wrong with what is typed: told by the browser at each keystroke, and by the server after saving.

use leptos::prelude::*;
use texts::{Lang, NotReadable};
use wire::{FieldProblem, FieldReason, FieldText, Problem};

use crate::{call::CallError, context::lang};

/// The sentence at a field.
pub(crate) fn problem_of(problems: Signal<Vec<FieldText>>, field: impl Into<String>) -> Signal<Option<String>> {
    let field = field.into();
    Signal::derive(move || {
        problems.with(|all| all.iter().find(|found| found.field == field).map(|found| found.text.clone()))
    })
}

/// Whether it is told while somebody types: what was not typed yet is not called wrong.
pub(crate) fn told(field: &FieldProblem) -> bool {
    !matches!(field.reason, FieldReason::Missing | FieldReason::NotReadable(NotReadable::Empty))
}

fn live(lang: Lang, problem: &Problem) -> Vec<FieldText> {
    problem.fields().iter().filter(|field| told(field)).map(|field| field.in_words(lang)).collect()
}

/// Every wrong field. What the server refused holds until something else is typed.
pub(crate) fn problems_of<I, O, D, F>(
    action: Action<I, Result<O, CallError>>,
    checked: Memo<Result<D, Problem>>,
    typed: Signal<F>,
) -> Signal<Vec<FieldText>>
where
    I: Send + Sync + 'static,
    O: Clone + Send + Sync + 'static,
    D: Clone + Send + Sync + 'static,
    F: PartialEq + Clone + Send + Sync + 'static,
{
    let lang = lang();
    Effect::new(move |before: Option<F>| {
        let now = typed.get();
        let refused = action.value().with_untracked(|value| matches!(value, Some(Err(_))));
        if refused && before.is_some_and(|before| before != now) {
            action.clear();
        }
        now
    });
    // Every field asks: it is told once per keystroke, and only where something is different.
    let problems = Memo::new(move |_| {
        let refused = action.value().with(|value| match value {
            Some(Err(error)) => Some(error.fields().to_vec()),
            _ => None,
        });
        refused.unwrap_or_else(|| {
            checked.with(|checked| checked.as_ref().err().map(|problem| live(lang, problem)).unwrap_or_default())
        })
    });
    problems.into()
}
