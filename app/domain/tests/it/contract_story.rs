//! Stories of contracts: `tests/stories/*.contract`, run on the rules of contracts and billing.
//!
//! What a line brings about is written out as text in full and compared as text, and after `bill`, `cancel`,
//! `re-run` and `outlook` every invoice, line, rate, lot and deficit is a row that the story must name. So nothing can come out that the
//! story does not say.
//!
//! First come the terms; whatever is not said is 12 months with renewals of 12 and notice of 3, billed each month in
//! advance in EUR, on an invoice of its own, by mail, payable within 14 days, without proration, to-do or quota:
//! ```text
//! contract Support of Miller                        (only where there are several)
//! start 2026-04-01                                  billing-start 2026-05-01
//! term 12 months                                    renewal 12 months, renewal none
//! notice 3 months                                   cancelled-on 2026-12-31, cancelled-on none
//! agreed-end 2027-02-15                             billed every 3 months in arrears
//! invoice consolidated                              delivery print
//! payment-days 30                                   lead-days 2
//! proration daily                                   currency JPY
//! item 2.50 hours x 100.00 less 33.33 % at 19 %     quota 4:00 of time, overbooking up to 2:00
//! quota-interval 3 months                           carried 1 period, at most 2:00
//! working-day 8:00                                  (one for all of the story)
//! ```
//! Then what happens; a change says why it is refused, if it is:
//! ```text
//! bill as of 2026-06-15                             -> nothing, 2 invoices     (rows follow)
//! cancel period 2                                   -> 1 period freed          (the invoice of it; rows follow)
//! re-run as of 2026-06-20, re-run period 2          -> 1 invoice               (what is freed; rows follow)
//! outlook 3 periods on 2026-06-01                   -> end none, renews 2027-04-01, notice by 2027-01-01
//! change quota 6:00
//! timeline                                          -> 2 steps, next 2026-07-01: amount  (rows follow)
//! ending agreed 2027-02-15, ending notice 2026-12-31, ending taken-back  -> end 2027-02-15, before none  (rows follow)
//! with Support                                      (the lines after it are about that contract)
//! draw 5:00 on 2026-04-20                           -> drawn 4:00, not drawn 1:00
//! ```
//! A story can also live from day to day. What lapses, lapses by `today`; and from the first `today` on, every step is
//! followed by the rows of the passbook from the first one that it changed: date, text, amount, running balance. What
//! stands above them has not changed.
//! ```text
//! today 2026-04-10
//! note A on 2026-04-10: 1:30, 2:00                  -> cleared 1:30, 2:00      (a draft; the same name again saves it again)
//! issue A
//! delete note A, cancel note A                      -> 1:30, 2:00 given back
//! free-quota 1:00 for 2026-06-01 .. 2026-07-01
//! balancing-invoice on 2026-11-03                   -> 2:00                    (all open deficits)
//! books closed until 2026-07-01
//! change overbooking up to 2:00, change overbooking none, change carried none
//! passbook                                          -> 12 rows                 (all of them follow)
//! 2026-04-01   quota of 2026-04       +4:00    4:00
//! ```
//! And what must be so: `end`, `period 2`, `due of period 2`, `to-do for 2026-07-01`, `quota-period of 2026-05-17`,
//! `available on 2026-05-01`, `lapsed by 2026-07-01`, each with `-> what is found`. Stories of groups and number ranges
//! need no contract: `global group IT on`, `contract sub-group IT off`, `covers IT / Repair -> yes`,
//! `number 17 of 2026 by RE-{year}-{n:5} -> RE-2026-00017`, `yearly RE-{n} -> no`.

mod billing;
mod book;
mod changes;
mod life;
mod looks;
mod runner;
pub mod terms;
mod undo;
pub mod words;

use std::{fs, path::Path};

use runner::tell;

/// Every `*.contract` is run; all that do not come out as written are listed, not only the first.
#[test]
fn every_story_of_a_contract_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of the stories")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "contract"))
        .collect();
    files.sort();
    // A folder that moved away must not pass as a success.
    assert!(files.len() >= 20, "only {} stories in {}", files.len(), folder.display());
    let wrong: Vec<String> = files
        .iter()
        .filter_map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            tell(&name, &fs::read_to_string(path).expect("a story in UTF-8")).err()
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A story in which some lines are tried.
fn with(lines: &str) -> Result<(), String> {
    let before = "# Title\nstart 2026-04-01\nitem 1 piece x 399.99 at 19 %\nquota 4:00 of time, no overbooking\n";
    tell("one.contract", &format!("{before}{lines}\n"))
}

