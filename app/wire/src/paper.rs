//! What stands on a paper: all that its PDF shows, kept as it is when the document is issued.
//!
//! *Invariants.* [`Input`] is plain data: exact minor units, dates, texts as people typed them. Two papers of the same
//! input and the same [`TEMPLATE_VERSION`] are the same bytes. It holds no id and nothing that is looked up later.
//!
//! *Boundaries.* How it looks is decided where it is set; which words and figures, by `texts`.

use chrono::NaiveDate;
use domain::{
    Currency, DateRange, Discount, Price, Quantity, Seconds, VatRate,
    clearing::LineOutcome,
    documents::{DocumentKind, LineUnit, Totals},
    quota::{Amount, Unit},
    splitting::Pays,
};
use serde::{Deserialize, Serialize};
use texts::{Lang, say};

/// Which form of this input, and which template, a paper was made of. Raised when either changes so that a paper set
/// before would look different.
pub const TEMPLATE_VERSION: u32 = 1;

/// What the paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// An invoice over periods of contracts.
    ContractInvoice,
    /// An ordinary invoice.
    Invoice,
    /// An invoice over what was taken beyond a quota.
    Balancing,
    /// What gives money back without undoing a document.
    Credit,
    /// What was delivered; shows no prices.
    DeliveryNote,
    /// What undoes a document.
    Cancellation,
}

impl PaperKind {
    /// Every kind.
    pub const ALL: [PaperKind; 6] = [
        PaperKind::ContractInvoice,
        PaperKind::Invoice,
        PaperKind::Balancing,
        PaperKind::Credit,
        PaperKind::DeliveryNote,
        PaperKind::Cancellation,
    ];
}

impl From<DocumentKind> for PaperKind {
    fn from(kind: DocumentKind) -> PaperKind {
        match kind {
            DocumentKind::ContractInvoice => PaperKind::ContractInvoice,
            DocumentKind::Invoice => PaperKind::Invoice,
            DocumentKind::Balancing => PaperKind::Balancing,
            DocumentKind::DeliveryNote => PaperKind::DeliveryNote,
            DocumentKind::Cancellation => PaperKind::Cancellation,
        }
    }
}

/// All that a paper shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// In which language it speaks.
    pub lang: Lang,
    /// What it is.
    pub kind: PaperKind,
    /// Who sends it.
    pub letterhead: Letterhead,
    /// Who gets it.
    pub customer: Recipient,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: NaiveDate,
    /// For which time, when it is one for all lines. Without this and without a time at a line, it is its date.
    pub service: Option<DateRange>,
    /// What the customer calls it.
    pub reference: String,
    /// When and how it is to be paid; none on what is not.
    pub payment: Option<Payment>,
    /// What it undoes, or gives money back for.
    pub cancels: Option<Cancelled>,
    /// The currency of all sums.
    pub currency: Currency,
    /// The lines, from top to bottom.
    pub lines: Vec<PaperLine>,
    /// What lines and clearing items come to together, with the VAT per rate.
    pub totals: Totals,
    /// Why there is a rate of 0 %: one of the texts that the law asks for, such as that the customer owes the tax.
    pub zero_rate_reason: String,
    /// What became of the quotas that it touches.
    pub balances: Vec<PaperBalance>,
    /// A paragraph above the lines.
    pub intro: String,
    /// A paragraph at the end.
    pub closing: String,
    /// The activity report behind it. An input without one is written as before there were any: its hash stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<PaperReport>,
}

/// An activity report: what was worked on a project, and what of it is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperReport {
    /// The number of the project.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The days.
    pub period: DateRange,
    /// The lines of the paper whose time it reports, in their order.
    pub lines: Vec<PaperReportLine>,
    /// What was worked, by day.
    pub rows: Vec<PaperReportRow>,
}

/// A line of the paper with the time of which it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperReportLine {
    /// What it is called.
    pub name: String,
    /// Whether it charges; otherwise its time costs nothing.
    pub charged: bool,
    /// How its time is paid for otherwise. An input that does not say it is written as before it did: its hash stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pays: Option<Pays>,
    /// What its time takes of an account of money, in minor units; none where it takes nothing of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<i64>,
    /// All its time.
    pub seconds: Seconds,
    /// What the paper charges for it, in minor units; none where that line is not on the paper any more.
    pub amount: Option<i64>,
}

