//! The editor of delivery notes and invoices: typed like a spreadsheet, reconciled at every keystroke.

use domain::{
    Currency, CustomerId, DocumentId, Money,
    clearing::{LineDifference, Repair, Shown},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use texts::{money, say};
use wire::documents::DocumentEditor;

use super::{
    aside::Aside,
    calls::{SaveDocument, load_document_editor},
    desk::Desk,
    glance::Glance,
    lines::Lines,
};
use crate::{
    call::CallError,
    clearing::{Mending, outcome_name},
    context::{lang, page_query},
    contracts::{CustomerChoice, delivery_name, problem_of, problems_of},
    ui::{Failure, Field, FieldKind, NotSaved, Notice, PageHead, Select, Stored, Tone, came_back, overtaken},
};

/// A new document, of the kind and for the customer that the address names.
#[component]
pub fn DocumentNewPage() -> impl IntoView {
    let query = page_query();
    let customer = query.with_untracked(|query| query.get("customer").and_then(|id| id.parse::<CustomerId>().ok()));
    let invoice = query.with_untracked(|query| query.get("kind").is_some_and(|kind| kind == "invoice"));
    let editor = Resource::new(|| (), move |()| load_document_editor(None, customer));
    view! { <Loaded editor=editor kind=if invoice { "invoice" } else { "delivery_note" }/> }
}

/// A draft that is changed.
#[component]
pub fn DocumentEditPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<DocumentId>().ok())));
    let editor = Resource::new(
        move || id.get(),
        |id| async move {
            let id = id.ok_or_else(CallError::not_found)?;
            load_document_editor(Some(id), None).await
        },
    );
    view! { <Loaded editor=editor kind="delivery_note"/> }
}

