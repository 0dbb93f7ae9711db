//! What the template gets: finished words and figures, in the language of the paper.

use chrono::{Datelike as _, NaiveDate};
use domain::{
    DateRange, Money,
    clearing::{LineOutcome, Reason},
    documents::Totals,
    money::decimals,
    quota::{Amount, Unit},
};
use rust_decimal::Decimal;
use serde::Serialize;
use texts::{Lang, amount, date, decimal, figure, money, say, units_name, validity};
use wire::paper::{
    Bank, Cancelled, Input, Letterhead, Logo, LogoFormat, PaperBalance, PaperClearing, PaperKind, PaperLine, PaperLot,
    Recipient,
};

use crate::{
    clean::{line, lines},
    giro,
    report::Report,
};

/// A text, line by line.
type Text = Vec<String>;

/// All that a template shows, and the few facts on which its shape depends.
#[derive(Serialize)]
pub(crate) struct View {
    lang: &'static str,
    title: String,
    author: String,
    /// Year, month, day.
    date: [u32; 3],
    accent: String,
    /// The accent where it is dark enough to be read, else ink.
    accent_text: String,
    logo: Option<Picture>,
    company: String,
    sender: Text,
    return_address: String,
    recipient: Text,
    facts: Vec<[String; 2]>,
    lead: Vec<Text>,
    /// The names of the columns.
    columns: Text,
    lines: Vec<Line>,
    totals: Vec<[String; 2]>,
    gross: Option<[String; 2]>,
    notes: Vec<Text>,
    pay: Vec<Text>,
    code: Option<Picture>,
    balances_title: String,
    balances: Vec<Balance>,
    receipt: Option<[String; 3]>,
    report: Option<Report>,
    footer: Vec<Text>,
    /// Below the columns of the footer, from edge to edge.
    legal: Text,
    /// With places for both numbers.
    page: String,
}

#[derive(Serialize)]
struct Picture {
    file: &'static str,
    alt: String,
    caption: String,
}

#[derive(Serialize)]
struct Line {
    place: String,
    text: Text,
    note: String,
    figures: Text,
    clearing: Option<Clearing>,
    /// So long that it may go on on the next page.
    long: bool,
}

#[derive(Serialize)]
struct Clearing {
    text: String,
    figures: Text,
}

#[derive(Serialize)]
struct Balance {
    title: String,
    words: String,
    warning: String,
    lots: Vec<Lot>,
}