/// Time that somebody has worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperReportRow {
    /// The day.
    pub date: NaiveDate,
    /// Who.
    pub person: String,
    /// On which task.
    pub task: String,
    /// What was done.
    pub note: String,
    /// How long, as it is billed.
    pub time: Seconds,
    /// How long it really was, where that is something else.
    pub real: Option<Seconds>,
    /// To which lines its time goes.
    pub parts: Vec<PaperReportPart>,
}

/// The part of some time that goes to one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperReportPart {
    /// The place of the line among those of the report, from 0.
    pub line: usize,
    /// How much.
    pub seconds: Seconds,
    /// Its share of what the line comes to, in minor units: together the shares are that.
    pub amount: Option<i64>,
    /// What it takes of an account of money, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<i64>,
}

/// Who sends a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letterhead {
    /// The name of the company.
    pub name: String,
    /// Its address, line by line, without the name.
    pub address: Vec<String>,
    /// How to reach it: telephone, e-mail, web.
    pub contact: Vec<String>,
    /// What its legal form asks for on letters: court and number of the register, managing directors.
    pub legal: Vec<String>,
    /// The number that its tax office gave it.
    pub tax_id: String,
    /// Its VAT identification number.
    pub vat_id: String,
    /// Where it wants its money.
    pub bank: Option<Bank>,
    /// The one colour besides ink: red, green, blue.
    pub accent: [u8; 3],
    /// Its logo, instead of its name in letters.
    pub logo: Option<Logo>,
}

/// An account at a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bank {
    /// The name of the bank.
    pub name: String,
    /// The number, with or without spaces.
    pub iban: String,
    /// The bank's code; may be empty within the euro area.
    pub bic: String,
}

/// A picture as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    /// Of which kind.
    pub format: LogoFormat,
    /// The file. In JSON as base64.
    #[serde(with = "as_base64")]
    pub bytes: Vec<u8>,
}

impl Logo {
    /// The largest file: it is kept with every paper.
    pub const MOST_BYTES: usize = 256 * 1024;
    /// The most pixels to a side: a small file can hold a picture that fills the memory.
    pub const MOST_PIXELS: u32 = 4_000;
}

/// The kinds of pictures that a logo can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogoFormat {
    /// Pixels.
    Png,
    /// Lines and areas.
    Svg,
}

/// Who gets a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The number of the customer.
    pub number: String,
    /// The name.
    pub name: String,
    /// The address, line by line, without the name; the country last if it is another.
    pub address: Vec<String>,
    /// The VAT identification number.
    pub vat_id: String,
}

/// When and how an invoice is to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The last day.
    pub due_on: NaiveDate,
    /// What is due, in minor units; less than nothing is paid back.
    pub due: i64,
    /// What else was agreed, in words.
    pub terms: String,
}

/// The document that another one undoes or corrects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// What it is.
    pub kind: PaperKind,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: NaiveDate,
    /// Why.
    pub reason: String,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLine {
    /// What is charged; may have several lines.
    pub text: String,
    /// How much of it.
    pub quantity: Quantity,
    /// What the quantity counts.
    pub unit: LineUnit,
    /// The net price of one.
    pub price: Price,
    /// Taken off, in per cent.
    pub discount: Discount,
    /// The rate of VAT.
    pub vat: VatRate,
    /// The net total in minor units, without what a quota takes off.
    pub total: i64,
    /// For which time.
    pub service: Option<DateRange>,
    /// The number of the contract that it bills.
    pub contract: Option<String>,
    /// The number of the delivery note from which it comes.
    pub note: Option<String>,
    /// What a quota made of it.
    pub clearing: Option<PaperClearing>,
}

/// What a quota made of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperClearing {
    /// The number of the contract whose quota it is.
    pub contract: String,
    /// What the quota counts, and so all amounts here.
    pub unit: Unit,
    /// How the line came out.
    pub outcome: LineOutcome,
    /// What the line asked for.
    pub wanted: Amount,
    /// What the quota took off, its deficit included; less than nothing on a cancellation.
    pub cleared: Amount,
    /// What of it no lot covers.
    pub deficit: Amount,
    /// What that takes off the invoice, in minor units: nothing or negative; positive on a cancellation.
    pub item: i64,
    /// The lots that gave it.
    pub lots: Vec<PaperPart>,
}

