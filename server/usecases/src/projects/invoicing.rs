//! Invoicing a period of a project: the plan that a person sees, and the draft of an invoice with the activity report
//! behind it.
//!
//! The plan and the draft are decided by the same function, the second time under the lock of the project; where the two
//! come to something else, nothing is stored. The draft is a draft like any other: its lines can be changed and its
//! texts rewritten. What stands on it are the bookings: they keep their portions until it is deleted or cancelled.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::{
    BillingLineId, BookingId, DateRange, DocumentId, LineId, Permission, Price, Seconds, VatRate,
    contracts::Delivery,
    documents::{DocumentKind, PAYMENT_DAYS},
    projects::{
        InvoiceBooking, InvoiceFacts, InvoiceLine, InvoicePlan, InvoicedPortion, LeftOut, LeftOutBooking, ReportedLine,
        invoice,
    },
    splitting::{BillingLine, LineKind, Pays, Target},
};
use store::{
    StoreError, Tx,
    bookings::{self, PeriodBooking},
    customers, documents as stored_documents,
    project_invoices::{self, ProjectInvoice},
    projects::{self, StoredLine, StoredProject},
};
use texts::Lang;
use wire::{
    FieldReason, Noun, Problem,
    documents::{DocumentDraft, DocumentPage, DraftLine},
    history::FieldChange,
    projects::{
        ActivityReport, InvoiceAsk, InvoicePlanView, InvoiceProjectDraft, LeftOutRow, MOST_NAMED, PersonRef,
        ReportLine, ReportRow, invoice_line_text, invoice_refused,
    },
};

use crate::{
    Call, Env, Refused,
    changed::{Saver, note},
    documents, papers, settings,
};

/// Whoever makes drafts of documents and sees projects.
fn needs(call: &Call) -> Result<(), Refused> {
    call.needs(Permission::SeeProjects)?;
    call.needs(Permission::EditDocuments)
}

/// What invoicing a period of a project would make now; nothing changes.
pub async fn plan(env: &Env, call: &Call, ask: InvoiceAsk) -> Result<InvoicePlanView, Refused> {
    needs(call)?;
    let mut tx = env.db.read().await?;
    let project = projects::get(&mut tx, ask.project).await?.ok_or_else(|| Refused::not_found(Noun::Project))?;
    let period = Period::load(env, &mut tx, project, &ask).await?;
    period.view(&mut tx, env.today()).await
}

/// Makes the draft of an invoice over a period of a project, and puts the bookings on it: they are not changed any more
/// as long as it stands. The same again is the same invoice; the same id with other content is refused.
///
/// Refused when no booking of the period goes on an invoice (somebody may have invoiced them meanwhile), and with both
/// figures when it comes to something else than the person saw.
pub async fn create(env: &Env, call: &Call, draft: InvoiceProjectDraft) -> Result<DocumentPage, Refused> {
    needs(call)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, documents::told, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move { created(&env, tx, &draft, &saver).await })
    });
    done.await
}

async fn created(env: &Env, tx: &mut Tx, draft: &InvoiceProjectDraft, saver: &Saver) -> Result<DocumentId, Refused> {
    let (id, ask) = (draft.id, &draft.ask);
    let project = projects::lock(tx, &[ask.project]).await?.remove(&ask.project);
    let project = project.ok_or_else(|| Refused::not_found(Noun::Project))?;
    if let Some(before) = project_invoices::get(tx, id).await? {
        let same_rate = ask.vat.is_none_or(|vat| vat == before.vat);
        let same = before.project == ask.project && before.period == ask.period && same_rate;
        return if same { Ok(id) } else { Err(Problem::SameId.into()) };
    }
    if stored_documents::lock(tx, id).await?.is_some() {
        return Err(Problem::SameId.into());
    }
    let period = Period::load(env, tx, project, ask).await?;
    if let Some(seen) = &draft.seen {
        period.plan.as_seen(seen, period.project.currency).map_err(invoice_refused)?;
    }
    period.plan.check().map_err(invoice_refused)?;
    let customer = period.project.row.customer.id;
    let card = customers::get(tx, customer).await?.ok_or_else(|| Refused::not_found(Noun::Customer))?.card;
    let lines = period.document_lines(env, papers::lang_of(&card));
    let report = period.report(&lines);
    let document = DocumentDraft {
        id,
        version: 0,
        kind: DocumentKind::Invoice,
        customer,
        currency: period.project.currency,
        date: env.today(),
        delivery: Delivery::default(),
        payment_days: PAYMENT_DAYS,
        lines,
        seen: Vec::new(),
    };
    documents::save_locked(env, tx, &document, saver).await?;
    let invoice = ProjectInvoice { document: id, project: ask.project, period: ask.period, vat: period.vat, report };
    project_invoices::add(tx, &invoice).await?;
    bookings::put_on(tx, id, &period.plan.bookings).await?;
    let number = period.project.row.number.clone();
    let made = FieldChange { field: "project".to_owned(), before: None, after: Some(number) };
    note(tx, (documents::SUBJECT, id.to_string()), saver, vec![made]).await?;
    Ok(id)
}

