//! The logo of the company: the file that somebody chooses, what can be said against it, what is told of it.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use texts::{Lang, decimal, say};

use crate::{
    FieldReason, Problem,
    paper::{Logo, LogoFormat},
};

/// The name of the setting that holds the logo.
pub const LOGO: &str = "logo";

/// The logo as it is chosen in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LogoForm {
    /// The version of the settings that was loaded.
    pub version: i64,
    /// The file as base64, or an SVG as it is written.
    pub file: String,
}

/// A logo that can be tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoDraft {
    /// The version of the settings that was loaded.
    pub version: i64,
    /// The logo; none takes it away.
    pub logo: Option<Logo>,
}

/// Why a file cannot be the logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogoFault {
    /// None was chosen, or there is nothing in it.
    Empty,
    /// It is larger than the program keeps.
    TooLarge {
        /// The most bytes.
        most: usize,
        /// The bytes that came.
        found: usize,
    },
    /// It is neither a PNG nor an SVG.
    NotAPicture,
    /// It has more pixels to a side than can be printed, or none.
    Pixels {
        /// The most to a side.
        most: u32,
        /// How many it has from left to right.
        wide: u32,
        /// How many from top to bottom.
        high: u32,
    },
    /// It cannot be printed: it is cut off or damaged.
    Broken,
}

/// What is told of a logo. A history keeps it as text: `png 12345`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoInfo {
    /// Of which kind it is.
    pub format: LogoFormat,
    /// How many bytes the file has.
    pub bytes: usize,
}

impl LogoForm {
    /// How the bytes of a file are sent.
    pub fn file_of(bytes: &[u8]) -> String {
        STANDARD.encode(bytes)
    }

    /// The logo, or what is wrong with the file as far as it can be told without printing it.
    pub fn check(&self) -> Result<LogoDraft, Problem> {
        let typed = self.file.trim();
        let bytes = if typed.starts_with('<') {
            Ok(typed.as_bytes().to_vec())
        } else {
            STANDARD.decode(typed).map_err(|_| LogoFault::NotAPicture)
        };
        let logo = bytes.and_then(Logo::of_file).map_err(LogoFault::problem)?;
        Ok(LogoDraft { version: self.version, logo: Some(logo) })
    }
}

impl Logo {
    /// The logo that a file is, whatever it is called.
    pub fn of_file(bytes: Vec<u8>) -> Result<Logo, LogoFault> {
        check_size(&bytes)?;
        let format = format_of(&bytes).ok_or(LogoFault::NotAPicture)?;
        let logo = Logo { format, bytes };
        logo.check()?;
        Ok(logo)
    }

    /// Refuses what can be told without reading it as a picture. Whether it can be printed shows when it is.
    pub fn check(&self) -> Result<(), LogoFault> {
        check_size(&self.bytes)?;
        if format_of(&self.bytes) != Some(self.format) {
            return Err(LogoFault::NotAPicture);
        }
        if self.format == LogoFormat::Svg {
            return Ok(());
        }
        // After the signature stand the length and the name of the first chunk, and then width and height.
        let side = |at: usize| self.bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        let (wide, high) = side(16).zip(side(20)).ok_or(LogoFault::Broken)?;
        let fits = |side: u32| (1..=Logo::MOST_PIXELS).contains(&side);
        if fits(wide) && fits(high) { Ok(()) } else { Err(LogoFault::Pixels { most: Logo::MOST_PIXELS, wide, high }) }
    }

    /// What is told of it.
    pub fn info(&self) -> LogoInfo {
        LogoInfo { format: self.format, bytes: self.bytes.len() }
    }
}

fn check_size(bytes: &[u8]) -> Result<(), LogoFault> {
    let (most, found) = (Logo::MOST_BYTES, bytes.len());
    match found {
        0 => Err(LogoFault::Empty),
        _ if found > most => Err(LogoFault::TooLarge { most, found }),
        _ => Ok(()),
    }
}

/// Of which kind a file is, by how it begins.
fn format_of(bytes: &[u8]) -> Option<LogoFormat> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(LogoFormat::Png);
    }
    let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim_start();
    (text.starts_with('<') && text.contains("<svg")).then_some(LogoFormat::Svg)
}

impl LogoFault {
    /// The fault at its field.
    pub fn problem(self) -> Problem {
        Problem::field("file", FieldReason::Logo(self))
    }

    /// The sentence for a person.
    pub fn text(self, lang: Lang) -> String {
        match self {
            LogoFault::Empty => say::logo_empty(lang).to_owned(),
            LogoFault::TooLarge { most, found } => {
                say::logo_too_large(lang, kilobytes(lang, found), kilobytes(lang, most))
            }
            LogoFault::NotAPicture => say::logo_not_a_picture(lang).to_owned(),
            LogoFault::Pixels { most, wide, high } => say::logo_pixels(lang, wide, high, most),
            LogoFault::Broken => say::logo_broken(lang).to_owned(),
        }
    }
}