#[component]
fn Loaded(editor: Resource<Result<DocumentEditor, CallError>>, kind: &'static str) -> impl IntoView {
    let lang = lang();
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match editor.await {
                    Ok(editor) => view! { <Editor editor=editor kind=kind/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Editor(editor: DocumentEditor, kind: &'static str) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SaveDocument>::new();
    let (new, version) = (editor.document.is_none(), editor.document.as_ref().map_or(0, |document| document.version));
    let own = editor.document.as_ref().map(|document| document.id);
    let at_first = Stored { version, last: editor.last.clone() };
    let came_back = came_back(*action, version);
    let desk = Desk::new(editor, kind, came_back);
    if new && desk.rows.with_untracked(Vec::is_empty) {
        // Enough for a page without JavaScript, where no line can be added.
        (0..3).for_each(|_| desk.add());
    }
    let head = desk.head;
    let overtaken = overtaken(*action, head, at_first, move || {
        // What is shown is what saving does to what is stored now.
        desk.renew();
        async move {
            load_document_editor(own, None).await.map(|now| {
                let version = now.document.map_or(0, |document| document.version);
                Stored { version, last: now.last }
            })
        }
    });
    // The head alone: each line says itself what is wrong with it.
    let checked = Memo::new(move |_| desk.head_form().check(lang));
    let problems = problems_of(*action, checked, Signal::<u64>::from(desk.typed()));
    let navigate = use_navigate();
    Effect::new(move |_| {
        let Some(Ok(saved)) = action.value().get() else { return };
        if saved.differences.is_empty() {
            navigate(&format!("/documents/{}", saved.page.row.id), leptos_router::NavigateOptions::default());
            return;
        }
        // It is saved, but not as it was shown: what was typed stays here, and is compared line by line.
        desk.differs.set(saved.differences);
        head.update(|head| head.version = saved.page.version);
        desk.renew();
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        desk.differs.set(Vec::new());
        action.dispatch(SaveDocument {
            form: untrack(|| wire::documents::DocumentForm { seen: desk.seen(), ..desk.whole() }),
        });
    };
    let mending = Mending {
        document: desk.document,
        facts: desk.facts,
        outcome: desk.outcome,
        catalogue: desk.catalogue,
        on_draft: Callback::new(move |repair: Repair| desk.on_draft(repair)),
        renew: Callback::new(move |()| desk.renew()),
    };
    let note = head.with_untracked(|head| head.kind == "delivery_note");
    let title = match (new, note) {
        (true, true) => say::document_new_note(lang),
        (true, false) => say::document_new_invoice(lang),
        (false, true) => say::document_note_draft(lang),
        (false, false) => say::document_invoice_draft(lang),
    };
    let back =
        if new { "/documents".to_owned() } else { head.with_untracked(|head| format!("/documents/{}", head.id)) };
    let refused = move || action.value().get().and_then(Result::err);
    let nowhere = move || refused().filter(CallError::at_no_field);
    let customer_problem = Signal::derive(move || {
        let missing = action.value().get().is_some() && desk.customer.with(Option::is_none);
        problem_of(problems, "customer").get().or(missing.then(|| say::field_missing(lang).to_owned()))
    });
    macro_rules! field {
        ($field:ident, $label:expr, $($rest:tt)*) => {
            view! {
                <Field label=$label name=concat!("form[", stringify!($field), "]") id=concat!("document-", stringify!($field))
                    value=Signal::derive(move || head.with(|head| head.$field.clone()))
                    set=move |value| head.update(|head| head.$field = value)
                    problem=problem_of(problems, stringify!($field)) $($rest)* />
            }
        };
    }
    let deliveries = domain::contracts::Delivery::ALL
        .iter()
        .map(|delivery| (Oco::from(delivery.name()), Oco::from(delivery_name(lang, *delivery))))
        .collect();
    let action_url = <SaveDocument as server_fn::ServerFn>::url();
    let hidden = head.get_untracked();
    view! {
        <PageHead title=title/>
        // Beside the form and not in it: a session that has ended is renewed with a form of its own.
        <NotSaved refused=Signal::derive(move || nowhere().or_else(|| desk.unread.get())) overtaken=overtaken
            look=own.map(|id| format!("/documents/{id}"))/>
        <form class="form document-editor" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[id]" value=hidden.id prop:value=move || head.with(|head| head.id.clone())/>
            <input type="hidden" name="form[version]" value=hidden.version.to_string() prop:value=move || head.with(|head| head.version.to_string())/>
            <input type="hidden" name="form[kind]" value=hidden.kind/>
            <input type="hidden" name="form[currency]" value=hidden.currency/>
            <div class="document-main">
                <div class="form-grid document-head">
                    <CustomerChoice chosen=desk.customer problem=customer_problem fixed=!new/>
                    {field!(date, say::document_date(lang), kind=FieldKind::Date required=true)}
                    {(!note).then(|| field!(payment_days, say::document_payment_days(lang), kind=FieldKind::Count required=true))}
                    {note.then(|| view! { <input type="hidden" name="form[payment_days]" value=hidden.payment_days.clone()/> })}
                    <Select label=say::field_delivery(lang) name="form[delivery]" id="document-delivery" options=deliveries
                        value=Signal::derive(move || head.with(|head| head.delivery.clone()))
                        set=move |value| head.update(|head| head.delivery = value) problem=problem_of(problems, "delivery")/>
                </div>
                {move || differences(desk)}
                <Lines desk=desk problems=problems mending=mending/>
                <div class="form-actions">
                    <button class="button" type="submit" disabled=action.pending()>{say::document_save(lang)}</button>
                    <a class="button-quiet" href=back>{say::cancel(lang)}</a>
                </div>
            </div>
            <Aside desk=desk/>
            <Glance desk=desk/>
        </form>
    }
}

/// Where the server decided otherwise than the person saw, line by line.
fn differences(desk: Desk) -> Option<AnyView> {
    let lang = lang();
    let differs = desk.differs.get();
    if differs.is_empty() {
        return None;
    }
    let currency = desk.head.with(|head| Currency::from_code(&head.currency)).unwrap_or(Currency::EUR);
    let said = |shown: &Shown| {
        let item = money(lang, Money { minor: shown.item, currency });
        format!("{}, {item}", outcome_name(lang, &shown.outcome))
    };
    let place = |id| desk.rows.with(|rows| rows.iter().position(|row| row.id == id)).map_or(0, |place| place + 1);
    let line = |differs: &LineDifference| {
        let (seen, decided) = (said(&differs.seen), said(&differs.decided));
        say::document_differs_line(lang, place(differs.seen.line), seen, decided)
    };
    let lines: Vec<String> = differs.iter().map(line).collect();
    let lines = lines.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    let notice = view! {
        <Notice tone=Tone::Warn><p><strong>{say::document_differs(lang)}</strong></p><ul data-testid="differences">{lines}</ul></Notice>
    };
    Some(notice.into_any())
}
