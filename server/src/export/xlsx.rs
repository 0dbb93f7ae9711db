//! Lists as workbooks: real numbers, dates and times.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use texts::Lang;
use wire::lists::{Cell, Column, Exported};

/// The day before the first one that a workbook counts.
const ZERO: NaiveDate = NaiveDate::from_ymd_opt(1899, 12, 30).expect("it is a day");
/// The longest text that a cell of a workbook holds.
const LONGEST: usize = 32_000;

/// A workbook with one sheet that grows row by row; what was added lies on disk.
pub struct Sheet {
    workbook: Workbook,
    next: u32,
    formats: Formats,
}

struct Formats {
    day: Format,
    instant: Format,
    time: Format,
    money: Format,
}

impl Sheet {
    /// A sheet with these columns under a heading that stays in sight.
    pub fn new(columns: &[Column]) -> Result<Sheet, XlsxError> {
        let mut workbook = Workbook::new();
        let head = Format::new().set_bold();
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (place, column) in (0_u16..).zip(columns) {
            sheet.set_column_width(place, f64::from(column.width))?;
            sheet.write_string_with_format(0, place, column.heading, &head)?;
        }
        let formats = Formats {
            day: Format::new().set_num_format("yyyy-mm-dd"),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            // Hours beyond a day go on being hours.
            time: Format::new().set_num_format("[h]:mm:ss"),
            money: Format::new().set_num_format("#,##0.00"),
        };
        Ok(Sheet { workbook, next: 1, formats })
    }

    /// Adds rows.
    pub fn add<R: Exported>(&mut self, rows: &[R], lang: Lang) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for row in rows {
            for (place, cell) in (0_u16..).zip(row.cells(lang)) {
                let formats = &self.formats;
                let (number, format) = match cell {
                    Cell::Empty => continue,
                    Cell::Text(text) => {
                        // Written as a text it is never a formula, whatever it begins with.
                        let text: String = text.chars().take(LONGEST).collect();
                        sheet.write_string(self.next, place, text)?;
                        continue;
                    }
                    Cell::Whole(number) => {
                        sheet.write_number(self.next, place, as_number(number))?;
                        continue;
                    }
                    Cell::Number(number) => (number.to_f64().unwrap_or_default(), &formats.money),
                    Cell::Day(day) => (as_number(day.signed_duration_since(ZERO).num_days()), &formats.day),
                    Cell::Instant(at) => (since_zero(at.naive_local()), &formats.instant),
                    Cell::Time(time) => (as_number(time.0) / 86_400.0, &formats.time),
                };
                sheet.write_number_with_format(self.next, place, number, format)?;
            }
            self.next += 1;
        }
        Ok(())
    }

    /// The packed workbook.
    pub fn packed(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }
}

/// Workbooks know no other numbers than these; whole ones are exact up to 2^53, which is far beyond any figure here.
fn as_number(number: i64) -> f64 {
    number.to_f64().unwrap_or_default()
}

fn since_zero(at: NaiveDateTime) -> f64 {
    let since = at.signed_duration_since(ZERO.and_time(chrono::NaiveTime::MIN));
    as_number(since.num_seconds()) / 86_400.0
}
