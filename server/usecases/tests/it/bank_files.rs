//! Bank files: proposals as things stand, recorded all or nothing, and each transaction once.

use domain::{
    BankFileId, Currency,
    receipts::{Confidence, Proposal, bank},
};
use usecases::{
    receipts,
    testing::{World, problem},
};
use wire::{
    FieldReason, Problem,
    documents::DocumentRow,
    receipts::{
        BankFileDraft, BankFileForm, BankFileView, ImportDraft, ImportForm, ImportLineForm, Imported, TakeBackDraft,
        choice_of,
    },
};

use crate::{
    office::{admin, fields},
    receipts::{draft, invoice},
    support::{assert_sound, books},
};

const HEAD: &str = "Buchungstag;Betrag;Name Zahlungsbeteiligter;Verwendungszweck\n";

fn row(amount: &str, name: &str, text: &str) -> String {
    format!("10.04.2026;{amount};{name};{text}\n")
}

fn number(of: &DocumentRow) -> &str {
    of.number.as_deref().expect("a number")
}

async fn read(world: &World, rows: &str) -> BankFileView {
    keep(world, &format!("{HEAD}{rows}")).await
}

/// Keeps a file of either kind.
async fn keep(world: &World, text: &str) -> BankFileView {
    let file = bank::read(text).expect("it is read");
    let draft = BankFileDraft { id: BankFileId::new(world.id()), file };
    receipts::add_file(world, &admin(), draft).await.expect("it is kept")
}

/// An entry of a statement in XML that came in.
fn entry(status: &str, amount: &str, reference: &str, text: &str) -> String {
    let booked =
        format!("<Sts>{status}</Sts><BookgDt><Dt>2026-04-10</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>");
    let from = format!("<RltdPties><Dbtr><Nm>Alpha GmbH</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>");
    let details = format!("<NtryDtls><TxDtls>{from}</TxDtls></NtryDtls>");
    format!("<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>{booked}{details}</Ntry>")
}

/// What a bank tells during the day, and at its end.
const DAY: (&str, &str) = ("BkToCstmrAcctRpt", "Rpt");
const END: (&str, &str) = ("BkToCstmrStmt", "Stmt");

fn statement((message, holder): (&str, &str), entries: &[String]) -> String {
    let account = "<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>";
    format!("<Document><{message}><{holder}>{account}{}</{holder}></{message}></Document>", entries.concat())
}

fn eur(proposal: &Proposal) -> String {
    choice_of(proposal, Currency::EUR)
}

/// The first proposal of a line, chosen.
fn first(view: &BankFileView, line: usize) -> String {
    eur(&view.lines[line].proposals[0])
}

/// What a person sends who chooses what is sure and leaves the rest.
fn sure(view: &BankFileView) -> ImportForm {
    let lines = view.lines.iter().filter(|line| line.recorded.is_empty()).map(|line| ImportLineForm {
        line: line.line.line.to_string(),
        choice: line.proposals.first().filter(|first| first.confidence.sure()).map(eur).unwrap_or_default(),
        ..ImportLineForm::default()
    });
    ImportForm { file: view.row.id.to_string(), lines: lines.collect() }
}

async fn import(world: &World, form: &ImportForm) -> Result<Imported, Problem> {
    let draft: ImportDraft = form.check()?;
    receipts::import(world, &admin(), draft).await.map_err(problem)
}

async fn open(world: &World, of: &DocumentRow) -> i64 {
    receipts::of(world, &admin(), of.id).await.expect("its receipts").invoice.open()
}

fn reasons(view: &BankFileView) -> Vec<Option<Confidence>> {
    view.lines.iter().map(|line| line.proposals.first().map(|first| first.confidence)).collect()
}

