//! What a period of the project puts on an invoice.

use domain::{
    DocumentId,
    projects::{InvoiceBooking, InvoiceFacts, InvoiceLine, InvoicedPortion, LeftOut, ReportedLine, invoice},
    splitting::{Lock, Target, share_out},
};
use uuid::Uuid;

use super::{runner::Telling, say};
use crate::{contract_story::words, story_words::range};

impl Telling {
    /// `2026-04-01 .. 2026-05-01 showing Free + Block`.
    pub fn invoice_period(&self, text: &str) -> Result<String, String> {
        let (days, named) = text.split_once(" showing ").map_or((text, None), |(days, named)| (days, Some(named)));
        let days = range(days)?;
        let named = named.into_iter().flat_map(|named| named.split(" + "));
        let reported = named.map(|name| self.line_id(name)).collect::<Result<Vec<_>, _>>()?;
        let own = &self.world.facts;
        let bookings = own.bookings.iter().filter(|posted| days.contains(posted.booking.date)).map(|posted| {
            let portion = |portion: &domain::splitting::Portion| {
                let rate = match portion.target {
                    Target::Line { line } => self.rate_of(line).ok(),
                    Target::NotBillable | Target::Unassigned => None,
                };
                InvoicedPortion { target: portion.target, seconds: portion.seconds, rate, taken: portion.taken }
            };
            InvoiceBooking {
                booking: posted.booking.id,
                date: posted.booking.date,
                accepted: posted.accepted,
                portions: posted.portions.iter().map(portion).collect(),
                document: (posted.lock == Some(Lock::Document)).then_some(DocumentId::new(Uuid::from_u128(7))),
            }
        });
        let lines = own.lines.iter().map(|of| ReportedLine { line: of.id, reported: reported.contains(&of.id) });
        let facts = InvoiceFacts {
            currency: own.currency,
            vat: "19".parse().expect("a rate"),
            lines: lines.collect(),
            bookings: bookings.collect(),
        };
        let plan = invoice(&facts).map_err(|error| error.to_string())?;
        let lines = plan.lines.iter().map(|line| self.invoiced(line));
        let left = plan.left_out.iter().map(|left| {
            let why = match left.why {
                LeftOut::OnDocument { .. } => "on a document".to_owned(),
                LeftOut::Unassigned { open } => format!("unassigned {}", say::time(open)),
                LeftOut::NotBillable => "not billable".to_owned(),
                LeftOut::NotShown => "not shown".to_owned(),
            };
            format!("left out {} {why}", self.name_of(left.booking))
        });
        let said: Vec<String> = lines.chain(left).collect();
        Ok(if said.is_empty() { "nothing".to_owned() } else { said.join("; ") })
    }

    /// `Support 0:15 h 0.25 = 25.00: A 0:15 25.00`: its time, the quantity of the document, its total, and the shares.
    fn invoiced(&self, line: &InvoiceLine) -> String {
        let money = |minor| words::money(minor, self.world.facts.currency);
        let times: Vec<_> = line.parts.iter().map(|(_, time)| *time).collect();
        let shares = share_out(line.total, &times).expect("small figures");
        let parts = line.parts.iter().zip(shares).map(|((booking, time), share)| {
            let share = if line.rate.is_some() { format!(" {}", money(share)) } else { String::new() };
            format!("{} {}{share}", self.name_of(*booking), say::time(*time))
        });
        let parts: Vec<_> = parts.collect();
        let (name, time) = (self.name_of_line(line.line), say::time(line.seconds));
        format!("{name} {time} h {} = {}: {}", line.quantity, money(line.total), parts.join(", "))
    }
}