#[derive(Serialize)]
struct Lot {
    name: String,
    /// Kind and length of each part of the bar, in thousandths of it.
    parts: Vec<(&'static str, i64)>,
    words: Vec<(&'static str, String)>,
}

/// A text of more characters is not kept on one page.
pub(crate) const LONG: usize = 1_500;

impl View {
    pub(crate) fn of(input: &Input, code: bool) -> View {
        let lang = input.lang;
        let head = &input.letterhead;
        let title = line(&title(lang, input.kind, &input.number, input.cancels.as_ref()));
        let priced = input.kind != PaperKind::DeliveryNote;
        let discounted = input.lines.iter().any(|line| !line.discount.value().is_zero());
        let set = Columns { input, priced, discounted };
        let [red, green, blue] = head.accent;
        let accent = format!("#{red:02x}{green:02x}{blue:02x}");
        let accent_text = if readable(head.accent) { accent.clone() } else { INK.to_owned() };
        View {
            lang: lang.tag(),
            author: line(&head.name),
            date: ymd(input),
            accent,
            accent_text,
            logo: head.logo.as_ref().map(|logo| Picture {
                file: logo_file(logo.format),
                alt: line(&say::paper_logo_alt(lang, &head.name)),
                caption: String::new(),
            }),
            company: line(&head.name),
            sender: all(&head.address).chain(all(&head.contact)).collect(),
            return_address: std::iter::once(line(&head.name)).chain(all(&head.address)).collect::<Vec<_>>().join(" · "),
            recipient: lines(&input.customer.name).into_iter().chain(all(&input.customer.address)).collect(),
            facts: facts(input),
            lead: lead(input),
            columns: set.names(),
            lines: input.lines.iter().enumerate().map(|(index, line)| set.line(index, line)).collect(),
            totals: if priced { totals(input) } else { Vec::new() },
            gross: priced.then(|| gross(input)),
            notes: [&input.zero_rate_reason]
                .map(|text| lines(text))
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect(),
            pay: pay(input),
            code: code.then(|| code_picture(input)),
            balances_title: say::paper_balances(lang).to_owned(),
            balances: input.balances.iter().map(|balance| self::balance(lang, balance)).collect(),
            receipt: (!priced).then(|| {
                [say::paper_received(lang), say::paper_received_on(lang), say::paper_received_by(lang)]
                    .map(str::to_owned)
            }),
            report: input.report.as_ref().map(|report| Report::of(input, report, &title)),
            footer: footer(lang, head),
            legal: all(&head.legal).collect(),
            page: say::paper_page(lang, "{page}", "{pages}"),
            title,
        }
    }
}

/// The ink of the pages.
const INK: &str = "#1f2622";

/// Whether letters of that colour can be read on white: what the eye sees of it, in thousandths, is little.
fn readable([red, green, blue]: [u8; 3]) -> bool {
    let seen = 213 * u32::from(red) + 715 * u32::from(green) + 72 * u32::from(blue);
    seen < 130 * 1000
}

/// Lines that say something.
fn all(texts: &[String]) -> impl Iterator<Item = String> + '_ {
    texts.iter().map(|text| line(text)).filter(|text| !text.is_empty())
}

fn ymd(input: &Input) -> [u32; 3] {
    // No book has a year before 0.
    [u32::try_from(input.date.year()).unwrap_or_default(), input.date.month(), input.date.day()]
}

fn title(lang: Lang, kind: PaperKind, number: &str, cancels: Option<&Cancelled>) -> String {
    match kind {
        PaperKind::ContractInvoice | PaperKind::Invoice => say::document_invoice_title(lang, number),
        PaperKind::Balancing => say::document_balancing_title(lang, number),
        PaperKind::Credit => say::paper_credit_title(lang, number),
        PaperKind::DeliveryNote => say::document_note_title(lang, number),
        PaperKind::Cancellation if cancels.is_some_and(|of| of.kind == PaperKind::DeliveryNote) => {
            say::document_cancellation_title(lang, number)
        }
        PaperKind::Cancellation => say::paper_cancellation_title(lang, number),
    }
}

fn facts(input: &Input) -> Vec<[String; 2]> {
    let lang = input.lang;
    let none = <[String; 2]>::default();
    let service = match (&input.service, input.lines.iter().any(|line| line.service.is_some())) {
        (Some(period), _) => [say::paper_service_period(lang).to_owned(), validity(lang, *period)],
        // Each line says its own.
        (None, true) => none.clone(),
        (None, false) => {
            let name = match input.kind {
                PaperKind::DeliveryNote => say::paper_delivery_date(lang),
                _ => say::paper_service_date(lang),
            };
            [name.to_owned(), date(lang, input.date)]
        }
    };
    // What undoes or corrects something delivers nothing itself.
    let delivers = !matches!(input.kind, PaperKind::Cancellation | PaperKind::Credit) || input.service.is_some();
    let due = input.payment.as_ref().filter(|payment| payment.due > 0).map(|payment| date(lang, payment.due_on));
    let of = |name: &str, value: &str| [name.to_owned(), value.to_owned()];
    let facts = [
        of(say::documents_number(lang), &input.number),
        of(say::document_date(lang), &date(lang, input.date)),
        of(say::paper_customer_number(lang), &input.customer.number),
        of(say::paper_customer_vat_id(lang), &input.customer.vat_id),
        of(say::paper_reference(lang), &input.reference),
        if delivers { service } else { none },
        of(say::document_due(lang), &due.unwrap_or_default()),
    ];
    let clean = facts.map(|[name, value]| [name, line(&value)]);
    clean.into_iter().filter(|[_, value]| !value.is_empty()).collect()
}

fn lead(input: &Input) -> Vec<Text> {
    let lang = input.lang;
    let cancels = input.cancels.as_ref().map(|of| {
        let (title, day) = (title(lang, of.kind, &of.number, None), date(lang, of.date));
        let first = match input.kind {
            PaperKind::Cancellation => say::paper_cancels(lang, title, day),
            _ => say::paper_corrects(lang, title, day),
        };
        let reason = line(&of.reason);
        let reason = if reason.is_empty() { Vec::new() } else { vec![say::paper_reason(lang, reason)] };
        [vec![line(&first)], reason].concat()
    });
    cancels.into_iter().chain([lines(&input.intro)]).filter(|text| !text.is_empty()).collect()
}

/// The columns of figures behind place and text.
struct Columns<'a> {
    input: &'a Input,
    priced: bool,
    discounted: bool,
}

