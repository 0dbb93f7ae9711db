//! The table of bookings.

use texts::{Lang, say};

use super::{
    Cell, Column, Exported,
    rows::{customer_cells, customer_columns, yes},
    table::column,
};
use crate::bookings::{BookingRow, lock_text, portion_text};

impl Exported for BookingRow {
    fn columns(lang: Lang) -> Vec<Column> {
        let mut columns = vec![column(say::booking_date(lang), 12), column(say::booking_person(lang), 20)];
        columns.extend(customer_columns(lang));
        columns.extend([
            column(say::times_project_number(lang), 12),
            column(say::project(lang), 28),
            column(say::task(lang), 24),
            column(say::booking_note(lang), 40),
            column(say::booking_time(lang), 10),
            column(say::booking_billed(lang), 10),
            column(say::booking_billable(lang), 11),
            column(say::times_portions(lang), 44),
            column(say::times_amount(lang), 14),
            column(say::document_currency(lang), 9),
            column(say::times_locked(lang), 40),
        ]);
        columns
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let mut cells = vec![Cell::Day(self.date), Cell::text(&self.person.name)];
        cells.extend(customer_cells(&self.customer));
        let portions = self.portions.iter().map(|named| portion_text(lang, self.currency, named));
        let amount = self.amount();
        cells.extend([
            Cell::text(&self.project.number),
            Cell::text(&self.project.name),
            Cell::text(&self.task_name),
            Cell::text(&self.note),
            Cell::Time(self.seconds),
            Cell::Time(self.billed),
            yes(lang, self.billable),
            Cell::text(portions.collect::<Vec<_>>().join("; ")),
            Cell::money(amount),
            Cell::text(amount.currency.code()),
            Cell::text(self.lock.map_or("", |lock| lock_text(lang, lock))),
        ]);
        cells
    }
}