async fn a_file_is_read_proposed_and_recorded_once(world: World) {
    let (alpha, beta) = (invoice(&world, "Alpha GmbH").await, invoice(&world, "Beta GmbH").await);
    let gamma = invoice(&world, "Gamma GmbH").await;
    let rows = [
        row("475,99", "ALPHA GMBH", number(&alpha)),
        row("100,00", "BETA GMBH", number(&beta)),
        row("12,00", "Jemand", "Spende"),
        row("-3,90", "Bank", "Gebuehr"),
        row("475,99", "Gamma GmbH", "Danke"),
    ];
    let before = books(&world).await;
    let view = read(&world, &rows.concat()).await;
    let expected = [Some(Confidence::Number), Some(Confidence::NumberLess), None, None, Some(Confidence::Name)];
    assert_eq!(reasons(&view), expected);
    assert_eq!(before.len() + 1, books(&world).await.len(), "only the file is kept");
    let mut form = sure(&view);
    assert_eq!(form.lines.iter().filter(|line| !line.choice.is_empty()).count(), 1);
    form.lines[1].choice = first(&view, 1);
    form.lines[4].choice = first(&view, 4);
    let done = import(&world, &form).await.expect("it is recorded");
    assert_eq!((done.lines, done.sums[0].minor), (3, 105_198));
    assert_eq!((open(&world, &alpha).await, open(&world, &beta).await, open(&world, &gamma).await), (0, 37_599, 0));
    let after = books(&world).await;
    assert_eq!(import(&world, &form).await, Ok(done), "the same again is the same");
    assert_eq!(books(&world).await, after);
    // Another file with the same transactions and one more: only that is offered.
    let more = [rows.concat(), row("375,99", "BETA GMBH", number(&beta))].concat();
    let view = read(&world, &more).await;
    let recorded: Vec<_> = view.lines.iter().map(|line| line.recorded.len()).collect();
    assert_eq!(recorded, [1, 1, 0, 0, 1, 0]);
    assert_eq!(reasons(&view)[5], Some(Confidence::Number));
    import(&world, &sure(&view)).await.expect("the rest");
    assert_eq!(open(&world, &beta).await, 0);
    // Taken back, it is offered again.
    let of = receipts::of(&world, &admin(), alpha.id).await.expect("its receipts").receipts;
    assert!(of[0].from_bank && of[0].text == format!("ALPHA GMBH · {}", number(&alpha)), "{of:?}");
    let back = TakeBackDraft { receipt: of[0].id, reason: "Wrong".to_owned() };
    receipts::take_back(&world, &admin(), back).await.expect("it is taken back");
    let view = receipts::file(&world, &admin(), view.row.id).await.expect("the file");
    assert!(view.lines[0].recorded.is_empty());
    assert_eq!(reasons(&view)[0], Some(Confidence::Number));
    import(&world, &sure(&view)).await.expect("once more");
    assert_eq!(open(&world, &alpha).await, 0);
    assert_eq!(receipts::files(&world, &admin()).await.expect("the files").len(), 2);
    assert_sound(&world).await;
}

/// Red when: a line that several invoices share goes to one of them.
async fn a_line_is_divided_among_the_invoices_that_it_names(world: World) {
    let (alpha, beta) = (invoice(&world, "Alpha GmbH").await, invoice(&world, "Beta GmbH").await);
    let view = read(&world, &row("951,98", "X", &format!("{} {}", number(&alpha), number(&beta)))).await;
    assert_eq!(reasons(&view), [Some(Confidence::Several)]);
    import(&world, &sure(&view)).await.expect("it is recorded");
    assert_eq!((open(&world, &alpha).await, open(&world, &beta).await), (0, 0));
    assert_sound(&world).await;
}

