//! The questions that people ask about quotas, each as a document of the demo company that shows it: why a billing
//! granted something else than expected, why a line was not cleared, and why a clearing item became nothing.
//!
//! What can be repaired is left as a draft, so that its repairs can be tried.

use chrono::{Days, NaiveDate};
use domain::{ContractId, DocumentId};
use uuid::Uuid;

use super::{HOUR, first_of_month, names::COMPANIES};

/// A situation that a document of the demo company shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Its name.
    pub name: &'static str,
    /// The customer's name.
    pub customer: &'static str,
    /// The document.
    pub document: DocumentId,
    /// The contract where the reason, or the remedy, is found.
    pub contract: ContractId,
    /// Whether the document is issued; otherwise it is a draft.
    pub issued: bool,
    /// How its lines come out, from top to bottom.
    pub outcomes: &'static [&'static str],
}

/// Every situation. Their documents and contracts have the same ids in each demo company.
pub fn situations() -> Vec<Situation> {
    let situation = |(place, scene): (usize, &Scene)| Situation {
        name: scene.name,
        customer: AGREED[scene.of].customer,
        document: document(place),
        contract: contract(scene.of),
        issued: scene.issued,
        outcomes: scene.outcomes,
    };
    SCENES.iter().enumerate().map(situation).collect()
}

/// What is particular about a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Plain,
    /// It has no quota.
    Phone,
    /// Work at the customer's is left out.
    NotOnSite,
    /// It is billed by hand, and this month was forgotten.
    ByHand,
    /// Its quota is granted for three months, and billed each month.
    Quarterly,
    /// Its items count something else than the quota.
    ByTheTill,
    /// Its quota was raised after the billing of this month.
    Raised,
    /// It may be overdrawn, and last month it was: two hours wait for a balancing invoice.
    Overdrawn,
}

/// A contract that the situations need.
pub(super) struct Agreed {
    pub customer: &'static str,
    pub hours: i64,
    /// How many months ago it began.
    pub months: u32,
    pub kind: Kind,
}

const fn agreed(customer: &'static str, hours: i64, months: u32, kind: Kind) -> Agreed {
    Agreed { customer, hours, months, kind }
}

const MOKKA: &str = "Kaffeerösterei Mokka";
pub(super) const AGREED: [Agreed; 12] = [
    agreed(MOKKA, 10, 2, Kind::NotOnSite),
    agreed(MOKKA, 0, 5, Kind::Phone),
    agreed("Möbelhaus Wagner", 4, 0, Kind::Plain),
    agreed("Ingenieurbüro Statik Plus", 4, 3, Kind::Plain),
    agreed("Fitnessstudio Kraftwerk", 4, 1, Kind::Plain),
    agreed("Hotel Bergfrieden", 4, 1, Kind::Plain),
    agreed("Glaserei Klar", 4, 2, Kind::ByHand),
    agreed("Landmaschinen Voss", 4, 1, Kind::Plain),
    agreed("Buchhandlung Seitenweise", 4, 2, Kind::Raised),
    agreed("Dachdeckerei Firstmann", 12, 1, Kind::Quarterly),
    agreed("Fotostudio Blende", 3, 2, Kind::ByTheTill),
    agreed("Landmaschinen Voss", 4, 2, Kind::Overdrawn),
];
// The places of those contracts.
const MOKKA_QUOTA: usize = 0;
const MOKKA_PHONE: usize = 1;
const WAGNER: usize = 2;
const STATIK: usize = 3;
const KRAFTWERK: usize = 4;
const BERGFRIEDEN: usize = 5;
pub(super) const KLAR: usize = 6;
pub(super) const VOSS: usize = 7;
pub(super) const SEITENWEISE: usize = 8;
const FIRSTMANN: usize = 9;
const BLENDE: usize = 10;
const VOSS_WORKSHOP: usize = 11;

/// What the quota of Buchhandlung Seitenweise is raised to.
pub(super) const RAISED: i64 = 6 * HOUR;
/// What Landmaschinen Voss gets without an invoice.
pub(super) const FREE: i64 = 2 * HOUR;

