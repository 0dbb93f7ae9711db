//! The activity report behind an invoice over a period of a project: the report as it was kept when the invoice was made,
//! with what the lines of the invoice come to shared out.

use domain::{Seconds, splitting::share_out};
use store::{StoreError, Tx, project_invoices};
use wire::{
    documents::DocumentPage,
    paper::{PaperReport, PaperReportLine, PaperReportPart, PaperReportRow},
    projects::{ActivityReport, ReportLine, ReportRow},
};

use crate::Refused;

/// A line of the report with what is left of it to be handed out.
struct Shared {
    line: PaperReportLine,
    /// The shares of its bookings, in the order of the rows; none where the invoice does not have the line any more.
    shares: Option<std::vec::IntoIter<i64>>,
    /// What each of them takes of an account of money, in the same order.
    taken: std::vec::IntoIter<i64>,
}

/// The report of a document; none of one that invoices no project.
///
/// What a line comes to stands on the document, also where somebody has changed its price as long as it was a draft: the
/// shares always add up to it.
pub(super) async fn of(tx: &mut Tx, page: &DocumentPage) -> Result<Option<PaperReport>, Refused> {
    let Some(found) = project_invoices::get(tx, page.row.id).await? else { return Ok(None) };
    let ActivityReport { project, period, lines, rows } = found.report;
    let shared = lines.iter().enumerate().map(|(place, line)| shared(page, line, &times(&rows, place)));
    let mut shared = shared.collect::<Result<Vec<_>, _>>()?;
    let rows = rows.into_iter().map(|row| row_of(row, &mut shared)).collect();
    let lines = shared.into_iter().map(|of| of.line).collect();
    Ok(Some(PaperReport { number: project.number, name: project.name, period, lines, rows }))
}

/// The times of a line, in the order of the rows.
fn times(rows: &[ReportRow], place: usize) -> Vec<Seconds> {
    let parts = rows.iter().flat_map(|row| &row.parts).filter(|(of, _)| *of == place);
    parts.map(|(_, time)| *time).collect()
}

fn shared(page: &DocumentPage, of: &ReportLine, times: &[Seconds]) -> Result<Shared, StoreError> {
    let own = |cleared: &wire::documents::ClearedLine| cleared.id == of.document_line;
    let amount = page.lines.iter().find(|line| line.cleared.as_ref().is_some_and(own)).map(|line| line.total);
    let shares = match amount {
        None => None,
        Some(total) => {
            let shares = share_out(total, times).ok_or(StoreError::GivenUp("a line cannot be shared out"))?;
            Some(shares.into_iter())
        }
    };
    let seconds = Seconds(times.iter().fold(0, |sum, time| sum.saturating_add(time.0)));
    let charged = of.rate.is_some() || amount.is_some_and(|total| total != 0);
    let taken = (!of.taken.is_empty()).then(|| of.taken.iter().copied().fold(0, i64::saturating_add));
    let line = PaperReportLine { name: of.name.clone(), charged, pays: of.pays, taken, seconds, amount };
    Ok(Shared { line, shares, taken: of.taken.clone().into_iter() })
}

/// A row takes the next share of each of its lines.
fn row_of(row: ReportRow, lines: &mut [Shared]) -> PaperReportRow {
    let mut parts = Vec::with_capacity(row.parts.len());
    for (line, seconds) in &row.parts {
        let mut of = lines.get_mut(*line);
        let amount = of.as_mut().and_then(|of| of.shares.as_mut()).and_then(Iterator::next);
        let taken = of.and_then(|of| of.taken.next());
        parts.push(PaperReportPart { line: *line, seconds: *seconds, amount, taken });
    }
    let time = Seconds(row.parts.iter().fold(0, |sum, (_, time)| sum.saturating_add(time.0)));
    // Of a booking of which something is not shown the real time would tell it.
    let real = (time == row.billed && row.real != row.billed).then_some(row.real);
    let ReportRow { date, person, task, note, .. } = row;
    PaperReportRow { date, person, task, note, time, real, parts }
}