/// What a lot gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperPart {
    /// When the lot can be drawn.
    pub valid: DateRange,
    /// How much.
    pub amount: Amount,
}

/// What became of a quota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperBalance {
    /// The number of the contract.
    pub contract: String,
    /// What the quota is called; may be empty.
    pub name: String,
    /// What it counts, and so all amounts here.
    pub unit: Unit,
    /// What was available before.
    pub before: Amount,
    /// What is available afterwards.
    pub after: Amount,
    /// The open deficits afterwards.
    pub deficit: Amount,
    /// Its lots, in the order of consumption.
    pub lots: Vec<PaperLot>,
}

/// A lot, from granted to lapsed. What is left is the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLot {
    /// When it can be drawn.
    pub valid: DateRange,
    /// What was granted.
    pub granted: Amount,
    /// What was used before.
    pub used: Amount,
    /// What this document draws.
    pub here: Amount,
    /// What drafts hold.
    pub held: Amount,
    /// What has lapsed.
    pub lapsed: Amount,
    /// Whether this document grants it.
    pub new: bool,
}

/// What the law asks of an invoice and an input does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Name and address of the company.
    SenderAddress,
    /// The company's tax number or VAT id.
    SenderTaxId,
    /// Name and address of the customer.
    CustomerAddress,
    /// Why a rate is 0 %.
    ZeroRateReason,
    /// The document that a cancellation undoes.
    Cancels,
}

impl Input {
    /// What is missing that an invoice needs by law (§ 14 (4) UStG), to be said before it is issued. Nothing on a delivery
    /// note: it is none.
    pub fn gaps(&self) -> Vec<Gap> {
        if self.kind == PaperKind::DeliveryNote {
            return Vec::new();
        }
        let blank = |text: &String| text.trim().is_empty();
        let head = &self.letterhead;
        let zero = self.totals.rates.iter().any(|sum| sum.rate.percent().is_zero() && sum.net != 0);
        let gaps = [
            (Gap::SenderAddress, blank(&head.name) || head.address.iter().all(blank)),
            (Gap::SenderTaxId, blank(&head.tax_id) && blank(&head.vat_id)),
            (Gap::CustomerAddress, blank(&self.customer.name) || self.customer.address.iter().all(blank)),
            (Gap::ZeroRateReason, zero && blank(&self.zero_rate_reason)),
            (Gap::Cancels, self.kind == PaperKind::Cancellation && self.cancels.is_none()),
        ];
        gaps.into_iter().filter_map(|(gap, missing)| missing.then_some(gap)).collect()
    }

    /// Whether the lines with their clearing items come to the net sums, rate by rate, and these to the totals.
    pub fn adds_up(&self) -> bool {
        let Totals { net, vat, gross, rates } = &self.totals;
        let lines_of = |rate: VatRate| -> i128 {
            let lines = self.lines.iter().filter(|line| line.vat == rate);
            lines.map(|line| i128::from(line.total) + line.clearing.as_ref().map_or(0, |c| i128::from(c.item))).sum()
        };
        let sum = |pick: fn(&domain::documents::VatSum) -> i64| rates.iter().map(|sum| i128::from(pick(sum))).sum();
        let known = |line: &PaperLine| rates.iter().any(|sum| sum.rate == line.vat);
        self.lines.iter().all(known)
            && rates.iter().all(|sum| lines_of(sum.rate) == i128::from(sum.net))
            && i128::from(*net) == sum(|sum| sum.net)
            && i128::from(*vat) == sum(|sum| sum.vat)
            && i128::from(*gross) == i128::from(*net) + i128::from(*vat)
    }
}

/// What a gap is called.
pub fn gap_text(lang: Lang, gap: Gap) -> &'static str {
    match gap {
        Gap::SenderAddress => say::paper_gap_sender(lang),
        Gap::SenderTaxId => say::paper_gap_tax_id(lang),
        Gap::CustomerAddress => say::paper_gap_customer(lang),
        Gap::ZeroRateReason => say::paper_gap_zero_rate(lang),
        Gap::Cancels => say::paper_gap_cancels(lang),
    }
}

/// Bytes as text: a file in JSON is a third longer than it is, not four times.
mod as_base64 {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}
