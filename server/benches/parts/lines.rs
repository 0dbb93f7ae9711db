//! The same entries as text: a line each for us, a transaction each for `ledger`.
//!
//! Both name an account by its number and a lot or draw by the entry that made it.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, bail, ensure};
use chrono::NaiveDate;
use csv::{ReaderBuilder, StringRecord};
use domain::{
    DateRange, DrawId, LotId,
    quota::{Amount, Carried, DrawOrigin, Entry, GrantOrigin, Ledger, Lot, Movement, Part, Seq},
};
use uuid::Uuid;

use crate::company::{Book, account, id};

/// The number of the entry that made it.
fn place(id: Uuid) -> u128 {
    id.as_u128() >> 80 & 0xffff_ffff
}

/// Writes account, number, date, kind, id, amount, from, until, carried from, cap, origin, parts.
pub fn write_csv(path: &Path, books: &[Book]) -> anyhow::Result<()> {
    let mut file = csv::WriterBuilder::new().has_headers(false).from_path(path)?;
    for book in books {
        let number = book.number.to_string();
        for entry in &book.entries {
            let mut more = [const { String::new() }; 9];
            let [kind, made, amount, from, until, carried, cap, origin, list] = &mut more;
            match &entry.movement {
                Movement::Grant { lot } => {
                    "grant".clone_into(kind);
                    *amount = lot.amount.to_string();
                    *from = lot.valid.from.to_string();
                    *until = lot.valid.until.map(|day| day.to_string()).unwrap_or_default();
                    *carried = lot.carried.map(|carried| carried.from.to_string()).unwrap_or_default();
                    *cap = lot.carried.and_then(|carried| carried.cap).map(|cap| cap.to_string()).unwrap_or_default();
                    lot.origin.name().clone_into(origin);
                }
                Movement::Draw { parts, deficit, .. } => {
                    "draw".clone_into(kind);
                    *amount = deficit.to_string();
                    *list = listed(parts);
                }
                Movement::Release { draw, parts, deficit } => {
                    "release".clone_into(kind);
                    *made = place(draw.uuid()).to_string();
                    *amount = deficit.to_string();
                    *list = listed(parts);
                }
                Movement::Cover { draw, lot, amount: paid } => {
                    "cover".clone_into(kind);
                    *made = place(draw.uuid()).to_string();
                    *amount = paid.to_string();
                    *list = place(lot.uuid()).to_string();
                }
                Movement::Revoke { .. } | Movement::End { .. } => bail!("the company has no such entry"),
            }
            let (seq, date) = (entry.seq.to_string(), entry.date.to_string());
            file.write_record([&number, &seq, &date].into_iter().chain(&more))?;
        }
    }
    file.flush()?;
    Ok(())
}

fn listed(parts: &[Part]) -> String {
    let all: Vec<_> = parts.iter().map(|part| format!("{}:{}", place(part.lot.uuid()), part.amount)).collect();
    all.join(" ")
}

/// Reads the lines and folds every account; gives what is left of all lots together.
pub fn fold_csv(path: &Path) -> anyhow::Result<Amount> {
    let mut file = ReaderBuilder::new().has_headers(false).buffer_capacity(1 << 16).from_path(path)?;
    let mut line = StringRecord::new();
    let mut left = Amount::ZERO;
    let mut current: Option<(u32, Ledger)> = None;
    while file.read_record(&mut line)? {
        let number = line[0].parse()?;
        if current.as_ref().is_none_or(|(current, _)| *current != number) {
            let before = current.replace((number, Ledger::new(account(number))));
            left = left.plus(before.map_or(Ok(Amount::ZERO), |(_, ledger)| left_of(&ledger))?)?;
        }
        if let Some((_, ledger)) = &mut current {
            ledger.post(&entry(number, &line)?)?;
        }
    }
    Ok(left.plus(current.map_or(Ok(Amount::ZERO), |(_, ledger)| left_of(&ledger))?)?)
}

/// What is left of all lots of an account.
pub fn left_of(ledger: &Ledger) -> anyhow::Result<Amount> {
    let left =
        ledger.view.lots.iter().map(domain::quota::LotState::left).try_fold(Amount::ZERO, |sum, one| sum.plus(one?));
    Ok(left?)
}

fn day(text: &str) -> anyhow::Result<NaiveDate> {
    let date = text.get(..4).zip(text.get(5..7)).zip(text.get(8..10)).context("a date")?;
    let ((year, month), day) = date;
    NaiveDate::from_ymd_opt(year.parse()?, month.parse()?, day.parse()?).context("a date")
}