/// When something is dated.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    LastMonth,
    EndOfLastMonth,
    ThisMonth,
    Today,
}

impl When {
    pub(super) fn day(self, today: NaiveDate) -> NaiveDate {
        let (last, this) = (first_of_month(today, 1), first_of_month(today, 0));
        match self {
            When::LastMonth => last + Days::new(9),
            When::EndOfLastMonth => this.pred_opt().unwrap_or(this),
            When::ThisMonth => (this + Days::new(4)).min(today),
            When::Today => today,
        }
    }
}

/// A line: article, hundredths of its unit, text, and the place of its contract.
pub(super) struct Asked {
    pub article: &'static str,
    pub hundredths: i64,
    pub text: &'static str,
    pub contract: Option<usize>,
    /// Whether its price is left out.
    pub free: bool,
}

const fn remote(hundredths: i64, text: &'static str, contract: usize) -> Asked {
    Asked { article: "D-100", hundredths, text, contract: Some(contract), free: false }
}

/// What was delivered before, so that the situations come about.
pub(super) const PAST: [(usize, When, i64, &str); 7] = [
    (STATIK, When::ThisMonth, 0, "Zeichnungsserver umgezogen"),
    (KRAFTWERK, When::LastMonth, 150, "Zutrittssystem angebunden"),
    (KRAFTWERK, When::ThisMonth, 400, "Trainingsgeräte ins Netz gebracht"),
    (BERGFRIEDEN, When::LastMonth, 400, "Buchungssystem aktualisiert"),
    (VOSS, When::ThisMonth, 400, "Werkstattrechner neu eingerichtet"),
    (FIRSTMANN, When::LastMonth, 500, "Serverschrank umgebaut"),
    (VOSS_WORKSHOP, When::LastMonth, 600, "Prüfstand der Werkstatt vernetzt"),
];
/// So much is left of the four hours of Ingenieurbüro Statik Plus: 40 minutes.
pub(super) const STATIK_MINUTES: i64 = 200;

pub(super) struct Scene {
    pub name: &'static str,
    /// The place of the contract whose customer it is for.
    pub of: usize,
    pub when: When,
    pub lines: &'static [Asked],
    pub issued: bool,
    pub outcomes: &'static [&'static str],
}

const fn draft(name: &'static str, of: usize, lines: &'static [Asked], outcomes: &'static [&'static str]) -> Scene {
    Scene { name, of, when: When::Today, lines, issued: false, outcomes }
}

