//! What kinds of projects the demo company has: their tasks, and the billing lines down which time is poured.

use super::names::{CONSULTED, ON_SITE, REMOTE, TAUGHT, WEBSITES};

/// A kind of project, as somebody fills it in.
pub(super) struct Model {
    /// Its name.
    pub name: &'static str,
    /// The names of its tasks.
    pub tasks: &'static [&'static str],
    /// Its billing lines.
    pub lines: &'static [Line],
    /// `off` where a booking goes somewhere whole or not at all; else as the company says.
    pub splitting: &'static str,
    /// What is billed of a booking at least, and of what that is a multiple; empty: as long as it was.
    pub rounding: [&'static str; 2],
    /// Whether only some people book on it.
    pub limited: bool,
    /// The shortest and the longest booking, in quarters of an hour.
    pub quarters: [i64; 2],
    /// What was done.
    pub words: &'static [&'static str],
}

/// A billing line.
pub(super) struct Line {
    pub name: &'static str,
    pub kind: Kind,
    /// The places of the tasks to which it is limited; none: all of them.
    pub tasks: &'static [usize],
    /// Whether the time that it collects is shown on activity reports.
    pub reported: bool,
    /// Which time a collector takes: `billable`, or all when empty.
    pub collects: &'static str,
    /// What its customer pays for it each month; empty: nothing.
    pub fee: &'static str,
}

/// What a billing line does.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// So much is free in so many of a unit.
    Free { most: &'static str, every: &'static str, unit: &'static str },
    /// Hours that were paid for before.
    Block,
    /// Money that was paid before; an hour costs so much of it.
    Credit { rate: &'static str },
    /// By the hour.
    Effort { rate: &'static str },
    /// The price is one for all of it.
    Flat,
}

const fn line(name: &'static str, kind: Kind) -> Line {
    Line { name, kind, tasks: &[], reported: false, collects: "", fee: "" }
}

const fn monthly(most: &'static str) -> Kind {
    Kind::Free { most, every: "1", unit: "months" }
}

const fn effort(rate: &'static str) -> Line {
    line("Nach Aufwand", Kind::Effort { rate })
}

/// What most projects have in common.
const USUAL: Model = Model {
    name: "",
    tasks: &["Fernwartung", "Vor Ort", "Rückfragen"],
    lines: &[],
    splitting: "",
    rounding: ["", ""],
    limited: false,
    quarters: [1, 12],
    words: REMOTE,
};

/// The ordinary kinds.
pub(super) static MODELS: [Model; 10] = [
    Model {
        name: "Wartung der Arbeitsplätze",
        lines: &[line("Freie Zeit im Monat", monthly("2:00")), effort("95")],
        ..USUAL
    },
    Model {
        name: "Wartung der Server",
        lines: &[Line { reported: true, ..line("Freie Zeit im Monat", monthly("4:00")) }, effort("110")],
        rounding: ["0:30", "0:15"],
        ..USUAL
    },
    Model { name: "Supportblock", lines: &[line("Vorausbezahlte Stunden", Kind::Block), effort("120")], ..USUAL },
    Model {
        name: "Beratung aus Guthaben",
        tasks: &["Beratung", "Workshop"],
        lines: &[line("Guthaben", Kind::Credit { rate: "140" }), effort("140")],
        quarters: [2, 16],
        words: CONSULTED,
        ..USUAL
    },
    Model {
        name: "Einführung der Warenwirtschaft",
        tasks: &["Konzept", "Einrichtung", "Schulung", "Änderungswünsche"],
        lines: &[Line { tasks: &[0, 1], ..line("Festpreis", Kind::Flat) }, effort("115")],
        quarters: [4, 24],
        words: TAUGHT,
        ..USUAL
    },
    Model {
        name: "Website und Shop",
        tasks: &["Gestaltung", "Entwicklung", "Pflege"],
        lines: &[effort("105")],
        quarters: [2, 20],
        words: WEBSITES,
        ..USUAL
    },
    Model {
        name: "Betreuung der Telefonanlage",
        lines: &[
            line("Freie Zeit im Quartal", Kind::Free { most: "3:00", every: "3", unit: "months" }),
            line("Vorausbezahlte Stunden", Kind::Block),
            effort("100"),
        ],
        words: ON_SITE,
        ..USUAL
    },
    // Each booking is half an hour: with splitting off, it fits or nothing is left.
    Model {
        name: "Kassensysteme",
        lines: &[line("Freie Zeit im Monat", monthly("3:00")), effort("100")],
        splitting: "off",
        quarters: [2, 2],
        ..USUAL
    },
    // No line takes the last task, so somebody has to look at its time.
    Model {
        name: "Netzwerk und WLAN",
        tasks: &["Planung", "Verkabelung", "Messung", "Sonderwünsche"],
        lines: &[Line { tasks: &[0, 1, 2], ..effort("125") }],
        limited: true,
        quarters: [2, 16],
        words: ON_SITE,
        ..USUAL
    },
    Model {
        name: "Datensicherung",
        tasks: &["Prüfung", "Wiederherstellung"],
        lines: &[
            line("Freie Prüfungen", Kind::Free { most: "0:30", every: "1", unit: "weeks" }),
            line("Im Preis enthalten", Kind::Flat),
        ],
        quarters: [1, 4],
        ..USUAL
    },
];

/// 150.00 a month, with 45 minutes that are free; what goes beyond costs 100.00 an hour.
pub(super) static MAINTENANCE: Model = Model {
    name: "Wartung mit 45 Minuten",
    tasks: &["Support"],
    lines: &[
        Line { reported: true, collects: "billable", fee: "150", ..line("Support + 45", monthly("0:45")) },
        line("Zusätzlicher Support", Kind::Effort { rate: "100" }),
    ],
    ..USUAL
};