fn maybe<T>(text: &str, read: impl FnOnce(&str) -> anyhow::Result<T>) -> anyhow::Result<Option<T>> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

fn amount(text: &str) -> anyhow::Result<Amount> {
    Ok(Amount::new(text.parse()?))
}

fn entry(number: u32, line: &StringRecord) -> anyhow::Result<Entry> {
    let seq = Seq(line[1].parse()?);
    let lot = |text: &str| anyhow::Ok(LotId::new(id(number, text.parse()?)));
    let draw = |text: &str| anyhow::Ok(DrawId::new(id(number, text.parse()?)));
    let parts = || {
        let split = line[11].split_ascii_whitespace();
        let part = |text: &str| {
            let (from, taken) = text.split_once(':').context("a part")?;
            anyhow::Ok(Part { lot: lot(from)?, amount: amount(taken)? })
        };
        split.map(part).collect::<anyhow::Result<Vec<_>>>()
    };
    let moved = amount(&line[5])?;
    let movement = match &line[3] {
        "grant" => {
            let cap = maybe(&line[9], amount)?;
            let lot = Lot {
                id: LotId::new(id(number, seq.0)),
                seq,
                amount: moved,
                valid: DateRange { from: day(&line[6])?, until: maybe(&line[7], day)? },
                carried: maybe(&line[8], day)?.map(|from| Carried { from, cap }),
                origin: GrantOrigin::from_name(&line[10]).context("an origin")?,
            };
            Movement::Grant { lot }
        }
        "draw" => {
            let draw = DrawId::new(id(number, seq.0));
            Movement::Draw { draw, parts: parts()?, deficit: moved, origin: DrawOrigin::ByHand }
        }
        "release" => Movement::Release { draw: draw(&line[4])?, parts: parts()?, deficit: moved },
        "cover" => Movement::Cover { draw: draw(&line[4])?, lot: lot(&line[11])?, amount: moved },
        other => bail!("what is {other}?"),
    };
    Ok(Entry { seq, date: day(&line[2])?, movement })
}

/// Writes the journal of `ledger`.
pub fn write_journal(path: &Path, books: &[Book]) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for book in books {
        let number = book.number;
        for entry in &book.entries {
            let date = entry.date;
            match &entry.movement {
                Movement::Grant { lot } => {
                    let (lot, amount) = (place(lot.id.uuid()), lot.amount);
                    write!(file, "{date} grant\n  Lot:{number}:{lot}  {amount}\n  Granted:{number}\n\n")?;
                }
                Movement::Draw { parts, deficit, .. } => {
                    writeln!(file, "{date} draw")?;
                    moved(&mut file, number, "-", parts, *deficit)?;
                }
                Movement::Release { parts, deficit, .. } => {
                    writeln!(file, "{date} release")?;
                    moved(&mut file, number, "", parts, *deficit)?;
                }
                Movement::Cover { lot, amount, .. } => {
                    let lot = place(lot.uuid());
                    write!(file, "{date} cover\n  Lot:{number}:{lot}  -{amount}\n  Deficit:{number}\n\n")?;
                }
                Movement::Revoke { .. } | Movement::End { .. } => bail!("the company has no such entry"),
            }
        }
    }
    file.flush()?;
    Ok(())
}

fn moved(file: &mut impl Write, number: u32, sign: &str, parts: &[Part], deficit: Amount) -> anyhow::Result<()> {
    for part in parts {
        writeln!(file, "  Lot:{number}:{}  {sign}{}", place(part.lot.uuid()), part.amount)?;
    }
    if deficit.is_positive() {
        writeln!(file, "  Deficit:{number}  {sign}{deficit}")?;
    }
    write!(file, "  Used:{number}\n\n")?;
    Ok(())
}

/// The version of `ledger`, if it is here.
pub fn ledger_version() -> Option<String> {
    let done = Command::new("ledger").arg("--version").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    Some(text.lines().next()?.split(',').next()?.to_owned())
}

/// Lets `ledger` add up all accounts; gives what is left of all lots together.
pub fn run_ledger(path: &Path) -> anyhow::Result<Amount> {
    let mut command = Command::new("ledger");
    command.args(["--init-file", "/dev/null", "--args-only", "--no-pager", "-f"]).arg(path);
    let done = command.args(["balance", "--no-total"]).stderr(Stdio::inherit()).output()?;
    ensure!(done.status.success(), "ledger: {}", done.status);
    let text = String::from_utf8_lossy(&done.stdout);
    let line = text.lines().find(|line| line.ends_with("  Lot")).context("ledger says nothing about Lot")?;
    amount(line.trim_end_matches("Lot").trim())
}
