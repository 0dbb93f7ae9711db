//! Turns what stands on a document into a PDF.
//!
//! *Invariants.* The same input is the same bytes: the only date is the document's, the only id is made of its number.
//! Texts cross into the template as data and are never read as markup. The file is a PDF/A-3b with its fonts in it,
//! tagged as PDF/UA-1 asks for.
//!
//! *Boundaries.* Knows no database, no clock and no network, and decides no figure: sums that do not agree are refused.
//! Setting a page keeps a processor busy, so a caller that must not wait hands it to a thread of its own.

mod clean;
mod giro;
mod report;
mod view;
mod world;

use texts::Lang;
use thiserror::Error;
use typst::{comemo, diag::SourceDiagnostic, foundations::Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use wire::paper::Logo;
pub use wire::paper::{Input, TEMPLATE_VERSION};

use world::Desk;

/// Why there is no paper.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaperError {
    /// The lines do not come to the totals: nothing that does not add up is printed.
    #[error("the lines do not come to the totals")]
    Sums,
    /// The logo cannot be printed.
    #[error("the logo cannot be printed: {0}")]
    Logo(String),
    /// A template is wrong, or something in the input is so odd that it cannot be set.
    #[error("the paper cannot be set: {0}")]
    Typesetting(String),
}

/// The PDF. Errors when the sums do not agree, and when the logo cannot be printed: whoever uploads one is told by
/// [`check_logo`], so a paper is never issued with another look than people saw.
pub fn render(input: &Input) -> Result<Vec<u8>, PaperError> {
    if !input.adds_up() {
        return Err(PaperError::Sums);
    }
    if let Some(logo) = &input.letterhead.logo {
        // A small file can hold a picture that fills the memory: it is not even read.
        logo.check().map_err(|fault| PaperError::Logo(fault.text(Lang::En)))?;
    }
    let outcome = set(input);
    // What was remembered of this paper helps the next one only where both are the same: it is forgotten one paper later.
    comemo::evict(REMEMBERED);
    match outcome {
        Err(reason) if input.letterhead.logo.is_some() => {
            let mut plain = input.clone();
            plain.letterhead.logo = None;
            // It is the logo if it works without.
            let without = set(&plain);
            comemo::evict(REMEMBERED);
            Err(if without.is_ok() { PaperError::Logo(reason) } else { PaperError::Typesetting(reason) })
        }
        outcome => outcome.map_err(PaperError::Typesetting),
    }
}

/// For how many papers more the typesetter remembers what it did for one.
const REMEMBERED: usize = 1;

/// Whether a picture can be printed as a logo, to be asked when it is uploaded.
pub fn check_logo(logo: &Logo) -> Result<(), PaperError> {
    render(&view::specimen(logo.clone())).map(|_| ())
}

/// Sets the pages and writes them down. Errors in the typesetter's words.
fn set(input: &Input) -> Result<Vec<u8>, String> {
    let code = giro::code(input);
    let view = view::View::of(input, code.is_some());
    let data = serde_json::to_vec(&view).map_err(|error| error.to_string())?;
    let logo = input.letterhead.logo.as_ref().map(|logo| (view::logo_file(logo.format), logo.bytes.clone()));
    let code = code.map(|svg| ("code.svg", svg));
    let desk = Desk::new([("data.json", data)].into_iter().chain(logo).chain(code));
    let pages = typst::compile::<PagedDocument>(&desk).output.map_err(|found| in_words(&found))?;
    // For archives and for those who have it read out. What cannot be both, such as a script with letters that cannot be
    // told from its glyphs, is still fit for an archive.
    write(input, &pages, &[PdfStandard::A_3b, PdfStandard::Ua_1])
        .or_else(|_| write(input, &pages, &[PdfStandard::A_3b]))
}

fn write(input: &Input, pages: &PagedDocument, standards: &[PdfStandard]) -> Result<Vec<u8>, String> {
    let options = PdfOptions {
        ident: Smart::Custom(format!("{}/{:?}/{}", input.letterhead.name, input.kind, input.number)),
        creator: Smart::Custom(Some(texts::say::product(Lang::En).to_owned())),
        standards: PdfStandards::new(standards).map_err(|error| error.message().to_string())?,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(pages, &options).map_err(|found| in_words(&found))
}

fn in_words(found: &[SourceDiagnostic]) -> String {
    found.iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("; ")
}
