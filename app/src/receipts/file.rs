//! A bank file: its transactions, what is proposed for each, and one save for all that is chosen.

use domain::{
    BankFileId, Money,
    receipts::{Proposal, bank::BankLine},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use texts::{Lang, date, instant, money, say};
use wire::receipts::{
    BankFileLine, BankFileView, ImportForm, ImportLineForm, batch_text, choice_of, confidence_text, pending_text,
};

use super::calls::{ImportBankFile, load_bank_file};
use crate::{
    call::CallError,
    context::lang,
    ui::{Failure, Notice, PageHead, Tone},
};

/// The page.
#[component]
pub fn BankFilePage() -> impl IntoView {
    let lang = lang();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<BankFileId>().ok())));
    let action = ServerAction::<ImportBankFile>::new();
    let (fresh, sent) = (RwSignal::new(0_u32), RwSignal::new(None::<ImportForm>));
    let view = Resource::new(
        move || (id.get(), fresh.get()),
        |(id, _)| async move { load_bank_file(id.ok_or_else(CallError::not_found)?).await },
    );
    // Recorded or refused: what is shown is read again. What was chosen and refused stays chosen where it can be.
    Effect::new(move |_| {
        if action.value().with(Option::is_some) {
            fresh.update(|times| *times += 1);
        }
    });
    let above = view! { <A href="/receipts/import">{say::import_title(lang)}</A> }.into_any();
    let done = move || {
        let done = action.value().get()?.ok()?;
        let sums = done.sums.iter().map(|sum| money(lang, *sum)).collect::<Vec<_>>().join(" + ");
        Some(view! { <Notice tone=Tone::Good><p>{say::import_done(lang, done.lines, sums)}</p></Notice> })
    };
    view! {
        <PageHead title=say::import_lines(lang) above=above/>
        {done}
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match view.await {
                    Ok(view) => view! { <Lines view=view action=action sent=sent/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Lines(
    view: BankFileView,
    action: ServerAction<ImportBankFile>,
    sent: RwSignal<Option<ImportForm>>,
) -> impl IntoView {
    let lang = lang();
    let refused = move || action.value().get().and_then(Result::err);
    // What was decided stays decided, also that a line is left out, when the rest was recorded or refused.
    let typed = sent.get_untracked().or_else(|| untrack(refused)?.typed::<ImportForm>());
    let typed = typed.filter(|typed| typed.file == view.row.id.to_string()).unwrap_or_default();
    let file = view.row.id.to_string();
    let free = view.lines.iter().filter(|line| line.recorded.is_empty() && line.line.amount > 0);
    let start = free.map(|line| {
        let line_number = line.line.line.to_string();
        let before = typed.lines.iter().find(|typed| typed.line == line_number).cloned();
        let sure = line.proposals.first().filter(|first| first.confidence.sure());
        let choice = sure.map(|sure| choice_of(sure, line.line.currency)).unwrap_or_default();
        before.unwrap_or(ImportLineForm { line: line_number, choice, ..ImportLineForm::default() })
    });
    let form = RwSignal::new(ImportForm { file: file.clone(), lines: start.collect() });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let form = form.get_untracked();
        sent.set(Some(form.clone()));
        action.dispatch(ImportBankFile { form });
    };
    let mut place = 0;
    let rows = view.lines.iter().map(|line| {
        if line.recorded.is_empty() && line.line.amount > 0 {
            place += 1;
            free_row(lang, (place - 1, line, &view), form, (action, sent))
        } else {
            settled_row(lang, line)
        }
    });
    let rows = rows.collect_view();
    let at_lines = move || refused().and_then(|error| error.at("lines"));
    let nowhere = move || refused().filter(CallError::at_no_field);
    let action_url = <ImportBankFile as server_fn::ServerFn>::url();
    let (at, by) = &view.row.read;
    let read = say::import_recent_line(lang, view.row.lines, by, instant(lang, *at));
    let pending = pending_text(lang, view.pending);
    let pending = pending.map(|text| view! { <p class="quiet" data-testid="bank-pending">{text}</p> });
    let save = (place > 0).then(|| {
        view! { <button class="button" type="submit" disabled=action.pending()>{say::import_save(lang)}</button> }
    });
    view! {
        <p class="quiet page-lead">{read}". "{say::import_lines_lead(lang)}</p>
        {pending}
        <form class="import-lines" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[file]" value=file/>
            <table class="list bank-lines">
                <thead><tr>
                    <th scope="col">{say::document_date(lang)}</th>
                    <th scope="col">{say::import_payer(lang)}</th>
                    <th scope="col" class="right">{say::receipt_amount(lang)}</th>
                    <th scope="col">{say::import_assign(lang)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="field-problem" role="alert">{at_lines}</p>
            {move || nowhere().map(|error| view! { <Failure error=error/> })}
            {save}
        </form>
    }
}

/// Day, payer with purpose, and amount of a transaction.
fn first_cells(lang: Lang, line: &BankLine) -> AnyView {
    let amount = money(lang, Money { minor: line.amount, currency: line.currency });
    let batch = batch_text(lang, line).map(|text| view! { <span class="row-note">{text}</span> });
    view! {
        <td class="figure" data-label=say::document_date(lang)>{date(lang, line.date)}</td>
        <th scope="row" class="bank-what"><span>{line.name.clone()}</span><span class="row-note quiet">{line.text.clone()}</span>{batch}</th>
        <td class="figure right" data-label=say::receipt_amount(lang)>{amount}</td>
    }
    .into_any()
}

/// A transaction that was recorded before, or that took money away.
fn settled_row(lang: Lang, line: &BankFileLine) -> AnyView {
    let links = line.recorded.iter().map(|(id, number)| {
        let (href, number) = (format!("/documents/{id}"), number.clone());
        view! { " "<A href=href>{number}</A> }
    });
    let links = links.collect_view();
    let text = if line.recorded.is_empty() { say::import_outgoing(lang) } else { say::import_before(lang) };
    view! {
        <tr class="bank-settled" data-testid="bank-line">
            {first_cells(lang, &line.line)}
            <td data-label=say::import_assign(lang)><span class="quiet">{text}{links}</span></td>
        </tr>
    }
    .into_any()
}

/// What a proposal does, in words: each invoice with what it gets of what is open.
fn option_text(lang: Lang, view: &BankFileView, line: &BankLine, proposal: &Proposal) -> String {
    let figure = |minor| money(lang, Money { minor, currency: line.currency });
    let parts = proposal.parts.iter().map(|part| {
        let invoice = view.invoice(part.document).map(|invoice| invoice.number.clone()).unwrap_or_default();
        say::import_option(lang, invoice, figure(part.amount), figure(part.open))
    });
    format!("{} ({})", parts.collect::<Vec<_>>().join(", "), confidence_text(lang, proposal.confidence))
}

/// A transaction that can be assigned.
fn free_row(
    lang: Lang,
    (place, line, view): (usize, &BankFileLine, &BankFileView),
    form: RwSignal<ImportForm>,
    (action, sent): (ServerAction<ImportBankFile>, RwSignal<Option<ImportForm>>),
) -> AnyView {
    let number = line.line.line;
    let problem = Signal::derive(move || {
        let error = action.value().get().and_then(Result::err)?;
        // Named by its place in what was sent: since then other lines may have been recorded.
        let form = sent.get_untracked().or_else(|| error.typed::<ImportForm>())?;
        let place = form.lines.iter().position(|line| line.line == number.to_string())?;
        error.at(&format!("lines.{place}.choice")).or_else(|| error.at(&format!("lines.{place}.number")))
    });
    let chosen = move || form.with(|form| form.lines.get(place).map(|line| line.choice.clone()).unwrap_or_default());
    let typed = move || form.with(|form| form.lines.get(place).map(|line| line.number.clone()).unwrap_or_default());
    let change = move |change: &dyn Fn(&mut ImportLineForm)| {
        form.update(|form| form.lines.get_mut(place).into_iter().for_each(change));
    };
    let choose = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        change(&|line: &mut ImportLineForm| line.choice.clone_from(&value));
    };
    let write = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        change(&|line: &mut ImportLineForm| line.number.clone_from(&value));
    };
    let over = move || form.with(|form| form.lines.get(place).is_some_and(|line| !line.over.is_empty()));
    let tick = move |event: leptos::ev::Event| {
        let value = if event_target_checked(&event) { "yes" } else { "" };
        change(&|line: &mut ImportLineForm| value.clone_into(&mut line.over));
    };
    // Asked only of a number that was written: a payment that was made twice names one of which nothing is open.
    let more = move || {
        (!typed().is_empty()).then(|| {
            view! {
                <label class="receipt-over">
                    <input type="checkbox" name=format!("form[lines][{place}][over]") value="yes"
                        checked=untrack(over) prop:checked=over on:change=tick/>
                    <span>{say::receipt_over(lang)}</span>
                </label>
            }
        })
    };
    let now = untrack(chosen);
    let options = line.proposals.iter().map(|proposal| {
        let (value, text) = (choice_of(proposal, line.line.currency), option_text(lang, view, &line.line, proposal));
        let selected = value == now;
        view! { <option value=value selected=selected>{text}</option> }
    });
    let options = options.collect_view();
    let unknown = line.proposals.is_empty();
    let select = (!unknown).then(|| {
        view! {
            <select name=format!("form[lines][{place}][choice]") aria-label=say::import_assign_of(lang, number)
                prop:value=chosen on:change=choose>
                <option value="">{say::import_nothing(lang)}</option>
                {options}
            </select>
        }
    });
    let note = unknown.then(|| view! { <span class="row-note quiet">{say::import_unknown(lang)}</span> });
    view! {
        <tr data-testid="bank-line">
            {first_cells(lang, &line.line)}
            <td class="bank-assign" data-label=say::import_assign(lang)>
                <input type="hidden" name=format!("form[lines][{place}][line]") value=number.to_string()/>
                {note}
                {select}
                <label class="bank-other"><span class="quiet">{say::import_other(lang)}</span>
                    <input type="text" autocomplete="off" name=format!("form[lines][{place}][number]")
                        aria-label=say::import_other_of(lang, number) value=untrack(typed) prop:value=typed on:input=write
                        aria-invalid=move || problem.get().is_some().then_some("true")/>
                </label>
                {more}
                <span class="field-problem" role="alert">{move || problem.get()}</span>
            </td>
        </tr>
    }
    .into_any()
}
