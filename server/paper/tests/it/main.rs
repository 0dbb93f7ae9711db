//! What papers show, that archives may keep them, and what people may type without harm.
//!
//! Each test says what turns it red.

mod archive;
mod kinds;
mod long;
mod odd;
mod report;
mod samples;

use wire::paper::Input;

/// Its PDF.
fn pdf(input: &Input) -> Vec<u8> {
    paper::render(input).expect("it can be set")
}

/// What is to be read on each page, without spaces: where words and lines break is not what is asked.
fn pages(pdf: &[u8]) -> Vec<String> {
    let pages = pdf_extract::extract_text_from_mem_by_pages(pdf).expect("a PDF with text");
    pages.iter().map(|page| squeezed(page)).collect()
}

fn text(input: &Input) -> String {
    pages(&pdf(input)).concat()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{200b}').collect()
}

/// Whether all of it can be read there.
#[track_caller]
fn assert_shows(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.contains(&squeezed(wanted)), "{wanted:?} is not on the paper: {text}");
    }
}

#[track_caller]
fn assert_hides(text: &str, unwanted: &[&str]) {
    for unwanted in unwanted {
        assert!(!text.contains(&squeezed(unwanted)), "{unwanted:?} is on the paper: {text}");
    }
}