/// Red when: a row or a result is not compared; when a row that the story leaves out is passed over.
#[test]
fn a_wrong_result_of_a_contract_is_named_with_file_and_line() {
    let bill = "bill as of 2026-04-01 -> 1 invoice";
    let (invoice, line) =
        ("invoice 399.99 + 76.00 = 475.99", "line 2026-04-01 .. 2026-05-01 1 piece x 399.99 = 399.99");
    let wrong = [
        ("bill as of 2026-03-31 -> 1 invoice".to_owned(), "5: expected `1 invoice`, found `nothing`"),
        (format!("{bill}\nend -> none"), "6: expected nothing, found `invoice 399.99 + 76.00 = 475.99`"),
        (bill.to_owned(), "5: expected nothing, found `invoice 399.99 + 76.00 = 475.99`"),
        (
            format!("{bill}\ninvoice 399.99 + 76.01 = 476.00"),
            "6: expected `invoice 399.99 + 76.01 = 476.00`, found `invoice 399.99 + 76.00 = 475.99`",
        ),
        (
            format!("{bill}\n{invoice}\n{line}\nlot 4:00 2026-04-01 .. 2026-06-01"),
            "8: expected `lot 4:00 2026-04-01 .. 2026-06-01`, found `lot 4:00 2026-04-01 .. 2026-05-01`",
        ),
        ("end -> 2027-04-01".to_owned(), "5: expected `2027-04-01`, found `none`"),
        (
            "change start 2026-04-02".to_owned(),
            "5: expected nothing, found `refused because billing_start: billing \
          begins on 2026-04-01, the contract on 2026-04-02`",
        ),
        ("change notice 4 months -> refused".to_owned(), "5: expected `refused`, found nothing"),
        ("covers IT / Repair -> yes".to_owned(), "5: expected `yes`, found `no`"),
        ("number 7 of 2026 by {n:3} -> 7".to_owned(), "5: expected `7`, found `007`"),
    ];
    for (lines, expected) in wrong {
        let found = with(&lines).expect_err(&lines);
        assert_eq!(found, format!("one.contract:{expected}"));
    }
}

/// Red when: a word that nothing understands is passed over.
#[test]
fn what_cannot_be_read_in_a_story_of_a_contract_is_an_error() {
    let unknown = [
        ("sell it", "unknown word \"sell\""),
        ("item 1 crate x 1.00 at 19 %", "\"crate\" is not a unit"),
        ("item 1 piece x 1.00", "\"1 piece x 1.00\" is not `quantity unit x price [less discount %] at rate %`"),
        ("term 12", "\"12\" is not a number of months"),
        ("billed every 1 month", "\"every 1 month\" is not `every n months in advance` or `in arrears`"),
        ("end", "`end` does not say what comes out (`-> ...`)"),
        ("bill as of April -> nothing", "\"April\" is not a date"),
        ("with Other", "there is no contract \"Other\""),
        ("period two -> none", "\"two\" is not the number of a period"),
        ("term 12 months -> none", "`term` has no result"),
    ];
    for (line, expected) in unknown {
        assert_eq!(with(line), Err(format!("one.contract:5: {expected}")));
    }
    assert_eq!(with("notice 2 months"), Err("one.contract:5: the story expects nothing".to_owned()));
    assert_eq!(with("end -> none\nnotice 2 months"), Err("one.contract:6: a later term is a `change`".to_owned()));
    let faulty = tell("one.contract", "# Title\nstart 2026-04-01\nend -> none\n");
    assert_eq!(faulty, Err("one.contract:3: the contract is wrong: items: no items".to_owned()));
    assert!(tell("one.contract", "start 2026-04-01\n").is_err_and(|error| error.contains("title")));
    let without = tell("one.contract", "# Title\nend -> none\n");
    assert_eq!(without, Err("one.contract:2: the story has no contract".to_owned()));
}
