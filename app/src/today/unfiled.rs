//! Papers that could not be filed: how many, what the archive said last, and trying again at once.

use domain::Permission;
use leptos::prelude::*;
use texts::say;

use super::calls::FilePapersNow;
use crate::{
    context::{lang, may},
    ui::{Failure, Notice, Tone},
};

/// The papers that could not be filed, with the archive's last answer.
#[component]
pub(super) fn Unfiled(papers: u64, answer: String) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<FilePapersNow>::new();
    let text = match papers {
        1 => say::archive_unfiled_one(lang).to_owned(),
        papers => say::archive_unfiled(lang, papers),
    };
    let answer = say::archive_answer(lang, answer);
    let again = may(Permission::Bill).then(|| {
        let submit = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            action.dispatch(FilePapersNow {});
        };
        let action_url = <FilePapersNow as server_fn::ServerFn>::url();
        view! {
            <form method="post" action=action_url on:submit=submit>
                <button class="button-quiet" type="submit" disabled=action.pending()>{say::archive_now(lang)}</button>
            </form>
        }
    });
    let told = move || {
        action.value().get().map(|answer| match answer {
            Ok(papers) => {
                let text = match papers {
                    0 => say::archive_filed_meanwhile(lang).to_owned(),
                    1 => say::archive_trying_one(lang).to_owned(),
                    papers => say::archive_trying(lang, papers),
                };
                view! { <Notice tone=Tone::Good><p>{text}</p></Notice> }.into_any()
            }
            Err(error) => view! { <Failure error=error/> }.into_any(),
        })
    };
    view! {
        <div class="today-unfiled" data-testid="unfiled">
            <p><span class="bad">{text}</span><span class="row-note quiet">{answer}</span></p>
            {again}
            {told}
        </div>
    }
}
