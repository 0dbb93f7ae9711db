//! The stories in `tests/stories`, one file each, and the runner's own mistakes.

use std::{fs, path::Path};

use crate::story::tell;

/// Every `*.story` is run; all that do not come out as written are listed, not only the first.
#[test]
fn every_story_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of the stories")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "story"))
        .collect();
    files.sort();
    // A folder that moved away must not pass as a success.
    assert!(files.len() >= 40, "only {} stories in {}", files.len(), folder.display());
    let wrong: Vec<String> = files
        .iter()
        .filter_map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            tell(&name, &fs::read_to_string(path).expect("a story in UTF-8")).err()
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A story in which one line is tried.
fn with(line: &str) -> Result<(), String> {
    let before = "# Title\naccount time, overbooking up to 2:00\ngrant A 4:00 2026-04-01 .. 2026-05-01\n";
    let before = format!("{before}draw x 5:00 on 2026-04-02 -> A 4:00, deficit 1:00\n");
    tell("one.story", &format!("{before}{line}\n"))
}

#[test]
fn a_wrong_result_is_named_with_file_and_line() {
    let wrong = [
        ("draw y 3:00 on 2026-04-02 -> deficit 1:00", "expected `deficit 1:00`, found `deficit 1:00, not drawn 2:00`"),
        ("draw y 3:00 on 2026-04-02 -> not drawn 2:00, deficit 1:00", "found `deficit 1:00, not drawn 2:00`"),
        ("release x -> A 4:00", "expected `A 4:00`, found `A 4:00, deficit 1:00`"),
        ("grant B 4:00 2026-04-01 ..", "expected nothing, found `covers x 1:00, left 3:00`"),
        ("draw x 1:00 on 2026-04-02 -> deficit 1:00", "found `refused because x is already drawn`"),
        ("left A 1:00", "expected `1:00`, found `0:00`"),
        ("revoke A -> becomes deficit x 5:00", "expected `becomes deficit x 5:00`, found `becomes deficit x 4:00`"),
        ("cover x 1:00 from A -> left 3:00", "found `refused because A was granted before x`"),
        ("balance-invoice I on 2026-05-01 for x 1:00 -> covers x 1:00", "found `covers x 1:00, left 0:00`"),
        ("end 2026-04-03 -> lapses A 1:00", "expected `lapses A 1:00`, found nothing"),
        ("valid A 2026-04-01 ..", "expected `2026-04-01 ..`, found `2026-04-01 .. 2026-05-01`"),
        ("statement (0, 2026-03-31) .. (1, 2026-04-01) -> opening 0:00, closing 0:00", "closing 4:00`"),
        (
            "statement (0, 2026-03-31) .. (1, 2026-04-01) -> opening 0:00, closing 4:00",
            "expected nothing, found `2026-04-01 grant A +4:00 4:00`",
        ),
        ("passbook 2026-04-01 .. 2026-04-02", "expected nothing, found `2026-04-01 grant A +4:00 4:00`"),
        ("2026-04-01 grant A +4:00 4:00", "expected `2026-04-01 grant A +4:00 4:00`, found nothing"),
    ];
    for (line, expected) in wrong {
        let found = with(line).expect_err(line);
        assert!(found.starts_with("one.story:5: ") && found.ends_with(expected), "{found}");
    }
}

#[test]
fn a_word_that_the_runner_does_not_know_is_an_error() {
    let unknown = [
        ("lend A 1:00", "unknown word \"lend\""),
        ("balance -> 1:00", "unknown word \"balance\" with result \"1:00\""),
        ("draw y 1:00 on 2026-04-02", "`draw` does not say what comes out (`-> ...`)"),
        ("draw y 1:00 -> deficit 1:00", "\"1:00\" does not say on which date"),
        ("left B 1:00", "there is no lot B"),
        ("left A 1:0", "\"1:0\" is written 1:00"),
        ("draw y 1:00 on April 2 -> deficit 1:00", "\"April 2\" is not a date"),
        ("grant B 4:00 2026-04-01 .. 2026-05-01 carried on", "\"on\" does not say how long it is carried"),
        ("grant B 4:00 2026-04-01 .. 2026-05-01 carried 1 period, at most 1", "\"1\" is not a time"),
        ("revoke A", "`revoke` does not say what comes out (`-> ...`)"),
        ("cover x 1:00 -> left 3:00", "\"x 1:00\" does not say from which lot"),
        ("balance-invoice I on 2026-05-01 -> left 0:00", "\"I on 2026-05-01\" does not say for which draws"),
        ("books open", "the books are `closed until` a date"),
        ("from-anchor 2026-01-31", "\"2026-01-31\" is not `date every n months` or `days`"),
        ("from-anchor 2026-01-31 every 1 week", "\"2026-01-31 every 1 week\" is not `date every n months` or `days`"),
        ("period 0 2026-01-31 .. 2026-02-28", "the story names no periods (`from-anchor`)"),
        ("statement 1 .. 2 -> opening 0:00, closing 0:00", "\"1\" is not `(entry, date)`"),
        ("account time, no overbooking", "a story has one `account`"),
    ];
    for (line, expected) in unknown {
        assert_eq!(with(line), Err(format!("one.story:5: {expected}")));
    }
    for terms in ["hours, no overbooking", "time", "time, some overbooking", "time, no overbooking, deficits later"] {
        let found = tell("one.story", &format!("# Title\naccount {terms}\n")).expect_err(terms);
        assert!(found.starts_with("one.story:2: "), "{found}");
    }
}

#[test]
fn a_story_that_expects_nothing_is_an_error() {
    let found = tell("one.story", "# Title\naccount time, no overbooking\ngrant A 4:00 2026-04-01 ..\n");
    assert_eq!(found, Err("one.story:3: the story expects nothing".to_owned()));
    assert_eq!(tell("one.story", "# Title\n"), Err("one.story:1: the story has no `account`".to_owned()));
    assert!(tell("one.story", "account time, no overbooking\n").is_err_and(|error| error.contains("title")));
}
