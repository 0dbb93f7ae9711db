//! Who was overtaken: somebody else has saved what a form was loaded with.
//!
//! The form is told who it was and what is stored now. What was typed stays, and goes on from there only when somebody
//! says so: then saving replaces what the other one has saved. Without JavaScript the page that comes back has read
//! what is stored, says the same, and goes on from there by itself.

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use texts::{Lang, instant, say};
use wire::history::{Change, FieldChange, Versioned};

use super::{Failure, Notice, Tone};
use crate::{call::CallError, context::lang};

/// What is stored, as far as whoever was overtaken is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its version.
    pub version: i64,
    /// Its latest change, where that is known.
    pub last: Option<Change>,
}

impl Stored {
    /// Of a thing with its latest changes, newest first.
    pub fn of(version: i64, history: &[Change]) -> Stored {
        Stored { version, last: history.first().cloned() }
    }
}

/// Whether a form was overtaken, and what it can go on from.
#[derive(Clone, Copy)]
pub struct Overtaken {
    /// What is stored now, once that is asked for and known.
    stored: RwSignal<Option<Result<Stored, CallError>>>,
    /// Reads what is stored now.
    read: Action<(), ()>,
    /// The version on which the form stands.
    version: Signal<i64>,
    /// Puts the form on another version.
    take: Callback<i64>,
}

impl Overtaken {
    /// Of a form on that version, which `take` puts on another one. `load` reads what is stored.
    pub fn new<F, Fu>(version: Signal<i64>, take: Callback<i64>, load: F) -> Overtaken
    where
        F: Fn() -> Fu + Send + Sync + 'static,
        Fu: Future<Output = Result<Stored, CallError>> + Send + 'static,
    {
        let stored = RwSignal::new(None::<Result<Stored, CallError>>);
        let read = Action::new(move |(): &()| {
            let reading = load();
            async move {
                let read = reading.await;
                stored.try_set(Some(read));
            }
        });
        Overtaken { stored, read, version, take }
    }

    /// Reads what is stored now.
    pub fn look(self) {
        self.read.dispatch(());
    }

    /// Hears of what comes of another action that sends the same version.
    pub fn hear<I, O>(self, action: Action<I, Result<O, CallError>>)
    where
        I: Send + Sync + 'static,
        O: Send + Sync + 'static,
    {
        Effect::new(move |before: Option<()>| {
            // What came back through an address is told already.
            let news = before.is_some();
            let (saved, refused) = action.value().with(|value| match value {
                Some(Ok(_)) => (true, false),
                Some(Err(error)) => (false, error.is_overtaken()),
                None => (false, false),
            });
            if saved {
                self.stored.set(None);
            } else if refused && news {
                self.look();
            }
        });
    }
}

/// Watches whether a form that is saved by that action is overtaken. `at_first` is what was stored when the page was
/// made, `load` reads what is stored now.
pub fn overtaken<I, O, T, F, Fu>(
    action: Action<I, Result<O, CallError>>,
    form: RwSignal<T>,
    at_first: Stored,
    load: F,
) -> Overtaken
where
    I: Send + Sync + 'static,
    O: Send + Sync + 'static,
    T: Versioned + Send + Sync + 'static,
    F: Fn() -> Fu + Send + Sync + 'static,
    Fu: Future<Output = Result<Stored, CallError>> + Send + 'static,
{
    let version = Signal::derive(move || form.with(Versioned::version));
    let take = Callback::new(move |version: i64| form.update(|form| form.take_over(version)));
    let watched = Overtaken::new(version, take, load);
    if refusal(action).is_some_and(|error| error.is_overtaken()) {
        watched.stored.set(Some(Ok(at_first)));
    }
    watched.hear(action);
    watched
}

/// What was typed into a form that was refused before the page was made. Where somebody else had saved first, it goes
/// on from the version that is stored: the page says so, and saved again it goes through.
pub fn came_back<I, O, T>(action: Action<I, Result<O, CallError>>, stored: i64) -> Option<T>
where
    I: Send + Sync + 'static,
    O: Send + Sync + 'static,
    T: Versioned + DeserializeOwned,
{
    let error = refusal(action)?;
    let mut typed: T = error.typed()?;
    if error.is_overtaken() {
        typed.take_over(stored);
    }
    Some(typed)
}

fn refusal<I, O>(action: Action<I, Result<O, CallError>>) -> Option<CallError>
where
    I: Send + Sync + 'static,
    O: Send + Sync + 'static,
{
    action.value().with_untracked(|value| match value {
        Some(Err(error)) => Some(error.clone()),
        _ => None,
    })
}