/// Red when: anything of a save is kept that is refused, or the refusal is not at its line with the figures.
async fn a_difference_meanwhile_is_shown_and_nothing_is_saved(world: World) {
    let (alpha, beta) = (invoice(&world, "Alpha GmbH").await, invoice(&world, "Beta GmbH").await);
    let rows = [row("475,99", "X", number(&alpha)), row("475,99", "X", number(&beta))].concat();
    let view = read(&world, &rows).await;
    receipts::record(&world, &admin(), draft(&world, &beta, 10_000)).await.expect("somebody was faster");
    let before = books(&world).await;
    let refused = import(&world, &sure(&view)).await.expect_err("it differs");
    assert_eq!(fields(&refused), ["lines.1.choice"]);
    assert!(refused.text(texts::Lang::En).contains("€375.99"), "{}", refused.text(texts::Lang::En));
    assert_eq!(books(&world).await, before);
    // A number by hand: one that is not there, and one for which it is too much.
    let mut form = sure(&view);
    for (number, reason) in [("RE-1900-1", None), (number(&beta), Some(()))] {
        number.clone_into(&mut form.lines[1].number);
        let refused = import(&world, &form).await.expect_err(number);
        assert_eq!(fields(&refused), ["lines.1.number"]);
        let wrong = &refused.fields()[0].reason;
        assert_eq!(matches!(wrong, FieldReason::NoSuchInvoice(_)), reason.is_none(), "{wrong:?}");
    }
    // Two lines for one invoice: together no more than is open.
    let again = read(&world, &[row("300,00", "Y", number(&beta)), row("300,00", "Z", number(&beta))].concat()).await;
    let mut form = sure(&again);
    for place in [0, 1] {
        form.lines[place].choice = first(&again, place);
    }
    let refused = import(&world, &form).await.expect_err("the second is too much");
    assert_eq!(fields(&refused), ["lines.1.choice"]);
    assert_eq!(open(&world, &beta).await, 37_599);
    for (choice, line) in [("nonsense", "2"), ("", "99")] {
        let mut wrong = sure(&view);
        wrong.lines.truncate(1);
        if !choice.is_empty() {
            choice.clone_into(&mut wrong.lines[0].choice);
        }
        line.clone_into(&mut wrong.lines[0].line);
        assert_eq!(fields(&import(&world, &wrong).await.expect_err(line)), ["lines.0.choice"]);
    }
    let none = ImportForm { file: view.row.id.to_string(), lines: Vec::new() };
    assert_eq!(fields(&import(&world, &none).await.expect_err("nothing is chosen")), ["lines"]);
    assert_sound(&world).await;
}

/// Red when: two who confirm the same file at once record a transaction twice.
async fn two_at_once_import_a_file_once(world: World) {
    let alpha = invoice(&world, "Alpha GmbH").await;
    let rows = row("100,00", "X", number(&alpha));
    let view = read(&world, &rows).await;
    let mut form = sure(&view);
    form.lines[0].choice = first(&view, 0);
    let other = World::open(world.url.clone(), 7).await;
    // The same transaction from another file, at the same moment.
    let second = read(&other, &rows).await;
    let mut twice = sure(&second);
    twice.lines[0].choice = first(&second, 0);
    let (one, two) = tokio::join!(import(&world, &form), import(&other, &twice));
    assert!(one.is_ok() && two.is_ok(), "both wanted just this: {one:?} {two:?}");
    assert_eq!(open(&world, &alpha).await, 37_599);
    assert_sound(&world).await;
}

/// Red when: a broken file leaves anything behind.
async fn a_broken_file_records_nothing(world: World) {
    let before = books(&world).await;
    let text = format!("{HEAD}{}10.13.2026;1,00;X;Y\n", row("1,00", "X", "Y"));
    let form = BankFileForm { id: world.id().to_string(), text };
    let refused = form.check().expect_err("there is no such day");
    assert_eq!(fields(&refused), ["text"]);
    assert_eq!(refused.text(texts::Lang::De), "Zeile 3: „10.13.2026“ ist kein Tag.");
    assert_eq!(books(&world).await, before);
    let view = read(&world, &row("1,00", "X", "Y")).await;
    let file = bank::read(&format!("{HEAD}{}", row("2,00", "X", "Y"))).expect("it is read");
    let other = BankFileDraft { id: view.row.id, file };
    let refused = receipts::add_file(&world, &admin(), other).await.map(drop).map_err(problem);
    assert_eq!(refused, Err(Problem::SameId));
}