/// A period of a project with its plan, and the names of what is in it.
struct Period {
    project: StoredProject,
    /// In their order, also those that were taken out.
    lines: Vec<StoredLine>,
    bookings: Vec<PeriodBooking>,
    days: DateRange,
    vat: VatRate,
    /// The rates that can be chosen.
    vat_rates: Vec<VatRate>,
    plan: InvoicePlan,
}

impl Period {
    async fn load(env: &Env, tx: &mut Tx, project: StoredProject, ask: &InvoiceAsk) -> Result<Period, Refused> {
        if ask.period.until.is_none() {
            return Err(Problem::field("last", FieldReason::Missing).into());
        }
        let vat_rates = settings::read(env, tx).await?.vat_rates;
        let vat = ask.vat.or(vat_rates.first().copied());
        let vat = vat.ok_or_else(|| Problem::field("vat", FieldReason::Missing))?;
        let id = project.row.id;
        let lines = projects::lines(tx, id).await?;
        let versions = projects::line_versions(tx, id).await?;
        let versions: HashMap<i64, Vec<BillingLine>> =
            versions.into_iter().map(|version| (version.version, version.lines)).collect();
        let bookings = bookings::of_period(tx, id, ask.period).await?;
        let reported = |stored: &StoredLine| ReportedLine { line: stored.line.id, reported: stored.reported };
        let facts = InvoiceFacts {
            currency: project.currency,
            vat,
            lines: lines.iter().map(reported).collect(),
            bookings: bookings.iter().map(|of| invoiced(of, &lines, &versions)).collect::<Result<_, _>>()?,
        };
        let plan = invoice(&facts).map_err(invoice_refused)?;
        Ok(Period { project, lines, bookings, days: ask.period, vat, vat_rates, plan })
    }

    /// The name of a line, and how its time is paid for: that does not change while time is booked on it.
    fn named(&self, line: BillingLineId) -> (&str, Pays) {
        let found = self.lines.iter().find(|stored| stored.line.id == line);
        found.map_or(("", Pays::Effort), |stored| (stored.name.as_str(), stored.line.kind.pays()))
    }

    fn by_id(&self) -> HashMap<BookingId, &PeriodBooking> {
        self.bookings.iter().map(|of| (of.stored.booking.id, of)).collect()
    }

    /// The lines of the document: a new id each, and no contract, because the waterfall has decided already.
    fn document_lines(&self, env: &Env, lang: Lang) -> Vec<DraftLine> {
        let project = self.project.row.named();
        let line = |line: &InvoiceLine| {
            let of = (&project, self.project.currency, self.days);
            let text = invoice_line_text(lang, self.named(line.line), line, of);
            let (id, line) = (LineId::new(env.id()), line.document_line(text, self.vat));
            DraftLine { id, line, contract: None, clears: true }
        };
        self.plan.lines.iter().map(line).collect()
    }

    /// The activity report, with the names of today.
    fn report(&self, lines: &[DraftLine]) -> ActivityReport {
        let mut parts = HashMap::<BookingId, Vec<(usize, Seconds)>>::new();
        for (place, line) in self.plan.lines.iter().enumerate() {
            for (booking, seconds) in &line.parts {
                parts.entry(*booking).or_default().push((place, *seconds));
            }
        }
        let by_id = self.by_id();
        let rows = self.plan.bookings.iter().filter_map(|id| {
            let PeriodBooking { stored, task, person, .. } = by_id.get(id)?;
            Some(ReportRow {
                booking: *id,
                date: stored.booking.date,
                person: person.clone(),
                task: task.clone(),
                note: stored.booking.note.clone(),
                real: stored.booking.seconds,
                billed: stored.billed,
                parts: parts.remove(id).unwrap_or_default(),
            })
        });
        let rows = rows.collect();
        let lines = self.plan.lines.iter().zip(lines).map(|(line, of)| {
            let (name, pays) = self.named(line.line);
            let taken = |(booking, _): &(BookingId, Seconds)| {
                let mut kept = by_id.get(booking).into_iter().flat_map(|of| &of.stored.portions);
                let kept = kept.find(|kept| kept.portion.target == Target::Line { line: line.line });
                kept.map_or(0, |kept| kept.portion.taken.units())
            };
            let money = pays == Pays::PrepaidMoney;
            let taken = if money { line.parts.iter().map(taken).collect() } else { Vec::new() };
            let (name, rate) = (name.to_owned(), line.rate);
            ReportLine { document_line: of.id, line: line.line, name, rate, pays: Some(pays), taken }
        });
        ActivityReport { project: self.project.row.named(), period: self.days, lines: lines.collect(), rows }
    }

