//! The tables of all lists.

use domain::{Money, quota::LapseCause};
use texts::{Lang, amount, say};

use super::{Cell, Column, DeficitRow, Exported, LapseRow, OpenItemRow, ToDoKind, ToDoRow, UnitKind, table::column};
use crate::{
    billing::RunRow,
    bookings::booking_title,
    contracts::{ContractRow, CustomerRef},
    customers::CustomerRow,
    documents::DocumentRow,
};

pub(super) fn customer_columns(lang: Lang) -> [Column; 2] {
    [column(say::list_customer_number(lang), 12), column(say::contract_customer(lang), 32)]
}

pub(super) fn customer_cells(customer: &CustomerRef) -> [Cell; 2] {
    [Cell::text(&customer.number), Cell::text(&customer.name)]
}

pub(super) fn yes(lang: Lang, is: bool) -> Cell {
    Cell::text(if is { say::list_yes(lang) } else { say::list_no(lang) })
}

/// The columns of an amount: time, money, currency.
fn amount_columns(lang: Lang, time: &'static str, money: &'static str) -> [Column; 3] {
    [column(time, 14), column(money, 14), column(say::document_currency(lang), 9)]
}

impl Exported for CustomerRow {
    fn columns(lang: Lang) -> Vec<Column> {
        vec![
            column(say::customer_number(lang), 12),
            column(say::customer_name(lang), 32),
            column(say::customer_city(lang), 20),
            column(say::column_balance(lang), 40),
        ]
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let left = self.accounts.iter().map(|account| {
            let left = amount(lang, account.unit, account.standing.left);
            format!("{}: {left}", account.name)
        });
        let left = left.collect::<Vec<_>>().join("; ");
        vec![Cell::text(&self.number), Cell::text(&self.name), Cell::text(&self.city), Cell::text(left)]
    }
}

impl Exported for ContractRow {
    fn columns(lang: Lang) -> Vec<Column> {
        let mut columns = vec![column(say::contract_number(lang), 14)];
        columns.extend(customer_columns(lang));
        columns.extend([
            column(say::contract_type(lang), 24),
            column(say::list_start(lang), 12),
            column(say::list_last_day(lang), 12),
            column(say::contract_next_due(lang), 12),
            column(say::list_automatic(lang), 11),
        ]);
        columns.extend(amount_columns(lang, say::list_left_time(lang), say::list_left_money(lang)));
        columns
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let mut cells = vec![Cell::text(&self.number)];
        cells.extend(customer_cells(&self.customer));
        let last = self.end.and_then(|end| end.pred_opt());
        cells.extend([Cell::text(&self.type_name), Cell::Day(self.start), Cell::day(last), Cell::day(self.next_due)]);
        cells.push(yes(lang, self.automatic));
        match &self.account {
            Some(account) => {
                cells.extend(Cell::amount(account.unit, account.standing.left));
                cells.push(Cell::currency(account.unit));
            }
            None => cells.extend([Cell::Empty, Cell::Empty, Cell::Empty]),
        }
        cells
    }
}

impl Exported for DocumentRow {
    fn columns(lang: Lang) -> Vec<Column> {
        let mut columns = vec![
            column(say::documents_number(lang), 16),
            column(say::document_kind(lang), 18),
            column(say::list_state(lang), 12),
            column(say::document_date(lang), 12),
            column(say::document_due(lang), 12),
        ];
        columns.extend(customer_columns(lang));
        columns.extend([
            column(say::document_net(lang), 14),
            column(say::document_gross(lang), 14),
            column(say::document_currency(lang), 9),
        ]);
        columns
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let mut cells = vec![
            Cell::text(self.number.as_deref().unwrap_or_default()),
            Cell::text(kind_text(lang, self.kind)),
            Cell::text(state_text(lang, self.state)),
            Cell::Day(self.date),
            Cell::day(self.kind.is_invoice().then_some(self.due_on)),
        ];
        cells.extend(customer_cells(&self.customer));
        cells.extend([Cell::money(self.net), Cell::money(self.gross), Cell::text(self.gross.currency.code())]);
        cells
    }
}