impl LogoInfo {
    /// As people read it: `PNG, 12,1 kB`.
    pub fn text(self, lang: Lang) -> String {
        let format = match self.format {
            LogoFormat::Png => "PNG",
            LogoFormat::Svg => "SVG",
        };
        format!("{format}, {}", kilobytes(lang, self.bytes))
    }
}

impl fmt::Display for LogoInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match self.format {
            LogoFormat::Png => "png",
            LogoFormat::Svg => "svg",
        };
        write!(f, "{format} {}", self.bytes)
    }
}

impl FromStr for LogoInfo {
    type Err = ();

    fn from_str(text: &str) -> Result<LogoInfo, ()> {
        let (format, bytes) = text.split_once(' ').ok_or(())?;
        let format = match format {
            "png" => LogoFormat::Png,
            "svg" => LogoFormat::Svg,
            _ => return Err(()),
        };
        Ok(LogoInfo { format, bytes: bytes.parse().map_err(|_| ())? })
    }
}

/// The size of a file, rounded up to a tenth of 1 024 bytes: what is too large never looks as if it were not.
fn kilobytes(lang: Lang, bytes: usize) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1024);
    let tenths = i64::try_from(tenths).unwrap_or(i64::MAX);
    format!("{}\u{a0}kB", decimal(lang, Decimal::new(tenths, 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a PNG with so many pixels.
    fn png(wide: u32, high: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(wide.to_be_bytes());
        bytes.extend(high.to_be_bytes());
        bytes
    }

    fn sent(bytes: &[u8]) -> Result<Logo, FieldReason> {
        let form = LogoForm { version: 3, file: LogoForm::file_of(bytes) };
        let checked = form.check().map_err(|problem| {
            let [only] = problem.fields() else { panic!("one field is wrong: {problem:?}") };
            assert_eq!(only.field, "file");
            only.reason.clone()
        });
        checked.map(|draft| {
            assert_eq!(draft.version, 3);
            draft.logo.expect("a logo")
        })
    }

    /// Red when: a picture is known by anything else than by what it holds, or is not what was sent.
    #[test]
    fn a_file_is_the_picture_that_it_holds() {
        let svg = "\u{feff} <?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        for (bytes, format) in [
            (png(1, 4_000), LogoFormat::Png),
            (svg.as_bytes().to_vec(), LogoFormat::Svg),
            (b"<svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>".to_vec(), LogoFormat::Svg),
        ] {
            assert_eq!(sent(&bytes), Ok(Logo { format, bytes }));
        }
        // An SVG can also be sent as it is written.
        let typed = LogoForm { version: 0, file: " <svg>\n</svg> ".to_owned() };
        let logo = typed.check().expect("a picture").logo.expect("a logo");
        assert_eq!((logo.format, logo.bytes.as_slice()), (LogoFormat::Svg, "<svg>\n</svg>".as_bytes()));
    }

    #[test]
    fn what_cannot_be_a_logo_is_refused_with_its_figures() {
        let large = vec![b'<'; Logo::MOST_BYTES + 1];
        let mut largest = b"<svg/>".to_vec();
        largest.resize(Logo::MOST_BYTES, b' ');
        assert!(sent(&largest).is_ok());
        let too_large = LogoFault::TooLarge { most: Logo::MOST_BYTES, found: Logo::MOST_BYTES + 1 };
        let pixels = |wide, high| LogoFault::Pixels { most: 4_000, wide, high };
        for (bytes, fault) in [
            (Vec::new(), LogoFault::Empty),
            (large, too_large),
            (b"GIF89a".to_vec(), LogoFault::NotAPicture),
            (b"<html></html>".to_vec(), LogoFault::NotAPicture),
            (b"\xff\xfe<\0s\0v\0g\0".to_vec(), LogoFault::NotAPicture),
            (png(1, 1)[..20].to_vec(), LogoFault::Broken),
            (png(4_001, 1), pixels(4_001, 1)),
            (png(1, 0), pixels(1, 0)),
        ] {
            assert_eq!(sent(&bytes), Err(FieldReason::Logo(fault)));
        }
        let garbage = LogoForm { version: 0, file: "§$%".to_owned() };
        assert_eq!(garbage.check(), Err(LogoFault::NotAPicture.problem()));
        let other = Logo { format: LogoFormat::Svg, bytes: png(1, 1) };
        assert_eq!(other.check(), Err(LogoFault::NotAPicture));
        assert_eq!(too_large.text(Lang::De), "Die Datei hat 256,1\u{a0}kB; höchstens 256\u{a0}kB sind möglich.");
    }

    #[test]
    fn what_is_told_of_a_logo_is_read_back() {
        let info = LogoInfo { format: LogoFormat::Png, bytes: 12_345 };
        assert_eq!((info.to_string().as_str(), info.text(Lang::En).as_str()), ("png 12345", "PNG, 12.1\u{a0}kB"));
        assert_eq!("png 12345".parse(), Ok(info));
        for wrong in ["", "png", "png x", "gif 1", "png 1 2"] {
            assert_eq!(wrong.parse::<LogoInfo>(), Err(()), "{wrong}");
        }
    }
}