    /// What is left out, by name.
    fn left_out(&self) -> Vec<LeftOutRow> {
        let by_id = self.by_id();
        let row = |left: &LeftOutBooking| {
            let PeriodBooking { stored, task, person, .. } = by_id.get(&left.booking)?;
            Some(LeftOutRow {
                booking: left.booking,
                date: left.date,
                person: PersonRef { id: stored.booking.person, name: person.clone() },
                task: task.clone(),
                seconds: left.seconds,
                why: left.why,
            })
        };
        self.plan.left_out.iter().take(MOST_NAMED).filter_map(row).collect()
    }

    async fn view(self, tx: &mut Tx, today: NaiveDate) -> Result<InvoicePlanView, Refused> {
        let left_out = self.left_out();
        let on: BTreeSet<DocumentId> = left_out
            .iter()
            .filter_map(|left| match left.why {
                LeftOut::OnDocument { document } => Some(document),
                LeftOut::Unassigned { .. } | LeftOut::NotBillable | LeftOut::NotShown => None,
            })
            .collect();
        let numbers = stored_documents::numbers(tx, &on.into_iter().collect::<Vec<_>>()).await?;
        let mut documents: Vec<_> = numbers.into_iter().collect();
        documents.sort();
        let flat = self.lines.iter().filter(|stored| !stored.removed && stored.line.kind == LineKind::FlatRate);
        let flat = flat.map(|stored| stored.line.id).collect();
        // What was taken out can still be due.
        let fees_due = self.lines.iter().filter_map(StoredLine::next_due).filter(|due| *due <= today).min();
        let fee = |stored: &StoredLine| !stored.removed && stored.line.fee().is_some();
        let fees = fees_due.is_some() || self.lines.iter().any(fee);
        Ok(InvoicePlanView {
            project: self.project.row.named(),
            customer: self.project.row.customer.clone(),
            period: self.days,
            currency: self.project.currency,
            vat: self.vat,
            lines: self.lines.iter().map(StoredLine::named).collect(),
            flat,
            fees,
            fees_due,
            left_out,
            documents,
            vat_rates: self.vat_rates,
            plan: self.plan,
        })
    }
}

/// A booking as it is invoiced: each portion of effort at the rate at which it was poured.
fn invoiced(
    of: &PeriodBooking,
    lines: &[StoredLine],
    versions: &HashMap<i64, Vec<BillingLine>>,
) -> Result<InvoiceBooking, StoreError> {
    let then = of.decided.as_ref().and_then(|decided| versions.get(&decided.lines));
    let rate = |target: Target| -> Result<Option<Price>, StoreError> {
        let Target::Line { line } = target else { return Ok(None) };
        let then = then.and_then(|lines| lines.iter().find(|of| of.id == line));
        let found = then.or_else(|| lines.iter().map(|stored| &stored.line).find(|of| of.id == line));
        match found.map(|line| &line.kind) {
            Some(LineKind::Effort { rate }) => Ok(Some(*rate)),
            Some(LineKind::Collector(_) | LineKind::FlatRate) => Ok(None),
            None => Err(StoreError::GivenUp("a portion names a billing line that is not there")),
        }
    };
    let portions = of.stored.portions.iter().map(|kept| {
        let (target, seconds) = (kept.portion.target, kept.portion.seconds);
        Ok(InvoicedPortion { target, seconds, rate: rate(target)?, taken: kept.portion.taken })
    });
    Ok(InvoiceBooking {
        booking: of.stored.booking.id,
        date: of.stored.booking.date,
        accepted: of.stored.accepted,
        portions: portions.collect::<Result<_, StoreError>>()?,
        document: of.stored.document,
    })
}