/// The name of a kind of documents; contract invoices are told apart from ordinary ones.
pub fn kind_text(lang: Lang, kind: domain::documents::DocumentKind) -> &'static str {
    use domain::documents::DocumentKind;
    match kind {
        DocumentKind::ContractInvoice => say::list_contract_invoice(lang),
        DocumentKind::DeliveryNote => say::document_kind_note(lang),
        DocumentKind::Invoice => say::document_invoice(lang),
        DocumentKind::Balancing => say::document_kind_balancing(lang),
        DocumentKind::Cancellation => say::document_kind_cancellation(lang),
    }
}

/// The name of a state of documents.
pub fn state_text(lang: Lang, state: domain::documents::DocumentState) -> &'static str {
    use domain::documents::DocumentState;
    match state {
        DocumentState::Draft => say::document_draft(lang),
        DocumentState::Issued => say::list_issued(lang),
        DocumentState::Cancelled => say::document_cancelled(lang),
    }
}

/// The name of a state of contracts.
pub fn contract_state_text(lang: Lang, state: domain::contracts::ContractState) -> &'static str {
    use domain::contracts::ContractState;
    match state {
        ContractState::Active => say::list_active(lang),
        ContractState::Cancelled => say::list_contract_cancelled(lang),
        ContractState::Ended => say::list_ended(lang),
    }
}

/// Why something lapses.
pub fn cause_text(lang: Lang, cause: LapseCause) -> &'static str {
    match cause {
        LapseCause::NotCarried => say::list_lapse_not_carried(lang),
        LapseCause::OverCap => say::list_lapse_over_cap(lang),
        LapseCause::CarriedOut => say::lapse_carried_out(lang),
        LapseCause::AccountEnds => say::list_lapse_account_ends(lang),
    }
}

impl Exported for RunRow {
    fn columns(lang: Lang) -> Vec<Column> {
        vec![
            column(say::billing_as_of(lang), 12),
            column(say::list_started(lang), 18),
            column(say::contract_responsible(lang), 20),
            column(say::list_nightly(lang), 11),
            column(say::run_invoices(lang), 12),
            column(say::list_billed(lang), 12),
            column(say::list_skipped(lang), 14),
            column(say::list_failed(lang), 14),
            column(say::run_gross(lang), 14),
            column(say::document_currency(lang), 9),
        ]
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let totals = &self.totals;
        // A run in several currencies has no one sum: they stand in one text.
        let (gross, currency) = match totals.sums.as_slice() {
            [] => (Cell::Empty, Cell::Empty),
            [sum] => (Cell::money(Money { minor: sum.gross, currency: sum.currency }), Cell::text(sum.currency.code())),
            sums => {
                let gross = |sum: &crate::billing::RunSum| Money { minor: sum.gross, currency: sum.currency };
                let all: Vec<String> = sums.iter().map(|sum| texts::money(lang, gross(sum))).collect();
                (Cell::text(all.join(" + ")), Cell::Empty)
            }
        };
        vec![
            Cell::Day(self.as_of),
            Cell::Instant(self.started),
            Cell::text(&self.by),
            yes(lang, self.nightly),
            Cell::count(totals.invoices),
            Cell::count(totals.billed),
            Cell::count(totals.skipped),
            Cell::count(totals.failed),
            gross,
            currency,
        ]
    }
}

/// The name of what is counted.
pub fn unit_kind_text(lang: Lang, kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Time => say::list_unit_time(lang),
        UnitKind::Money => say::list_unit_money(lang),
    }
}

/// The name of what is to be billed.
pub fn to_do_kind_text(lang: Lang, kind: ToDoKind) -> &'static str {
    match kind {
        ToDoKind::Contract => say::list_contract(lang),
        ToDoKind::Fee => say::list_fee(lang),
    }
}

impl Exported for ToDoRow {
    fn columns(lang: Lang) -> Vec<Column> {
        let mut columns = vec![column(say::list_due(lang), 12), column(say::contract_number(lang), 14)];
        columns.extend(customer_columns(lang));
        columns.extend([column(say::list_whose(lang), 20), column(say::list_automatic(lang), 11)]);
        columns.extend([
            column(say::line_kind(lang), 12),
            column(say::list_project_number(lang), 14),
            column(say::list_billing_line(lang), 28),
        ]);
        columns
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let kind = Cell::text(to_do_kind_text(lang, self.kind()));
        let [number, name] = customer_cells(self.customer());
        match self {
            ToDoRow::Contract(to_do) => vec![
                Cell::Day(to_do.due),
                Cell::text(&to_do.number),
                number,
                name,
                Cell::text(&to_do.whose),
                yes(lang, to_do.automatic),
                kind,
                Cell::Empty,
                Cell::Empty,
            ],
            ToDoRow::Fee(fee) => vec![
                Cell::Day(fee.due),
                Cell::Empty,
                number,
                name,
                Cell::Empty,
                // The run bills every fee that is due.
                yes(lang, true),
                kind,
                Cell::text(&fee.project.number),
                Cell::text(&fee.name),
            ],
        }
    }
}

