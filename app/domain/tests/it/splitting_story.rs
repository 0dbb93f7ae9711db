//! Stories of splitting: `tests/stories/*.splitting`, run on the rules of splitting and the kernel.
//!
//! Each booking is written out with its portions, and after it stands a row for every other booking that comes out
//! otherwise because of it. So nothing can change that the story does not say.
//!
//! First come the accounts and the billing lines in their order; the account of an allowance need not be named:
//! ```text
//! account Block time, no overbooking                (or `money EUR`, `overbooking up to 1:00`, `deficits next_grant`)
//! line Free: 0:45 free every 1 month from 2026-01-01
//! line Free: 0:45 free every 1 month from 2026-01-01 on Block, only billable, tasks Repair + Setup
//! line Block: collects Block                        line Purse: collects Purse at 80.00, only billable
//! line Support: effort at 100.00                    line Fixed: flat rate
//! ```
//! Then what happens; the task is `Work` unless a booking says another:
//! ```text
//! grant Block 2:00 2026-01-01 ..                    draw Block 0:30 on 2026-04-01      (somebody else)
//! end Block 2026-05-01                              splitting off
//! rounding minimum 0:30 step 0:15                   rounding none, rounding as agreed
//! agreed Block minimum 0:30 step 0:15 on 2026-04-01 ..  (by the contract of that account)
//! today 2026-04-30
//! books closed until 2026-05-01                     close-task Repair
//! lock A document                                   support rate etc. as `rate Support 120.00`
//! book A 1:00 on 2026-04-10                         -> Free 0:45, Support 0:15 = 25.00
//! change A 0:30 on 2026-04-10, task Repair          book B 1:00 on 2026-04-10, not billable
//! also B: Free 0:30 becomes Free 0:15, Support 0:15 = 25.00
//! delete A -> gone                                  move-in A 1:00 on 2026-04-10 before B -> Free 0:45
//! ```
//! A collector may have a fee, and `fees as of` says what is on the invoice when nothing of it was billed before:
//! ```text
//! line Free: 0:45 free every 1 month from 2026-01-01, fee 150.00 at 19 % every 1 month from 2026-04-01 to 2026-06-15
//! fees as of 2026-04-30                             -> 150.00 + 28.50 = 178.50: Free 2026-04-01 .. 2026-05-01 150.00
//! ```
//! What a portion draws of a money account follows it: `Purse 0:30 for 40.00`. To look at: `left Free on 2026-04-10`,
//! `lots Free`, `deficit Block`, `billed A`, `entries Block` (how many), `invoice Support`, and
//! `timer 2026-04-30 22:30 .. 2026-05-01 00:30 at +02:00`. And `invoice-period 2026-04-01 .. 2026-05-01 showing Free` names
//! each line of the invoice with the bookings in it, and every booking that is left out with the reason.

mod fees;
mod invoicing;
mod read;
mod runner;
mod say;

use std::{fs, path::Path};

use runner::tell;

/// Every `*.splitting` is run; all that do not come out as written are listed, not only the first.
#[test]
fn every_story_of_splitting_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of the stories")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "splitting"))
        .collect();
    files.sort();
    // A folder that moved away must not pass as a success.
    assert!(files.len() >= 25, "only {} stories in {}", files.len(), folder.display());
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
    let before = "# Title\nline Free: 0:45 free every 1 month from 2026-01-01\nline Support: effort at 100.00\n";
    let booked =
        "book A 0:30 on 2026-04-10 -> Free 0:30\nbook B 0:30 on 2026-04-10 -> Free 0:15, Support 0:15 = 25.00\n";
    tell("one.splitting", &format!("{before}{booked}{lines}\n"))
}

/// Red when: a result or a row is not compared; when a booking that changes need not be named.
#[test]
fn a_wrong_result_of_splitting_is_named_with_file_and_line() {
    let row = "also B: Free 0:15, Support 0:15 = 25.00 becomes Free 0:30";
    let wrong = [
        ("left Free on 2026-04-10 -> 0:15".to_owned(), "6: expected `0:15`, found `0:00`".to_owned()),
        (
            "book C 0:30 on 2026-04-10 -> Free 0:30".to_owned(),
            "6: expected `Free 0:30`, found `Support 0:30 = 50.00`".to_owned(),
        ),
        ("delete A -> gone".to_owned(), format!("6: expected nothing, found `{row}`")),
        ("delete A -> gone\nalso B: nothing".to_owned(), format!("7: expected `also B: nothing`, found `{row}`")),
        ("delete B -> gone\nalso A: nothing".to_owned(), "7: expected `also A: nothing`, found nothing".to_owned()),
        (
            format!("delete A -> gone\n{row}\nbook C 0:15 on 2026-04-10 -> refused"),
            "8: expected `refused`, found `Free 0:15`".to_owned(),
        ),
    ];
    for (lines, expected) in wrong {
        let found = with(&lines).expect_err(&lines);
        assert_eq!(found, format!("one.splitting:{expected}"));
    }
}

/// Red when: a word that nothing understands is passed over.
#[test]
fn what_cannot_be_read_in_a_story_of_splitting_is_an_error() {
    let unknown = [
        ("sell it", "unknown word \"sell\""),
        ("delete A", "`delete` does not say what comes out (`-> ...`)"),
        ("splitting off -> done", "`splitting` has no result"),
        ("delete C -> gone", "there is no booking \"C\""),
        ("grant Block 1:00 2026-01-01 ..", "there is no account \"Block\""),
        ("left Block on 2026-04-10 -> 0:00", "there is no line \"Block\""),
        ("book C 0:30 on 2026-04-10, blue -> Free 0:30", "\"blue\" is not something that a booking can say"),
        ("line Gift: present", "\"present\" is not a kind of line"),
        ("lock A forever", "\"forever\" is not a lock"),
    ];
    for (line, expected) in unknown {
        assert_eq!(with(line), Err(format!("one.splitting:6: {expected}")));
    }
    let expects_nothing = tell("one.splitting", "# Title\nline Support: effort at 100.00\n");
    assert_eq!(expects_nothing, Err("one.splitting:2: the story expects nothing".to_owned()));
    assert!(tell("one.splitting", "splitting off\n").is_err_and(|error| error.contains("title")));
}
