//! Lists as CSV.

use texts::{Lang, clock};
use wire::lists::{Cell, Exported};

/// How figures and columns are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between the columns.
    separator: u8,
    /// Before the decimals.
    point: char,
    /// Whether it begins with the mark by which Excel knows that it is UTF-8.
    mark: bool,
}

impl Dialect {
    /// As Excel opens it in that language: in German with semicolons and decimal commas.
    pub fn of(lang: Lang) -> Dialect {
        match lang {
            Lang::De => Dialect { separator: b';', point: ',', mark: true },
            Lang::En => Dialect { separator: b',', point: '.', mark: true },
        }
    }

    /// As programs read it: commas, points, no mark.
    pub fn plain() -> Dialect {
        Dialect { separator: b',', point: '.', mark: false }
    }
}

/// The headings.
pub fn head<R: Exported>(lang: Lang, dialect: Dialect) -> Vec<u8> {
    let mut text = if dialect.mark { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
    text.extend(lines(std::iter::once(R::columns(lang).into_iter().map(|column| column.heading.to_owned())), dialect));
    text
}

/// Rows.
pub fn rows<R: Exported>(rows: &[R], lang: Lang, dialect: Dialect) -> Vec<u8> {
    lines(rows.iter().map(|row| row.cells(lang).into_iter().map(|cell| written(cell, dialect))), dialect)
}

fn lines<L: IntoIterator<Item = String>>(lines: impl Iterator<Item = L>, dialect: Dialect) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(dialect.separator)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for line in lines {
        // It is written into memory, and each line has the columns of the head.
        let _ = writer.write_record(line);
    }
    writer.into_inner().unwrap_or_default()
}

fn written(cell: Cell, dialect: Dialect) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Whole(number) => number.to_string(),
        Cell::Number(number) => number.to_string().replace('.', &dialect.point.to_string()),
        Cell::Day(day) => day.to_string(),
        Cell::Instant(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
        Cell::Time(time) => format!("{}{}", if time.0 < 0 { "-" } else { "" }, clock(time)),
    }
}

/// A text that no spreadsheet takes for a formula, whoever typed it: it then begins with an apostrophe.
fn harmless(text: String) -> String {
    let first = text.chars().find(|c| *c != ' ');
    if first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: only the first character is looked at, or any of them is left out.
    #[test]
    fn a_text_is_never_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"] {
            assert_eq!(harmless(bad.to_owned()), format!("'{bad}"));
        }
        for good in ["", "Müller & Co", "RE-1", "a=b", "1-2", "'quoted'"] {
            assert_eq!(harmless(good.to_owned()), good);
        }
    }

    #[test]
    fn figures_are_written_as_each_language_reads_them() {
        let euros = Cell::Number(rust_decimal::Decimal::new(-123_456, 2));
        assert_eq!(written(euros.clone(), Dialect::of(Lang::De)), "-1234,56");
        assert_eq!(written(euros, Dialect::of(Lang::En)), "-1234.56");
        let time = Cell::Time(domain::Seconds(360_000 + 90));
        assert_eq!(written(time, Dialect::plain()), "100:01:30");
        assert_eq!(written(Cell::Time(domain::Seconds(-1800)), Dialect::plain()), "-0:30");
    }
}
