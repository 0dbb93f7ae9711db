//! Where a passbook stands.

use domain::AccountId;
use wire::accounts::RangeForm;

/// The address of a passbook that shows these days, the usual ones where they cannot be, and of what is asked of it there:
/// whoever takes back an old entry, or does not, goes on seeing what stands around it.
pub(crate) fn address(account: AccountId, days: &RangeForm, asked: Option<String>) -> String {
    let days = days.check().ok().flatten().map(|range| {
        let RangeForm { from, to } = RangeForm::of(range);
        if to.is_empty() { format!("from={from}") } else { format!("from={from}&to={to}") }
    });
    let query = days.into_iter().chain(asked).collect::<Vec<_>>().join("&");
    if query.is_empty() { format!("/accounts/{account}") } else { format!("/accounts/{account}?{query}") }
}
