//! The audit of invoices over periods of projects: what stands on the document, what its activity report says, and the
//! bookings that stand on it are the same time.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    BillingLineId, BookingId, Seconds,
    documents::{DocumentState, hours},
    splitting::{Pays, Target, worth},
};
use store::audit::{self, BookingOn, InvoicedLine, KeptProjectInvoice};
use wire::projects::{ActivityReport, ReportLine, ReportRow};

use super::{Fault, Report, STEP};
use crate::{Env, Refused};

/// Audits every invoice over a period of a project.
pub(super) async fn verify(env: &Env, report: &mut Report) -> Result<(), Refused> {
    let mut last = String::new();
    loop {
        let mut tx = env.db.read().await?;
        let found = audit::project_invoices_after(&mut tx, &last, STEP).await?;
        let Some(end) = found.last() else { return Ok(()) };
        last = end.invoice.document.to_string();
        for kept in &found {
            let lines = audit::invoiced_lines(&mut tx, kept.invoice.document).await?;
            let on = audit::bookings_on(&mut tx, kept.invoice.document).await?;
            let name = kept.number.clone().unwrap_or_else(|| kept.invoice.document.to_string());
            let fault = |what| Fault { account: None, entry: None, what: format!("project invoice {name}: {what}") };
            report.faults.extend(faults(kept, &lines, &on).into_iter().map(fault));
        }
    }
}

fn faults(kept: &KeptProjectInvoice, lines: &[InvoicedLine], on: &HashMap<BookingId, BookingOn>) -> Vec<String> {
    let report = &kept.invoice.report;
    let mut faults: Vec<String> = (0..report.lines.len()).filter_map(|place| wrong_line(kept, lines, place)).collect();
    // What was cancelled has given its bookings back; that none stands on it is asked of the bookings.
    if kept.state == DocumentState::Cancelled {
        return faults;
    }
    faults.extend((0..report.lines.len()).filter_map(|place| wrong_taken(report, place, on)));
    let reported: HashSet<BookingId> = report.rows.iter().map(|row| row.booking).collect();
    faults.extend(report.rows.iter().filter_map(|row| wrong_row(kept, row, on.get(&row.booking))));
    let unreported = on.keys().find(|booking| !reported.contains(booking));
    faults.extend(unreported.map(|booking| format!("booking {booking} stands on it and not in its report")));
    faults
}

/// Whether a line says something else than the time of its report: nobody has changed it as long as it has its rate, and
/// its quantity is that of the time.
fn wrong_line(kept: &KeptProjectInvoice, lines: &[InvoicedLine], place: usize) -> Option<String> {
    let of = kept.invoice.report.lines.get(place)?;
    let seconds = time_of(&kept.invoice.report, place);
    let printed = lines.iter().find(|printed| printed.id == of.document_line)?;
    let untouched = printed.line.price == of.rate.unwrap_or_default()
        && printed.line.discount.value().is_zero()
        && Some(printed.line.quantity) == hours(seconds);
    let decided = worth(seconds, of.rate.unwrap_or_default(), kept.currency).map(|worth| worth.minor);
    (untouched && decided != Some(printed.total))
        .then(|| format!("line {} comes to {}, its bookings to {decided:?}", printed.id, printed.total))
}

/// Whether a line says that its bookings take something else of an account of money than they do. Reports that are older
/// than that do not say it.
fn wrong_taken(report: &ActivityReport, place: usize, on: &HashMap<BookingId, BookingOn>) -> Option<String> {
    let of = report.lines.get(place).filter(|of| of.pays == Some(Pays::PrepaidMoney))?;
    let rows = report.rows.iter().filter(|row| row.parts.iter().any(|(part, _)| *part == place));
    let taken = rows.map(|row| {
        let portions = on.get(&row.booking).into_iter().flat_map(|(.., portions)| portions);
        let own = portions.filter(|portion| portion.target == Target::Line { line: of.line });
        own.map(|portion| portion.taken.units()).sum::<i64>()
    });
    let taken: Vec<i64> = taken.collect();
    (taken != of.taken)
        .then(|| format!("line {} says that {:?} is taken, its bookings take {taken:?}", of.line, of.taken))
}

/// All time of a line of the report.
fn time_of(report: &ActivityReport, place: usize) -> Seconds {
    let parts = report.rows.iter().flat_map(|row| &row.parts).filter(|(of, _)| *of == place);
    Seconds(parts.fold(0, |sum, (_, time)| sum.saturating_add(time.0)))
}

/// Whether a row of the report says something else than the booking.
fn wrong_row(kept: &KeptProjectInvoice, row: &ReportRow, on: Option<&BookingOn>) -> Option<String> {
    let id = row.booking;
    let Some((date, [real, billed], portions)) = on else {
        return Some(format!("booking {id} stands in its report and not on it"));
    };
    let invoice = &kept.invoice;
    if !invoice.period.contains(*date) {
        return Some(format!("booking {id} of {date} lies outside its period"));
    }
    if (row.date, row.real, row.billed) != (*date, *real, *billed) {
        return Some(format!("booking {id} is {real:?} on {date}, {billed:?} billed: its report says otherwise"));
    }
    let lines: &[ReportLine] = &invoice.report.lines;
    let shown: HashSet<BillingLineId> = lines.iter().map(|line| line.line).collect();
    let mut own = BTreeMap::<BillingLineId, i64>::new();
    for portion in portions {
        if let Target::Line { line } = portion.target
            && shown.contains(&line)
        {
            *own.entry(line).or_default() += portion.seconds.0;
        }
    }
    let mut said = BTreeMap::<BillingLineId, i64>::new();
    for (place, time) in &row.parts {
        let Some(ReportLine { line, .. }) = lines.get(*place) else {
            return Some(format!("booking {id} has time on line {place} of its report, which has no such line"));
        };
        *said.entry(*line).or_default() += time.0;
    }
    (own != said).then(|| format!("booking {id} has {own:?} on its lines, its report says {said:?}"))
}
