//! Reading a bank file: from the file, or pasted.

use domain::receipts::bank::{BankFault, decode};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};
use texts::{Lang, instant, say};
use wire::receipts::{BankFileForm, BankFileRow, fault_text};

use super::calls::{ReadBankFile, load_bank_files};
use crate::{
    call::forget_when_typed,
    context::{lang, new_id},
    ui::{Failure, PageHead, as_content, read_file},
};

/// The page.
#[component]
pub fn ImportPage() -> impl IntoView {
    let lang = lang();
    let files = Resource::new(|| (), |()| load_bank_files());
    let action = ServerAction::<ReadBankFile>::new();
    let came_back =
        action.value().get_untracked().and_then(Result::err).and_then(|error| error.typed::<BankFileForm>());
    let form = RwSignal::new(BankFileForm { id: new_id(), ..came_back.unwrap_or_default() });
    forget_when_typed(*action, form);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(row)) = action.value().get() {
            navigate(&format!("/receipts/import/{}", row.id), NavigateOptions::default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(ReadBankFile { form: form.get_untracked() });
    };
    let refused = move || action.value().get().and_then(Result::err);
    // Why there is no text of the file that was chosen: it is not sent then.
    let unread = RwSignal::new(None::<BankFault>);
    let problem = Signal::derive(move || {
        let unread = unread.get().map(|fault| fault_text(lang, &fault));
        unread.or_else(|| refused().and_then(|error| error.at("text")))
    });
    let nowhere = move || refused().filter(|error| error.at("text").is_none());
    let above = view! { <A href="/open-items">{say::open_items_title(lang)}</A> }.into_any();
    let action_url = <ReadBankFile as server_fn::ServerFn>::url();
    let hidden = form.get_untracked();
    let choose = move |event: leptos::ev::Event| {
        let read = Callback::new(move |bytes: Vec<u8>| {
            let (text, fault) = match decode(&bytes) {
                Ok(text) => (text, None),
                Err(fault) => (String::new(), Some(fault)),
            };
            unread.set(fault);
            form.update(|form| form.text = text);
        });
        read_file(&event, read);
    };
    view! {
        <PageHead title=say::import_title(lang) above=above/>
        <p class="quiet page-lead">{say::import_lead(lang)}</p>
        <form class="form import-form" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[id]" value=hidden.id/>
            <div class="field needs-script">
                <label for="bank-file">{say::import_file(lang)}</label>
                <input id="bank-file" type="file" accept=".csv,.txt,.xml,text/csv,text/plain,text/xml,application/xml" on:change=choose/>
            </div>
            <div class="field">
                <label for="bank-text">{say::import_text(lang)}</label>
                {area(form, unread, problem)}
                <p class="field-hint">{say::import_text_hint(lang)}</p>
                <p class="field-problem" id="bank-text-problem" role="alert">{move || problem.get()}</p>
            </div>
            {move || nowhere().map(|error| view! { <Failure error=error/> })}
            <button class="button" type="submit" disabled=action.pending()>{say::import_read(lang)}</button>
        </form>
        <Suspense>
            {move || Suspend::new(async move {
                match files.await {
                    Ok(rows) => recent(lang, rows),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The area for the text.
fn area(form: RwSignal<BankFileForm>, unread: RwSignal<Option<BankFault>>, problem: Signal<Option<String>>) -> AnyView {
    let typed = move |event: leptos::ev::Event| {
        unread.set(None);
        form.update(|form| form.text = event_target_value(&event));
    };
    html::textarea()
        .id("bank-text")
        .name("form[text]")
        .rows(12)
        .spellcheck("false")
        .autocomplete("off")
        .class("bank-text")
        .aria_required("true")
        .aria_describedby("bank-text-problem")
        .aria_invalid(move || problem.get().is_some().then_some("true"))
        .prop("value", move || form.with(|form| form.text.clone()))
        .on(leptos::ev::input, typed)
        .child(as_content(form.with_untracked(|form| form.text.clone())))
        .into_any()
}

/// The files that were read last.
fn recent(lang: Lang, rows: Vec<BankFileRow>) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let rows = rows.into_iter().map(|row| {
        let (at, by) = row.read;
        let text = say::import_recent_line(lang, row.lines, by, instant(lang, at));
        view! { <li><A href=format!("/receipts/import/{}", row.id)>{text}</A></li> }
    });
    view! { <section class="import-recent" data-testid="bank-files"><h2>{say::import_recent(lang)}</h2><ul>{rows.collect_view()}</ul></section> }
        .into_any()
}