impl Exported for DeficitRow {
    fn columns(lang: Lang) -> Vec<Column> {
        let mut columns = vec![column(say::document_date(lang), 12)];
        columns.extend(customer_columns(lang));
        columns.extend([
            column(say::list_account(lang), 28),
            column(say::contract_number(lang), 14),
            column(say::list_document(lang), 16),
        ]);
        columns.extend(amount_columns(lang, say::list_deficit_time(lang), say::list_deficit_money(lang)));
        columns.push(column(say::booking(lang), 40));
        columns
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let mut cells = vec![Cell::Day(self.date)];
        cells.extend(customer_cells(&self.customer));
        let document = self.document.as_ref().map(|document| {
            let draft = || format!("{} ({})", kind_text(lang, document.kind), say::document_draft(lang));
            document.number.clone().unwrap_or_else(draft)
        });
        cells.push(Cell::text(&self.account.1));
        cells.push(Cell::text(self.contract.as_ref().map_or("", |(_, number)| number)));
        cells.push(Cell::text(document.unwrap_or_default()));
        cells.extend(Cell::amount(self.unit, self.amount));
        cells.push(Cell::currency(self.unit));
        let booking = self.booking.as_ref().map(|booking| booking_title(lang, booking));
        cells.push(Cell::text(booking.unwrap_or_default()));
        cells
    }
}

impl Exported for OpenItemRow {
    fn columns(lang: Lang) -> Vec<Column> {
        let mut columns = vec![
            column(say::documents_number(lang), 16),
            column(say::document_kind(lang), 18),
            column(say::document_date(lang), 12),
            column(say::document_due(lang), 12),
        ];
        columns.extend(customer_columns(lang));
        columns.extend([
            column(say::document_gross(lang), 14),
            column(say::receipt_received(lang), 14),
            column(say::receipt_open(lang), 14),
            column(say::document_currency(lang), 9),
            column(say::list_state(lang), 14),
            column(say::open_items_days(lang), 12),
        ]);
        columns
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let document = &self.document;
        let currency = document.gross.currency;
        let money = |minor| Cell::money(Money { minor, currency });
        let mut cells = vec![
            Cell::text(document.number.as_deref().unwrap_or_default()),
            Cell::text(kind_text(lang, document.kind)),
            Cell::Day(document.date),
            Cell::Day(document.due_on),
        ];
        cells.extend(customer_cells(&document.customer));
        cells.extend([
            Cell::money(document.gross),
            money(document.received),
            money(self.standing.open),
            Cell::text(currency.code()),
            Cell::text(crate::receipts::payment_text(lang, self.standing.state)),
            Cell::count(u64::from(self.standing.days_overdue)),
        ]);
        cells
    }
}

impl Exported for LapseRow {
    fn columns(lang: Lang) -> Vec<Column> {
        let mut columns = vec![column(say::list_lapses_on(lang), 12)];
        columns.extend(customer_columns(lang));
        columns.extend([
            column(say::list_account(lang), 28),
            column(say::contract_number(lang), 14),
            column(say::list_lot_from(lang), 12),
            column(say::list_lot_last(lang), 12),
            column(say::list_why(lang), 34),
        ]);
        columns.extend(amount_columns(lang, say::list_lost_time(lang), say::list_lost_money(lang)));
        columns
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let mut cells = vec![Cell::Day(self.date)];
        cells.extend(customer_cells(&self.customer));
        cells.push(Cell::text(&self.account.1));
        cells.push(Cell::text(self.contract.as_ref().map_or("", |(_, number)| number)));
        cells.extend([Cell::Day(self.valid.from), Cell::day(self.valid.last_day())]);
        cells.push(Cell::text(cause_text(lang, self.cause)));
        cells.extend(Cell::amount(self.unit, self.amount));
        cells.push(Cell::currency(self.unit));
        cells
    }
}