pub(super) const SCENES: [Scene; 16] = [
    draft(
        "raised_after_billing",
        SEITENWEISE,
        &[remote(500, "Serverumzug (Kontingent erst nach der Abrechnung auf 6 h erhöht)", SEITENWEISE)],
        &["partial"],
    ),
    Scene {
        issued: true,
        ..draft(
            "deviating_interval",
            FIRSTMANN,
            &[remote(300, "Aufmaß-Software verteilt (Kontingent gilt für das ganze Vierteljahr)", FIRSTMANN)],
            &["full"],
        )
    },
    draft(
        "items_are_no_quota",
        BLENDE,
        &[remote(400, "Update der Kassen (fünf Plätze berechnet, Kontingent 3 h)", BLENDE)],
        &["partial"],
    ),
    draft(
        "no_contract",
        MOKKA_QUOTA,
        &[Asked { contract: None, ..remote(150, "Drucker im Rösthaus eingerichtet (noch ohne Vertrag)", 0) }],
        &["no_contract"],
    ),
    draft(
        "other_customer",
        MOKKA_QUOTA,
        &[remote(100, "Etikettendrucker angebunden (Vertrag von Möbelhaus Wagner gewählt)", WAGNER)],
        &["other_customer"],
    ),
    draft(
        "not_a_quota_contract",
        MOKKA_QUOTA,
        &[remote(75, "Durchwahl am Tresen umgestellt (Telefonievertrag gewählt)", MOKKA_PHONE)],
        &["not_a_quota_contract"],
    ),
    draft(
        "group_off_in_contract",
        MOKKA_QUOTA,
        &[Asked {
            article: "D-110",
            ..remote(200, "Waage in der Rösterei angeschlossen (Vor Ort ist im Vertrag ausgenommen)", MOKKA_QUOTA)
        }],
        &["group_not_eligible"],
    ),
    draft(
        "group_off_globally",
        MOKKA_QUOTA,
        &[Asked {
            article: "D-130",
            ..remote(25, "Einweisung ins Kassensystem (Schulung ist allgemein ausgenommen)", MOKKA_QUOTA)
        }],
        &["group_not_eligible"],
    ),
    draft(
        "price_zero",
        MOKKA_QUOTA,
        &[
            remote(100, "Datensicherung wiederhergestellt", MOKKA_QUOTA),
            Asked { free: true, ..remote(50, "Nachbesserung auf Kulanz (Preis 0,00)", MOKKA_QUOTA) },
        ],
        &["full", "price_not_positive"],
    ),
    draft(
        "quantity_zero",
        MOKKA_QUOTA,
        &[
            remote(75, "Router getauscht", MOKKA_QUOTA),
            remote(0, "Nacharbeiten am Router (Menge noch nicht erfasst)", MOKKA_QUOTA),
        ],
        &["full", "quantity_not_positive"],
    ),
    draft(
        "used_up",
        WAGNER,
        &[
            remote(150, "Notebooks für die Ausstellung eingerichtet", WAGNER),
            remote(200, "Warenwirtschaft aktualisiert", WAGNER),
            remote(100, "Anbindung der Kassen geprüft (nur noch 0,50 h übrig)", WAGNER),
            remote(50, "WLAN im Lager verstärkt (nichts mehr übrig)", WAGNER),
        ],
        &["full", "full", "partial", "exhausted"],
    ),
    draft(
        "period_not_billed",
        KLAR,
        &[remote(100, "Zuschnittprogramm aktualisiert (dieser Monat ist noch nicht abgerechnet)", KLAR)],
        &["period_not_billed"],
    ),
    draft(
        "rest_lapsed",
        KRAFTWERK,
        &[remote(200, "Kursplan auf die Website gebracht (2,50 h des Vormonats sind verfallen)", KRAFTWERK)],
        &["exhausted"],
    ),
    Scene {
        when: When::EndOfLastMonth,
        ..draft(
            "earlier_period",
            BERGFRIEDEN,
            &[remote(100, "Nachtrag: Störung am Monatsende (Kontingent des Vormonats war verbraucht)", BERGFRIEDEN)],
            &["exhausted"],
        )
    },
    Scene {
        issued: true,
        ..draft(
            "free_quota",
            VOSS,
            &[remote(150, "Diagnosesoftware eingerichtet (aus dem Freikontingent)", VOSS)],
            &["full"],
        )
    },
    draft(
        "mirrored_in_full",
        STATIK,
        &[remote(100, "Zeichnungen wiederhergestellt (1:00 h gespiegelt, 0:40 h verfügbar)", STATIK)],
        &["partial"],
    ),
];

/// The id of the contract at that place.
pub(super) fn contract(place: usize) -> ContractId {
    ContractId::new(fixed(1, place))
}

/// The id of the document of the scene at that place.
pub(super) fn document(place: usize) -> DocumentId {
    DocumentId::new(fixed(2, place))
}

/// An id that is the same in each demo company, so that links and tests find what it is of.
pub(super) fn fixed(kind: u128, place: usize) -> Uuid {
    let place = u128::try_from(place).unwrap_or(u128::MAX);
    Uuid::from_u128(0x0195_0000_0000_7000_8000_0000_0000_0000 | kind << 16 | place)
}

/// Whether the customer at that place of the list is left to the situations.
pub(super) fn reserved(place: usize) -> bool {
    COMPANIES.get(place).is_some_and(|(name, ..)| AGREED.iter().any(|agreed| agreed.customer == *name))
}
