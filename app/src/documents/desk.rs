//! What is on the desk while a document is typed: its head, its lines, the facts, and what comes of them.
//!
//! Each line has a signal of its own and is read once when it changes, so that a keystroke costs one line and the
//! clearing, however many lines there are. Only the lines near the window are fields; the others are text.

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use domain::{
    Currency, CustomerId, DocumentId, LineId,
    clearing::{
        ClearingDocument, ClearingError, ClearingLine, LineClearing, LineDifference, Reconciled, Repair, Shown,
        propose, reconcile,
    },
    documents::PAYMENT_DAYS,
};
use leptos::prelude::*;
use texts::{Lang, say};
use wire::{
    FieldProblem,
    articles::Catalogue,
    contracts::{CustomerRef, ItemForm},
    documents::{ClearingFacts, DocumentEditor, DocumentForm, DraftLine, EditedDocument, LineForm},
};

use super::calls::load_clearing_facts;
use crate::call::CallError;
use crate::context::{lang, new_id, visitor};

/// What a field lets choose from: keys and what is read.
pub(super) type Options = Vec<(Oco<'static, str>, Oco<'static, str>)>;

/// How many lines are fields at first: more than a window shows.
const FIRST: usize = 40;
/// How many lines above and below the window are fields as well: what the keyboard reaches next is ready.
const MARGIN: usize = 20;

/// What does not change while somebody types.
pub(super) struct Given {
    /// The lines that come from a delivery note.
    pub fixed: Vec<ClearingLine>,
    /// The articles to choose from.
    pub articles: Options,
    /// The rates of VAT to choose from.
    pub rates: Options,
}

/// A line on the desk.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its id.
    pub id: LineId,
    /// What is typed.
    pub form: RwSignal<LineForm>,
    /// The same as it reads, or what is wrong with it; nothing for an empty line.
    pub read: Memo<Option<Result<DraftLine, Vec<FieldProblem>>>>,
    /// Whether it says why it was cleared as it was.
    pub open: RwSignal<bool>,
}

/// Everything that the editor shares.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    /// The head of the form; its lines are kept apart.
    pub head: RwSignal<DocumentForm>,
    /// Whose it is.
    pub customer: RwSignal<Option<CustomerRef>>,
    /// The lines, from top to bottom.
    pub rows: RwSignal<Vec<Row>>,
    /// What does not change.
    pub given: StoredValue<Given>,
    /// Groups, articles and rates of VAT.
    pub catalogue: StoredValue<Catalogue>,
    /// What it is reconciled with.
    pub facts: RwSignal<Option<ClearingFacts>>,
    /// The document as far as clearing goes, if there are facts for it.
    pub document: Memo<Option<ClearingDocument>>,
    /// What comes of it.
    pub outcome: Memo<Option<Result<Reconciled, ClearingError>>>,
    /// What comes of each line.
    pub of_line: Memo<BTreeMap<LineId, LineClearing>>,
    /// At which place each line stands.
    pub places: Memo<BTreeMap<LineId, usize>>,
    /// The currency of its prices.
    pub currency: Memo<Currency>,
    /// The places of the lines that are fields, because they are near the window.
    pub near: RwSignal<(usize, usize)>,
    /// The line in which something is typed.
    pub at: RwSignal<Option<LineId>>,
    /// Where the server decided otherwise when it was saved last.
    pub differs: RwSignal<Vec<LineDifference>>,
    /// Why the facts could not be read.
    pub unread: RwSignal<Option<CallError>>,
    /// Reads the facts.
    renew: Action<(CustomerId, NaiveDate), ()>,
}

fn row(lang: Lang, form: LineForm) -> Option<Row> {
    let id = form.id.parse().ok()?;
    let form = RwSignal::new(form);
    let read = Memo::new(move |_| form.with(|form| (!form.item.is_empty()).then(|| form.read(lang))));
    Some(Row { id, form, read, open: RwSignal::new(false) })
}