/// Why a form was not saved, where that belongs to no field. Whoever was overtaken finds here how to go on; `look`
/// leads to what is stored, the children say how it differs.
#[component]
pub fn NotSaved(
    #[prop(into)] refused: Signal<Option<CallError>>,
    overtaken: Overtaken,
    #[prop(optional_no_strip)] look: Option<String>,
    #[prop(optional)] children: Option<ChildrenFn>,
) -> impl IntoView {
    let lang = lang();
    let waits = Memo::new(move |_| refused.with(|error| error.as_ref().is_some_and(CallError::is_overtaken)));
    let (look, children) = (StoredValue::new(look), StoredValue::new(children));
    let told = move || match overtaken.stored.get() {
        Some(Ok(stored)) => {
            let differences = children.get_value().map(|children| children());
            way_on(lang, overtaken, stored, look.get_value(), differences)
        }
        Some(Err(error)) => view! { <Failure error=error/> }.into_any(),
        // It is being read.
        None if waits.get() => view! { <Notice tone=Tone::Warn><p>{say::overtaken(lang)}</p></Notice> }.into_any(),
        None => ().into_any(),
    };
    let other = move || {
        let error = refused.get().filter(|error| !error.is_overtaken())?;
        // It can be looked at all the same: somebody has issued it.
        let look = look.get_value().filter(|_| error.code() == Some("not_a_draft")).map(|href| link(lang, href));
        Some(view! { <Failure error=error/>{look} })
    };
    view! { {told}{other} }
}

/// Who has saved, what differs, and how to go on.
fn way_on(
    lang: Lang,
    overtaken: Overtaken,
    stored: Stored,
    look: Option<String>,
    differences: Option<AnyView>,
) -> AnyView {
    let Stored { version, last } = stored;
    let who = match last {
        Some(Change { at, by, .. }) => say::overtaken_by(lang, by, instant(lang, at)),
        None => say::overtaken(lang).to_owned(),
    };
    let taken = Memo::new(move |_| overtaken.version.get() == version);
    let take = move |_: leptos::ev::MouseEvent| overtaken.take.run(version);
    let next = move || {
        if taken.get() {
            view! { <p data-testid="overtaken-taken">{say::overtaken_taken(lang)}</p> }.into_any()
        } else {
            view! { <button class="button-quiet" type="button" on:click=take>{say::overtaken_take(lang)}</button> }
                .into_any()
        }
    };
    view! {
        <Notice tone=Tone::Warn>
            <div class="overtaken" data-testid="overtaken">
                <p>{who}</p>
                {differences}
                {look.map(|href| link(lang, href))}
                {next}
            </div>
        </Notice>
    }
    .into_any()
}

/// Beside the form, so that nothing typed is left.
fn link(lang: Lang, href: String) -> AnyView {
    view! { <p><a href=href target="_blank" rel="external">{say::overtaken_look(lang)}</a></p> }.into_any()
}

/// Where what is stored differs from what is typed. `label` names a field, `value` writes what it holds.
#[component]
pub fn Differences(
    /// From what is stored to what is typed.
    changes: Signal<Vec<FieldChange>>,
    label: fn(Lang, &str) -> &'static str,
    value: fn(Lang, &FieldChange, &str) -> String,
) -> impl IntoView {
    let lang = lang();
    let row = move |change: &FieldChange| {
        let held = |kept: Option<&str>| match kept {
            Some(kept) => value(lang, change, kept).into_any(),
            None => view! { <span class="quiet">{say::overtaken_empty(lang)}</span> }.into_any(),
        };
        let (theirs, yours) = (held(change.before.as_deref()), held(change.after.as_deref()));
        view! {
            <tr>
                <th scope="row">{label(lang, &change.field)}</th>
                <td data-label=say::overtaken_theirs(lang)><span>{theirs}</span></td>
                <td data-label=say::overtaken_yours(lang)><span>{yours}</span></td>
            </tr>
        }
    };
    move || {
        let rows = changes.with(|changes| changes.iter().map(row).collect::<Vec<_>>());
        (!rows.is_empty()).then(|| {
            view! {
                <table class="list plain" data-testid="overtaken-differences">
                    <thead><tr>
                        <th scope="col">{say::overtaken_field(lang)}</th>
                        <th scope="col">{say::overtaken_theirs(lang)}</th>
                        <th scope="col">{say::overtaken_yours(lang)}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            }
        })
    }
}
