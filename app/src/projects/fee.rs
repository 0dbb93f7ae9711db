//! What a collector costs, whether its time is used or not: the fields of its fee.

use leptos::prelude::*;
use texts::say;
use wire::projects::LineForm;

use super::{line::LineField, words::options};
use crate::{
    context::lang,
    ui::{Field, FieldKind, Select},
};

/// The fields; without a price there is no fee, and nothing else is asked for.
#[component]
pub(super) fn FeeFields(line: LineField, open: Signal<bool>) -> impl IntoView {
    let lang = lang();
    let units = options([
        ("months", say::line_unit_months(lang)),
        ("weeks", say::line_unit_weeks(lang)),
        ("days", say::line_unit_days(lang)),
    ]);
    macro_rules! field {
        ($field:ident, $label:expr, $($rest:tt)*) => {
            view! {
                <Field label=$label name=line.name(stringify!($field)) id=line.id(stringify!($field))
                    value=line.read(|form: &LineForm| &form.$field) set=line.write(|form: &mut LineForm| &mut form.$field)
                    problem=line.problem(stringify!($field)) $($rest)* />
            }
        };
    }
    view! {
        {field!(fee_price, say::fee_price(lang), kind=FieldKind::Amount hint=say::fee_price_hint(lang))}
        <div class="grid-part" hidden=move || !open.get()>
            {field!(fee_every, say::fee_every(lang), kind=FieldKind::Count)}
            <Select label=say::fee_unit(lang) name=line.name("fee_unit") id=line.id("fee_unit") options=units
                value=line.read(|form: &LineForm| &form.fee_unit) set=line.write(|form: &mut LineForm| &mut form.fee_unit)
                problem=line.problem("fee_unit")/>
            {field!(fee_vat, say::fee_vat(lang), kind=FieldKind::Amount)}
            {field!(fee_start, say::fee_start(lang), kind=FieldKind::Date)}
            {field!(fee_end, say::fee_end(lang), kind=FieldKind::Date hint=say::fee_end_hint(lang))}
        </div>
    }
}