fn typed_line(lang: Lang, line: &DraftLine) -> LineForm {
    LineForm {
        id: line.id.to_string(),
        item: ItemForm::new(lang, &line.line),
        contract: line.contract.map_or_else(String::new, |id| id.to_string()),
        clears: if line.clears { String::new() } else { "off".to_owned() },
    }
}

fn article_options(lang: Lang, all: &Catalogue) -> Options {
    let none = (Oco::from(""), Oco::from(say::item_article_none(lang)));
    let counted = |text: String| Oco::from(Arc::<str>::from(text));
    let all = all.articles.iter().map(|article| {
        (counted(article.id.to_string()), counted(format!("{} {}", article.card.number, article.card.name)))
    });
    std::iter::once(none).chain(all).collect()
}

fn rate_options(lang: Lang, all: &Catalogue) -> Options {
    let rates = all.vat_rates.iter().map(|rate| Oco::from(Arc::<str>::from(texts::decimal(lang, rate.percent()))));
    rates.map(|rate| (rate.clone(), rate)).collect()
}

/// The head of a new document.
fn new_head(kind: &str) -> DocumentForm {
    let text = str::to_owned;
    DocumentForm {
        id: new_id(),
        kind: text(kind),
        currency: text("EUR"),
        date: visitor().today.to_string(),
        delivery: text("mail"),
        payment_days: text(&PAYMENT_DAYS.to_string()),
        ..DocumentForm::default()
    }
}

fn edited_head(document: &EditedDocument) -> DocumentForm {
    DocumentForm {
        id: document.id.to_string(),
        version: document.version,
        kind: document.kind.name().to_owned(),
        currency: document.currency.code().to_owned(),
        date: document.date.to_string(),
        delivery: document.delivery.name().to_owned(),
        payment_days: document.payment_days.to_string(),
        ..DocumentForm::default()
    }
}

impl Row {
    /// The line, if all of it can be read.
    pub(super) fn line<T>(&self, of: impl FnOnce(&DraftLine) -> T) -> Option<T> {
        self.read.with(|read| read.as_ref()?.as_ref().ok().map(of))
    }
}