/// Red when: a payment that somebody recorded by hand is chosen again because the bank tells of it too.
async fn what_was_recorded_by_hand_is_not_sure_to_come_again(world: World) {
    let alpha = invoice(&world, "Alpha GmbH").await;
    receipts::record(&world, &admin(), draft(&world, &alpha, 23_800)).await.expect("it is recorded");
    // Half of it: just as much is open, and the bank's transaction is perhaps the one that was recorded.
    let open_now = open(&world, &alpha).await;
    let text = number(&alpha);
    let amounts = ["238,00".to_owned(), format!("{},{:02}", open_now / 100, open_now % 100)];
    let view = read(&world, &amounts.each_ref().map(|amount| row(amount, "X", text)).concat()).await;
    assert_eq!(reasons(&view), [Some(Confidence::ByHand), Some(Confidence::Number)]);
    assert_eq!(sure(&view).lines.iter().map(|line| !line.choice.is_empty()).collect::<Vec<_>>(), [false, true]);
}

/// Red when: parts that are negative or of another currency add up to what came in.
async fn parts_add_up_in_kind(world: World) {
    let (alpha, beta) = (invoice(&world, "Alpha GmbH").await, invoice(&world, "Beta GmbH").await);
    receipts::record(&world, &admin(), draft(&world, &beta, 10_000)).await.expect("it is recorded");
    let view = read(&world, &row("475,99", "X", number(&alpha))).await;
    let before = books(&world).await;
    let part = |of: &DocumentRow, minor: i64, code: &str| format!("{}_{minor}_{}_{code}", of.id, 47_599);
    let wrong = [
        format!("{}+{}", part(&alpha, 48_599, "EUR"), part(&beta, -1_000, "EUR")),
        format!("{}+{}", part(&alpha, 47_599, "EUR"), part(&beta, 0, "EUR")),
        part(&alpha, 47_599, "CHF"),
        part(&alpha, 47_599, "XYZ"),
        format!("{}_47599_47599", alpha.id),
    ];
    for choice in wrong {
        let mut form = sure(&view);
        form.lines[0].choice.clone_from(&choice);
        assert_eq!(fields(&import(&world, &form).await.expect_err(&choice)), ["lines.0.choice"]);
    }
    assert_eq!(books(&world).await, before);
}

/// Red when: a transaction that was divided is taken for the same when it is divided otherwise.
async fn the_same_again_has_the_same_amounts(world: World) {
    let (alpha, beta) = (invoice(&world, "Alpha GmbH").await, invoice(&world, "Beta GmbH").await);
    let view = read(&world, &row("300,00", "X", &format!("{} {}", number(&alpha), number(&beta)))).await;
    let divided = |one: i64, other: i64| {
        let part = |of: &DocumentRow, minor: i64| format!("{}_{minor}_47599_EUR", of.id);
        let mut form = sure(&view);
        form.lines[0].choice = format!("{}+{}", part(&alpha, one), part(&beta, other));
        form
    };
    let done = import(&world, &divided(10_000, 20_000)).await.expect("it is recorded");
    assert_eq!(import(&world, &divided(10_000, 20_000)).await, Ok(done));
    let refused = import(&world, &divided(20_000, 10_000)).await.expect_err("it was divided otherwise");
    assert_eq!(fields(&refused), ["lines.0.choice"]);
    assert_eq!((open(&world, &alpha).await, open(&world, &beta).await), (37_599, 27_599));
}

/// Red when: a payment that was made twice cannot be recorded, or becomes a credit though nobody has said so.
async fn what_was_paid_twice_becomes_a_credit_when_that_is_meant(world: World) {
    let alpha = invoice(&world, "Alpha GmbH").await;
    let rows = [row("475,99", "X", number(&alpha)), row("475,99", "X", number(&alpha))].concat();
    let view = read(&world, &rows).await;
    assert_eq!(reasons(&view), [Some(Confidence::Number), None]);
    let mut form = sure(&view);
    number(&alpha).clone_into(&mut form.lines[1].number);
    let refused = import(&world, &form).await.expect_err("nothing is open of it by then");
    assert_eq!(fields(&refused), ["lines.1.number"]);
    assert_eq!(open(&world, &alpha).await, 47_599);
    "yes".clone_into(&mut form.lines[1].over);
    import(&world, &form).await.expect("it is meant");
    assert_eq!(open(&world, &alpha).await, -47_599);
    assert_sound(&world).await;
}

