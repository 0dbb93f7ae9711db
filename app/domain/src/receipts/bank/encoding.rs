//! Text from the bytes of a file.

use super::{BankFault, MOST_XML_BYTES, short};

/// How a zip file begins.
const ZIP: &str = "PK\u{3}\u{4}";

/// How text begins that has two bytes for a character.
const WIDE: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// The names under which XML is read that is not UTF-8.
const NARROW: [&str; 6] = ["windows-1252", "cp1252", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1"];

/// Whether a text is a zip file that was taken for one.
pub(super) fn is_zip(text: &str) -> bool {
    text.starts_with(ZIP)
}

/// Text from the bytes of a file: UTF-8, and whatever is not that is taken for Windows-1252, as older banks write.
///
/// Refused are a zip file, what is longer than any file that is read, and XML that names another encoding than these, or
/// that is not in the one that it names.
pub fn decode(bytes: &[u8]) -> Result<String, BankFault> {
    if bytes.starts_with(ZIP.as_bytes()) {
        return Err(BankFault::Zip);
    }
    if bytes.len() > MOST_XML_BYTES {
        return Err(BankFault::TooLong { most: MOST_XML_BYTES, found: bytes.len() });
    }
    if WIDE.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(BankFault::Encoding { found: "UTF-16".to_owned() });
    }
    // What can be read as UTF-8 is UTF-8, whatever XML calls it: nothing else looks like it by chance.
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.trim_start_matches('\u{feff}').to_owned());
    }
    let text: String = bytes.iter().map(|byte| windows(*byte)).collect();
    match declared(&text) {
        Some(name) if !NARROW.contains(&name.to_lowercase().as_str()) => {
            Err(BankFault::Encoding { found: short(name) })
        }
        _ => Ok(text),
    }
}

/// The encoding that XML names in its first line.
fn declared(text: &str) -> Option<&str> {
    let (declaration, _) = text.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.get(1..)?.split(quote).next()
}

/// What Windows-1252 has where Latin-1 has control characters, from 0x80 on.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows(byte: u8) -> char {
    let place = byte.checked_sub(0x80).map(usize::from);
    place.and_then(|place| WINDOWS.get(place)).copied().unwrap_or(char::from(byte))
}