impl Desk {
    /// Lays out a document, or what came back from a plain form.
    pub(super) fn new(editor: DocumentEditor, kind: &str, came_back: Option<DocumentForm>) -> Desk {
        let lang = lang();
        let known = editor.document.as_ref();
        let mut first = came_back.unwrap_or_else(|| {
            let lines = known.map(|document| document.lines.iter().map(|line| typed_line(lang, line)).collect());
            let head = known.map_or_else(|| new_head(kind), edited_head);
            DocumentForm { lines: lines.unwrap_or_default(), ..head }
        });
        let lines = std::mem::take(&mut first.lines);
        let given = StoredValue::new(Given {
            fixed: editor.document.map(|document| document.fixed).unwrap_or_default(),
            articles: article_options(lang, &editor.catalogue),
            rates: rate_options(lang, &editor.catalogue),
        });
        let id = first.id.parse().unwrap_or_else(|_| DocumentId::new(uuid::Uuid::nil()));
        let head = RwSignal::new(first);
        let customer = RwSignal::new(editor.customer);
        let rows = RwSignal::new(lines.into_iter().filter_map(|line| row(lang, line)).collect::<Vec<_>>());
        let facts = RwSignal::new(editor.clearing);
        let document = Memo::new(move |_| {
            let date = head.with(|head| head.date.parse::<NaiveDate>().ok())?;
            let current = facts.with(|facts| facts.as_ref().is_some_and(|facts| facts.date == date));
            let customer =
                customer.with(|customer| customer.as_ref().map(|customer| customer.id)).filter(|_| current)?;
            let currency = head.with(|head| Currency::from_code(&head.currency))?;
            let mut lines = given.with_value(|given| given.fixed.clone());
            rows.with(|rows| lines.extend(rows.iter().filter_map(|row| row.line(DraftLine::clearing))));
            Some(ClearingDocument { customer, date, currency, lines })
        });
        let outcome = Memo::new(move |_| {
            document.with(|document| facts.with(|facts| Some(reconcile(document.as_ref()?, &facts.as_ref()?.facts))))
        });
        let of_line = Memo::new(move |_| {
            outcome.with(|outcome| match outcome {
                Some(Ok(reconciled)) => reconciled.lines.iter().map(|line| (line.line, line.clone())).collect(),
                _ => BTreeMap::new(),
            })
        });
        let places = Memo::new(move |_| rows.with(|rows| rows.iter().map(|row| row.id).zip(0..).collect()));
        let unread = RwSignal::new(None);
        let renew = Action::new(move |(of, date): &(CustomerId, NaiveDate)| {
            // Once it is saved it holds something itself.
            let id = head.with_untracked(|head| head.version != 0).then_some(id);
            let (of, date) = (*of, *date);
            async move {
                let read = load_clearing_facts(of, date, id).await;
                // Somebody may have typed on meanwhile, or left the page: a late answer is for another document.
                let now = customer.try_with_untracked(|customer| customer.as_ref().map(|now| now.id)).flatten();
                let on = head.try_with_untracked(|head| head.date.parse::<NaiveDate>().ok()).flatten();
                if (now, on) != (Some(of), Some(date)) {
                    return;
                }
                match read {
                    Ok(read) => {
                        unread.try_set(None);
                        facts.try_set(Some(read));
                    }
                    Err(error) => drop(unread.try_set(Some(error))),
                }
            }
        });
        let desk = Desk {
            head,
            customer,
            rows,
            given,
            catalogue: StoredValue::new(editor.catalogue),
            facts,
            document,
            outcome,
            of_line,
            places,
            currency: Memo::new(move |_| {
                head.with(|head| Currency::from_code(&head.currency)).unwrap_or(Currency::EUR)
            }),
            near: RwSignal::new((0, FIRST)),
            at: RwSignal::new(None),
            differs: RwSignal::new(Vec::new()),
            unread,
            renew,
        };
        Effect::new(move |before: Option<Option<(CustomerId, NaiveDate)>>| {
            let now = desk.asked();
            if let (Some(ask), Some(before)) = (now, before)
                && before != now
            {
                if before.is_none_or(|(of, _)| of != ask.0) {
                    facts.set(None);
                }
                renew.dispatch(ask);
            }
            now
        });
        Effect::new(move |_| desk.facts.with(|facts| desk.forget_others(facts.as_ref())));
        desk
    }

    /// Takes contracts out of the lines that nothing is known of: those of another customer, chosen before. What is
    /// proposed for the lines instead is put in their place.
    fn forget_others(&self, facts: Option<&ClearingFacts>) {
        let Some(facts) = facts else { return };
        for row in self.rows.get_untracked() {
            let chosen = row.form.with_untracked(|form| form.contract.clone());
            if !chosen.is_empty() && !facts.contracts.iter().any(|known| known.id.to_string() == chosen) {
                row.form.update(|form| form.contract.clear());
                self.propose(row);
            }
        }
    }

    /// Counts whatever is typed.
    pub(super) fn typed(self) -> Memo<u64> {
        Memo::new(move |before: Option<&u64>| {
            self.head.track();
            self.customer.track();
            self.rows.with(|rows| rows.iter().for_each(|row| row.form.track()));
            before.map_or(0, |before| before.wrapping_add(1))
        })
    }

    /// For which customer and date facts are needed.
    fn asked(&self) -> Option<(CustomerId, NaiveDate)> {
        let date = self.head.with(|head| head.date.parse::<NaiveDate>().ok());
        self.customer.with(|customer| customer.as_ref().map(|customer| customer.id)).zip(date)
    }

    /// Reads the facts again.
    pub(super) fn renew(&self) {
        if let Some(ask) = untrack(|| self.asked()) {
            self.renew.dispatch(ask);
        }
    }