impl Columns<'_> {
    fn names(&self) -> Text {
        let lang = self.input.lang;
        let columns = self.pick([
            say::item_quantity(lang).to_owned(),
            say::paper_price(lang).to_owned(),
            say::paper_discount(lang).to_owned(),
            say::paper_vat(lang).to_owned(),
            say::paper_total(lang, self.input.currency.code()),
        ]);
        [vec![say::paper_place(lang).to_owned(), say::paper_text(lang).to_owned()], columns].concat()
    }

    /// Those that this paper has.
    fn pick(&self, all: [String; 5]) -> Text {
        let shown = [true, self.priced, self.priced && self.discounted, self.priced, self.priced];
        all.into_iter().zip(shown).filter_map(|(text, shown)| shown.then_some(text)).collect()
    }

    fn line(&self, index: usize, of: &PaperLine) -> Line {
        let lang = self.input.lang;
        let discount = of.discount.value();
        let percent = |number: Decimal| format!("{}\u{a0}%", decimal(lang, number));
        let price = figure(lang, of.price.value(), decimals(self.input.currency));
        let figures = |quantity: String, total: i64| {
            let discount = if discount.is_zero() { String::new() } else { percent(discount) };
            self.pick([quantity, price.clone(), discount, percent(of.vat.percent()), plain(self.input, total)])
        };
        let quantity =
            format!("{}\u{a0}{}", figure(lang, of.quantity.value(), 0), units_name(lang, of.unit, of.quantity));
        let text = lines(&of.text);
        let note = [
            of.service.map(|period| say::document_service(lang, validity(lang, period))),
            of.contract.as_ref().map(|number| say::paper_line_contract(lang, number)),
            of.note.as_ref().map(|number| say::paper_line_note(lang, number)),
        ];
        let clearing = of.clearing.as_ref().and_then(|clearing| {
            // What comes back was used up then, and is not now.
            let nothing = clearing.cleared.is_zero() && self.input.kind == PaperKind::Cancellation;
            let text = clearing_words(lang, clearing).filter(|_| !nothing)?;
            let taken = amount(lang, clearing.unit, clearing.cleared.negated().unwrap_or_default());
            let figures = match clearing.unit {
                _ if clearing.cleared.is_zero() => self.pick(<[String; 5]>::default()),
                // A sum of money stands with the sums, unless there are none.
                Unit::Money(_) if self.priced => {
                    let (vat, item) = (percent(of.vat.percent()), plain(self.input, clearing.item));
                    self.pick([String::new(), String::new(), String::new(), vat, item])
                }
                _ => figures(line(&taken), clearing.item),
            };
            Some(Clearing { text, figures })
        });
        Line {
            place: (index + 1).to_string(),
            long: text.iter().map(String::len).sum::<usize>() > LONG || text.len() > 30,
            text,
            note: note.iter().flatten().map(|text| line(text)).collect::<Vec<_>>().join(" · "),
            figures: figures(quantity, of.total),
            clearing,
        }
    }
}

/// What the customer is told of a clearing; nothing where no quota was meant to pay.
fn clearing_words(lang: Lang, of: &PaperClearing) -> Option<String> {
    let say_amount = |value| amount(lang, of.unit, value);
    let contract = &of.contract;
    let cleared = of.cleared.units();
    let first = match &of.outcome {
        LineOutcome::Nothing(Reason::Exhausted { .. }) => say::paper_used_up(lang, contract),
        LineOutcome::Nothing(_) => return None,
        _ if cleared < 0 => {
            say::paper_cleared_back(lang, contract, say_amount(of.cleared.negated().unwrap_or_default()))
        }
        LineOutcome::Partial => say::paper_cleared_of(lang, contract, say_amount(of.cleared), say_amount(of.wanted)),
        LineOutcome::Full | LineOutcome::Overbooked => say::paper_cleared(lang, contract, say_amount(of.cleared)),
    };
    let several = of.lots.len() > 1;
    let lot = |valid: DateRange, value| {
        if several { format!("{} ({})", validity(lang, valid), say_amount(value)) } else { validity(lang, valid) }
    };
    let lots = of.lots.iter().map(|part| lot(part.valid, part.amount)).collect::<Vec<_>>().join(", ");
    let deficit = of.deficit.is_positive().then(|| say::paper_cleared_deficit(lang, say_amount(of.deficit)));
    let all = [first, lots, deficit.unwrap_or_default()].into_iter().filter(|text| !text.is_empty());
    Some(line(&all.collect::<Vec<_>>().join(" · ")))
}

