//! Loading what a page shows.

use std::future::Future;

use leptos::prelude::*;

use super::trouble::Trouble;

/// Loads whenever what it hangs on changes. An older answer never overwrites a newer one: each question has a number.
/// While it loads again, what was there stays.
pub(super) fn loaded<K, T, F>(
    key: impl Fn() -> Option<K> + 'static,
    load: impl Fn(K) -> F + 'static,
) -> RwSignal<Option<Result<T, Trouble>>>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, Trouble>> + 'static,
{
    let found = RwSignal::new(None);
    let asked = StoredValue::new(0_u64);
    Effect::new(move |_| {
        let number = asked.with_value(|number| number.wrapping_add(1));
        asked.set_value(number);
        let Some(key) = key() else {
            found.set(None);
            return;
        };
        let answer = load(key);
        leptos::task::spawn_local(async move {
            let answer = answer.await;
            // Nobody waits any more where the page has gone.
            if asked.try_get_value() == Some(number) {
                found.set(Some(answer));
            }
        });
    });
    found
}
