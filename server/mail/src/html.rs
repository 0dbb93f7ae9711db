//! The letter as it looks in a mail program.
//!
//! *Invariants.* Each text is escaped before it meets a template, and what was filled in is not looked at again.
//! Nothing is fetched from anywhere: no pictures, no fonts.

use std::collections::HashMap;

use mrml::prelude::render::RenderOptions;
use wire::mails::Letter;

use crate::clean::{line, lines};

const LETTER: &str = include_str!("../templates/letter.mjml");
const PARAGRAPH: &str = include_str!("../templates/paragraph.mjml");
const FACTS: &str = include_str!("../templates/facts.mjml");
const FACT: &str = include_str!("../templates/fact.mjml");

/// The page. Errors in the renderer's words, when a template is wrong.
pub fn html(letter: &Letter) -> Result<String, String> {
    let page = mrml::parse(source(letter)?).map_err(|error| error.to_string())?;
    // Without the names of fonts for which the renderer would have them fetched.
    let options = RenderOptions { fonts: HashMap::new(), ..RenderOptions::default() };
    page.element.render(&options).map_err(|error| error.to_string())
}

/// The templates, filled.
fn source(letter: &Letter) -> Result<String, String> {
    let [red, green, blue] = letter.accent;
    let accent = format!("#{red:02x}{green:02x}{blue:02x}");
    let accent_text = if readable(letter.accent) { accent.as_str() } else { INK };
    let paragraph = |text: &String| fill(PARAGRAPH, &[("text", &rows(lines(text)))]);
    let paragraphs = letter.paragraphs.iter().map(paragraph).collect::<Result<String, _>>()?;
    let imprint = letter.imprint.iter().map(|text| line(text)).filter(|text| !text.is_empty());
    fill(
        LETTER,
        &[
            ("lang", letter.lang.tag()),
            ("subject", &escaped(&line(&letter.subject))),
            ("accent", &accent),
            ("accent_text", accent_text),
            ("company", &escaped(&line(&letter.company))),
            ("paragraphs", &paragraphs),
            ("facts", &facts(&letter.facts)?),
            ("imprint", &rows(imprint.collect())),
        ],
    )
}

/// The table, or nothing where there are no facts.
fn facts(facts: &[(String, String)]) -> Result<String, String> {
    if facts.is_empty() {
        return Ok(String::new());
    }
    let row = |(name, value): &(String, String)| {
        fill(FACT, &[("name", &escaped(&line(name))), ("value", &escaped(&line(value)))])
    };
    let rows = facts.iter().map(row).collect::<Result<String, _>>()?;
    fill(FACTS, &[("rows", &rows)])
}

fn rows(lines: Vec<String>) -> String {
    lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br />")
}

/// Puts values at their places. Errors when a place is not known.
fn fill(template: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (place, behind) = after.split_once("}}").unwrap_or((after, ""));
        let value = values.iter().find(|(name, _)| *name == place).map(|(_, value)| *value);
        filled.push_str(before);
        filled.push_str(value.ok_or_else(|| format!("nothing is known for {place}"))?);
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Text that is read as text. The renderer writes titles into attributes as Rust writes strings: what it would escape
/// there is escaped here in the way that mail programs know.
fn escaped(text: &str) -> String {
    let one = |letter: char| match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        _ if letter.escape_debug().count() > 1 => format!("&#{};", u32::from(letter)),
        _ => letter.to_string(),
    };
    text.chars().map(one).collect()
}

const INK: &str = "#1f2622";

/// Whether letters of that colour can be read on white, measured as for papers.
fn readable([red, green, blue]: [u8; 3]) -> bool {
    let seen = 213 * u32::from(red) + 715 * u32::from(green) + 72 * u32::from(blue);
    seen < 130 * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when what was filled in is filled once more, or when a place that nobody knows stays in the page.
    #[test]
    fn places_are_filled_once() {
        assert_eq!(fill("<{{a}}{{b}}>", &[("a", "{{b}}"), ("b", "{{a}}")]), Ok("<{{b}}{{a}}>".to_owned()));
        assert_eq!(fill("{{c}}", &[("a", "")]), Err("nothing is known for c".to_owned()));
    }

    /// Red when a character means something to HTML, or is written in a way that only Rust knows.
    #[test]
    fn nothing_that_is_typed_means_anything() {
        assert_eq!(escaped("a<b>&\"'\\ü"), "a&lt;b&gt;&amp;&#34;&#39;&#92;ü");
        let odd = "\u{200f}\u{200d}e\u{301}\u{ffff}";
        assert_eq!(format!("{:?}", escaped(odd)), "\"&#8207;&#8205;e&#769;&#65535;\"");
    }
}