    /// Whether facts are on their way.
    pub(super) fn waits(&self) -> bool {
        self.renew.pending().get()
    }

    /// Of these places the window shows the lines; they and those around them become fields.
    pub(super) fn show(&self, from: usize, until: usize) {
        let (first, last) = self.near.get_untracked();
        if from.saturating_sub(MARGIN / 2) < first || last < until + MARGIN / 2 {
            self.near.set((from.saturating_sub(MARGIN), until + MARGIN));
        }
    }

    /// The whole form.
    pub(super) fn whole(&self) -> DocumentForm {
        let lines = self.rows.with(|rows| rows.iter().map(|row| row.form.get()).collect());
        DocumentForm { lines, ..self.head_form() }
    }

    /// The form without its lines.
    pub(super) fn head_form(&self) -> DocumentForm {
        let customer = self.customer.with(|customer| customer.as_ref().map(|c| c.id.to_string()));
        DocumentForm { customer: customer.unwrap_or_default(), ..self.head.get() }
    }

    /// What the person sees of each line, as it is sent along.
    pub(super) fn seen(&self) -> String {
        let shown: Vec<Shown> = self.outcome.with(|outcome| match outcome {
            Some(Ok(reconciled)) => reconciled.lines.iter().map(LineClearing::shown).collect(),
            _ => Vec::new(),
        });
        serde_json::to_string(&shown).unwrap_or_default()
    }

    /// Adds an empty line.
    pub(super) fn add(&self) {
        let lang = lang();
        let vat =
            self.catalogue.with_value(|all| all.vat_rates.first().map(|rate| texts::decimal(lang, rate.percent())));
        let item = ItemForm {
            quantity: "1".to_owned(),
            unit: "hour".to_owned(),
            vat: vat.unwrap_or_default(),
            ..ItemForm::default()
        };
        if let Some(row) = row(lang, LineForm { id: new_id(), item, ..LineForm::default() }) {
            let place = self.rows.with_untracked(Vec::len);
            let (first, last) = self.near.get_untracked();
            if last <= place {
                self.near.set((first, place + 1));
            }
            self.rows.update(|rows| rows.push(row));
        }
    }

    /// Moves a line up or down, and with it its turn at the quota.
    pub(super) fn shift(&self, id: LineId, down: bool) {
        self.rows.update(|rows| {
            let Some(place) = rows.iter().position(|row| row.id == id) else { return };
            let other = if down { place + 1 } else { place.wrapping_sub(1) };
            if other < rows.len() {
                rows.swap(place, other);
            }
        });
    }

    /// Takes a line away.
    pub(super) fn remove(&self, id: LineId) {
        if self.at.get_untracked() == Some(id) {
            self.at.set(None);
        }
        self.rows.update(|rows| rows.retain(|row| row.id != id));
    }

    /// Proposes a contract for a line that names none.
    pub(super) fn propose(&self, row: Row) {
        let read = untrack(|| row.line(|read| read.contract.is_none().then(|| read.line.clone()))).flatten();
        let Some(line) = read else { return };
        let found = self.document.with_untracked(|document| {
            self.facts.with_untracked(|facts| {
                let (document, facts) = document.as_ref().zip(facts.as_ref())?;
                propose(document, &line, &facts.facts).ok()?
            })
        });
        if let Some(contract) = found {
            row.form.update(|form| form.contract = contract.to_string());
        }
    }

    /// Does what only concerns a line.
    pub(super) fn on_draft(&self, repair: Repair) {
        let (line, contract) = match repair {
            Repair::SwitchOn { line } => (line, None),
            Repair::AssignContract { line, contract } => (line, Some(contract)),
            _ => return,
        };
        let row = self.rows.with_untracked(|rows| rows.iter().find(|row| row.id == line).copied());
        let Some(row) = row else { return };
        row.form.update(|form| match contract {
            None => form.clears.clear(),
            Some(contract) => form.contract = contract.to_string(),
        });
    }
}