/// Red when: a transaction of a statement is recorded once more from the same file or from the next one, or what is not
/// booked yet is offered.
async fn a_statement_in_xml_is_recorded_once(world: World) {
    let (alpha, beta) = (invoice(&world, "Alpha GmbH").await, invoice(&world, "Beta GmbH").await);
    let booked = entry("BOOK", "475.99", "R1", number(&alpha));
    let text = statement(DAY, &[booked, entry("PDNG", "475.99", "R2", number(&beta))]);
    let view = keep(&world, &text).await;
    assert_eq!((reasons(&view), view.pending, view.row.lines), (vec![Some(Confidence::Number)], 1, 1));
    let done = import(&world, &sure(&view)).await.expect("it is recorded");
    assert_eq!((open(&world, &alpha).await, open(&world, &beta).await), (0, 47_599));
    assert_eq!(import(&world, &sure(&view)).await, Ok(done), "the same again is the same");
    let again = keep(&world, &text).await;
    assert_eq!((again.lines[0].recorded.len(), again.pending), (1, 1));
    assert!(import(&world, &sure(&again)).await.is_err(), "nothing is left to be recorded");
    // The day's statement has both, and says more of the first.
    let more = entry("BOOK", "475.99", "R1", &format!("{} K-10001", number(&alpha)));
    let view = keep(&world, &statement(END, &[entry("BOOK", "475.99", "R2", number(&beta)), more])).await;
    let recorded: Vec<_> = view.lines.iter().map(|line| line.recorded.len()).collect();
    assert_eq!((recorded, view.pending), (vec![0, 1], 0));
    import(&world, &sure(&view)).await.expect("the second is recorded");
    assert_eq!((open(&world, &alpha).await, open(&world, &beta).await), (0, 0));
    // The same transaction in CSV is another layout: it is not recognised, and nothing is open that it could pay.
    let view = read(&world, &row("475,99", "Alpha GmbH", number(&alpha))).await;
    assert_eq!((view.lines[0].recorded.len(), reasons(&view)), (0, vec![None]));
    let of = receipts::of(&world, &admin(), alpha.id).await.expect("its receipts").receipts;
    assert_eq!(of.len(), 1);
    assert_eq!(of[0].text, format!("Alpha GmbH · {}", number(&alpha)));
    assert_sound(&world).await;
}

/// Red when: a transaction is taken for another one because the bank gives both the same reference, or a statement that is
/// broken anywhere leaves anything behind.
async fn a_reference_does_not_hide_another_transaction(world: World) {
    let alpha = invoice(&world, "Alpha GmbH").await;
    let part = |amount: &str| entry("BOOK", amount, "ALWAYS", number(&alpha));
    let view = keep(&world, &statement(END, &[part("100.00")])).await;
    let mut form = sure(&view);
    form.lines[0].choice = first(&view, 0);
    import(&world, &form).await.expect("it is recorded");
    let view = keep(&world, &statement(END, &[part("375.99")])).await;
    assert_eq!((view.lines[0].recorded.len(), reasons(&view)), (0, vec![Some(Confidence::Number)]));
    import(&world, &sure(&view)).await.expect("it is recorded");
    assert_eq!(open(&world, &alpha).await, 0);
    let before = books(&world).await;
    let broken = statement(END, &[part("1.00"), part("1.005")]);
    let refused = BankFileForm { id: world.id().to_string(), text: broken }.check().expect_err("it has three decimals");
    assert_eq!(fields(&refused), ["text"]);
    assert_eq!(refused.text(texts::Lang::De), "Buchung 2 (Zeile 1): „1.005“ ist kein Betrag.");
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

on_both!(
    a_statement_in_xml_is_recorded_once,
    a_reference_does_not_hide_another_transaction,
    what_was_recorded_by_hand_is_not_sure_to_come_again,
    parts_add_up_in_kind,
    the_same_again_has_the_same_amounts,
    what_was_paid_twice_becomes_a_credit_when_that_is_meant,
    a_file_is_read_proposed_and_recorded_once,
    a_line_is_divided_among_the_invoices_that_it_names,
    a_difference_meanwhile_is_shown_and_nothing_is_saved,
    two_at_once_import_a_file_once,
    a_broken_file_records_nothing,
);