/// A sum in a column whose head names the currency.
pub(crate) fn plain(input: &Input, minor: i64) -> String {
    figure(input.lang, Money { minor, currency: input.currency }.major(), decimals(input.currency))
}

/// The same with its currency, in a sentence.
fn with_currency(input: &Input, minor: i64) -> String {
    line(&money(input.lang, Money { minor, currency: input.currency }))
}

fn totals(input: &Input) -> Vec<[String; 2]> {
    let lang = input.lang;
    let Totals { net, rates, .. } = &input.totals;
    let items = input.lines.iter().filter_map(|line| line.clearing.as_ref()).map(|clearing| clearing.item);
    let cleared = items.fold(0, i64::saturating_add);
    let name = if cleared > 0 { say::paper_back_to_quotas(lang) } else { say::paper_from_quotas(lang) };
    let row = |name: &str, minor: i64| [name.to_owned(), plain(input, minor)];
    let before = [row(say::paper_before_clearing(lang), net.saturating_sub(cleared)), row(name, cleared)];
    let before = before.into_iter().filter(|_| cleared != 0);
    let vat = rates.iter().map(|sum| {
        let rate = decimal(lang, sum.rate.percent());
        row(&say::paper_vat_of(lang, rate, plain(input, sum.net)), sum.vat)
    });
    before.chain([row(say::paper_net(lang), *net)]).chain(vat).collect()
}

fn gross(input: &Input) -> [String; 2] {
    let name = match input.kind {
        PaperKind::Cancellation => say::paper_gross_cancelled(input.lang),
        PaperKind::Credit => say::paper_gross_back(input.lang),
        _ => say::paper_gross(input.lang),
    };
    [name.to_owned(), with_currency(input, input.totals.gross)]
}

fn pay(input: &Input) -> Vec<Text> {
    let lang = input.lang;
    let first = input.payment.as_ref().map(|payment| {
        let sum = with_currency(input, payment.due.saturating_abs());
        let (day, bank) = (date(lang, payment.due_on), input.letterhead.bank.as_ref());
        let iban = bank.map(|bank| giro::grouped(&bank.iban)).filter(|iban| !iban.is_empty());
        let sentence = match (payment.due, iban) {
            (0, _) => say::paper_nothing_due(lang).to_owned(),
            (i64::MIN..0, _) => say::paper_paid_back(lang, sum),
            (_, Some(iban)) => say::paper_pay(lang, sum, day, iban, &input.number),
            (_, None) => say::paper_payable(lang, sum, day),
        };
        [vec![line(&sentence)], lines(&payment.terms)].concat()
    });
    first.into_iter().chain([lines(&input.closing)]).filter(|text| !text.is_empty()).collect()
}

fn code_picture(input: &Input) -> Picture {
    let iban = input.letterhead.bank.as_ref().map(|bank| giro::grouped(&bank.iban)).unwrap_or_default();
    let sum = with_currency(input, input.payment.as_ref().map_or(0, |payment| payment.due));
    let alt = say::paper_qr_alt(input.lang, sum, &input.letterhead.name, iban, &input.number);
    Picture { file: "code.svg", alt: line(&alt), caption: say::paper_qr(input.lang).to_owned() }
}

fn balance(lang: Lang, of: &PaperBalance) -> Balance {
    let say_amount = |value| amount(lang, of.unit, value);
    let number = line(&say::paper_balance_title(lang, &of.contract));
    let name = line(&of.name);
    let deficit = of.deficit.is_positive().then(|| say::paper_balance_deficit(lang, say_amount(of.deficit)));
    Balance {
        title: if name.is_empty() { number } else { format!("{number} · {name}") },
        // What is granted says so itself; what else there is, the document does not know.
        words: if of.lots.iter().all(|lot| lot.new) {
            String::new()
        } else {
            line(&say::paper_balance(lang, say_amount(of.before), say_amount(of.after)))
        },
        warning: line(&deficit.unwrap_or_default()),
        lots: of.lots.iter().map(|lot| self::lot(lang, of.unit, lot)).collect(),
    }
}

