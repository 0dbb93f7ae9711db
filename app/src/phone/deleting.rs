//! Deleting a booking: first what becomes of others, then the tap that names the time.

use leptos::prelude::*;
use texts::{say, seconds};
use wire::bookings::{BookingRow, DeleteBookingForm, DeletedBooking};

use super::{
    desk,
    draft::{self, Draft},
    facts::Known,
    held::Phone,
    others::{Others, others_of},
    trouble::{InTrouble, Trouble},
};
use crate::{bookings::preview_delete, context::lang};

/// The button, and once it was tapped the plan.
#[component]
pub(super) fn Deleting(row: BookingRow, deleted: Callback<DeletedBooking>) -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let (id, version, time) = (row.id, row.version, seconds(row.seconds));
    let wanted = (row.project.id, row.date, Some(id));
    let (asked, saving) = (RwSignal::new(false), RwSignal::new(false));
    let refused = RwSignal::new(None::<Trouble>);
    let known = Known::fetched(phone, move || asked.get().then_some(wanted));
    let plan = Memo::new(move |_| {
        let facts = known.of(wanted)?;
        let decided = preview_delete(&facts, id).map_err(|error| Trouble::split(lang, error, id));
        Some(decided.map(|preview| (others_of(&facts, &preview.plan), facts.lines, preview.plan)))
    });
    let delete = move |_| {
        if saving.get_untracked() {
            return;
        }
        saving.set(true);
        let seen = plan.with_untracked(|plan| {
            let (_, _, plan) = plan.as_ref()?.as_ref().ok()?;
            serde_json::to_string(plan).ok()
        });
        let form = DeleteBookingForm { id: id.to_string(), version, seen: seen.unwrap_or_default() };
        leptos::task::spawn_local(async move {
            let answer = desk::delete(&form).await;
            let here = saving.try_set(false).is_none();
            match answer {
                Ok(answer) => {
                    phone.keep::<Draft>(draft::CHANGE, None);
                    if here {
                        deleted.run(answer);
                        // What looks at the booking is gone before it would ask for it again.
                        leptos::task::tick().await;
                    }
                    phone.renew();
                }
                Err(trouble) if here => refused.set(Some(trouble)),
                Err(_) => {}
            }
        });
    };
    let shown = move || {
        plan.get().map(|plan| match plan {
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
            Ok((others, _, _)) if others.is_empty() => view! { <p>{say::phone_delete_alone(lang)}</p> }.into_any(),
            Ok((others, lines, _)) => {
                view! { <p>{say::phone_others(lang)}</p><Others changed=others lines=lines/> }.into_any()
            }
        })
    };
    view! {
        <section class="deleting">
            <Show
                when=move || asked.get()
                fallback=move || view! {
                    <button class="button-quiet" type="button" on:click=move |_| asked.set(true)>{say::phone_delete_ask(lang)}</button>
                }
            >
                <div aria-live="polite" data-testid="delete-plan">{shown}</div>
                {move || refused.get().or_else(|| known.trouble.get()).map(|trouble| view! { <InTrouble trouble=trouble/> })}
                <p class="form-actions">
                    <button class="button button-danger" type="button" on:click=delete
                        disabled=move || saving.get() || known.awaited(wanted)>
                        {say::phone_delete(lang, &time)}
                    </button>
                    <button class="button-quiet" type="button" on:click=move |_| asked.set(false)>{say::cancel(lang)}</button>
                </p>
            </Show>
        </section>
    }
}
