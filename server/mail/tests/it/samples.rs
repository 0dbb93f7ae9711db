//! A mail with all that there can be.

use chrono::DateTime;
use texts::Lang;
use uuid::Uuid;
use wire::mails::{Attachment, Letter, Outgoing};

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub fn letter() -> Letter {
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Letter {
        lang: Lang::De,
        subject: "Rechnung RE-2026-0007 von Nordlicht".to_owned(),
        paragraphs: owned(&[
            "Guten Tag,",
            "anbei erhalten Sie die Rechnung.",
            "Mit freundlichen Grüßen\nNordlicht Systemhaus GmbH",
        ]),
        facts: vec![fact("Nummer", "RE-2026-0007"), fact("Betrag", "1.190,00 €"), fact("Zahlbar bis", "14.05.2026")],
        company: "Nordlicht Systemhaus GmbH".to_owned(),
        imprint: owned(&["Speicherstraße 14, 24103 Kiel", "Amtsgericht Kiel, HRB 12345"]),
        accent: [0x0f, 0x5c, 0x4d],
    }
}

pub fn outgoing() -> Outgoing {
    Outgoing {
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0007),
        at: DateTime::from_timestamp(1_777_000_000, 0).expect("a time"),
        from: ("Nordlicht Systemhaus GmbH".to_owned(), "rechnung@nordlicht.example".to_owned()),
        reply_to: "buero@nordlicht.example".to_owned(),
        to: owned(&["einkauf@kunde.example", "buchhaltung@kunde.example"]),
        letter: letter(),
        attachments: vec![Attachment {
            name: "Rechnung RE-2026-0007.pdf".to_owned(),
            kind: "application/pdf",
            bytes: b"%PDF-1.7\n".to_vec(),
        }],
    }
}