fn lot(lang: Lang, unit: Unit, of: &PaperLot) -> Lot {
    let say_amount = |value: Amount| amount(lang, unit, value);
    let units = [of.used, of.here, of.held, of.lapsed].map(|part| part.units().max(0));
    let taken = units.iter().fold(0_i64, |sum, part| sum.saturating_add(*part));
    let left = of.granted.units().saturating_sub(taken).max(0);
    let kinds = ["used", "here", "held", "lapsed", "left"];
    let all: Vec<(&'static str, i64)> = kinds.into_iter().zip(units.into_iter().chain([left])).collect();
    let said = all.iter().filter(|(kind, part)| *part > 0 || *kind == "left").map(|(kind, part)| {
        let part = say_amount(Amount::new(*part));
        let words = match *kind {
            "used" => say::paper_lot_used(lang, part),
            "here" => say::paper_lot_here(lang, part),
            "held" => say::paper_lot_held(lang, part),
            "lapsed" => say::paper_lot_lapsed(lang, part),
            _ => {
                format!("{} {}", say::paper_lot_left(lang, part), say::paper_lot_granted(lang, say_amount(of.granted)))
            }
        };
        (*kind, line(&words))
    });
    let name = validity(lang, of.valid);
    Lot {
        name: line(&if of.new { say::paper_lot_new(lang, name) } else { name }),
        words: said.collect(),
        parts: thousandths(&all),
    }
}

/// The parts in thousandths of all of them, so that they fill the bar exactly; without those that are nothing.
fn thousandths(parts: &[(&'static str, i64)]) -> Vec<(&'static str, i64)> {
    let whole: i128 = parts.iter().map(|(_, part)| i128::from(*part)).sum::<i128>().max(1);
    let (mut sum, mut from, mut out) = (0_i128, 0, Vec::new());
    for (kind, part) in parts {
        sum += i128::from(*part);
        let until = i64::try_from(sum * 1000 / whole).unwrap_or(1000);
        if until > from {
            out.push((*kind, until - from));
        }
        from = until;
    }
    out
}

fn footer(lang: Lang, head: &Letterhead) -> Vec<Text> {
    let bank = |Bank { name, iban, bic }: &Bank| {
        let iban = Some(giro::grouped(iban)).filter(|iban| !iban.is_empty()).map(|iban| say::paper_iban(lang, iban));
        let bic = Some(bic).filter(|bic| !bic.trim().is_empty()).map(|bic| say::paper_bic(lang, bic));
        [Some(name.clone()), iban, bic].into_iter().flatten().collect::<Text>()
    };
    let tax = [
        (!head.tax_id.trim().is_empty()).then(|| say::paper_tax_id(lang, &head.tax_id)),
        (!head.vat_id.trim().is_empty()).then(|| say::paper_vat_id(lang, &head.vat_id)),
    ];
    let columns = [
        [vec![head.name.clone()], head.address.clone()].concat(),
        head.contact.clone(),
        tax.into_iter().flatten().collect(),
        head.bank.as_ref().map(bank).unwrap_or_default(),
    ];
    columns.iter().map(|column: &Text| all(column).collect::<Text>()).filter(|column| !column.is_empty()).collect()
}

/// The name of the logo among the files of a paper.
pub(crate) fn logo_file(format: LogoFormat) -> &'static str {
    match format {
        LogoFormat::Png => "logo.png",
        LogoFormat::Svg => "logo.svg",
    }
}

/// A paper with that logo and nothing else.
pub(crate) fn specimen(logo: Logo) -> Input {
    Input {
        lang: Lang::En,
        kind: PaperKind::DeliveryNote,
        letterhead: Letterhead {
            name: String::new(),
            address: Vec::new(),
            contact: Vec::new(),
            legal: Vec::new(),
            tax_id: String::new(),
            vat_id: String::new(),
            bank: None,
            accent: [0; 3],
            logo: Some(logo),
        },
        customer: Recipient { number: String::new(), name: String::new(), address: Vec::new(), vat_id: String::new() },
        number: String::new(),
        date: NaiveDate::default(),
        service: None,
        reference: String::new(),
        payment: None,
        cancels: None,
        currency: domain::Currency::EUR,
        lines: Vec::new(),
        totals: Totals::default(),
        zero_rate_reason: String::new(),
        balances: Vec::new(),
        intro: String::new(),
        closing: String::new(),
        report: None,
    }
}
