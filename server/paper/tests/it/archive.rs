//! That an archive may keep a paper, and that everybody can read it.

use pdf_extract::{Dictionary, Document, Object};
use texts::Lang;
use wire::paper::{Input, PaperKind};

use crate::{pdf, samples::sample};

fn read(input: &Input) -> Document {
    Document::load_mem(&pdf(input)).expect("a PDF")
}

fn catalog(document: &Document) -> &Dictionary {
    document.catalog().expect("a catalog")
}

// Red when time, chance or an order of hashing gets into the file.
#[test]
fn the_same_input_is_the_same_bytes() {
    for kind in PaperKind::ALL {
        let input = sample(kind, Lang::De);
        let first = pdf(&input);
        // Another one in between, so that it is not only remembered.
        pdf(&sample(kind, Lang::En));
        pdf(&sample(kind, Lang::En));
        assert!(first == pdf(&input), "{kind:?} differs");
    }
}

// Red when the standard is not kept or not named.
#[test]
fn it_is_an_archive_of_level_3b() {
    let document = read(&sample(PaperKind::Invoice, Lang::De));
    let metadata = catalog(&document).get(b"Metadata").and_then(Object::as_reference).expect("metadata");
    let metadata = document.get_object(metadata).and_then(Object::as_stream).expect("a stream");
    let xmp = metadata.get_plain_content().unwrap_or_else(|_| metadata.content.clone());
    let xmp = String::from_utf8(xmp).expect("text");
    for wanted in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>B</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "2026-04-10",
    ] {
        assert!(xmp.contains(wanted), "{wanted} is not in {xmp}");
    }
    assert!(catalog(&document).get(b"OutputIntents").is_ok(), "no output intent");
}

// Red when tags, language or title are missing: then nobody can have it read out.
#[test]
fn it_can_be_read_out() {
    for (lang, tag) in [(Lang::De, "de"), (Lang::En, "en")] {
        let document = read(&sample(PaperKind::Invoice, lang));
        let catalog = catalog(&document);
        assert!(catalog.get(b"StructTreeRoot").is_ok(), "no tags");
        let marked = catalog.get(b"MarkInfo").and_then(Object::as_dict).and_then(|mark| mark.get(b"Marked"));
        assert!(matches!(marked, Ok(Object::Boolean(true))), "not marked as tagged");
        assert_eq!(catalog.get(b"Lang").and_then(Object::as_str).expect("a language"), tag.as_bytes());
        let names: Vec<&[u8]> = document
            .objects
            .values()
            .filter_map(|object| object.as_dict().ok())
            .filter(|dict| dict.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == b"StructElem"))
            .filter_map(|dict| dict.get(b"S").and_then(Object::as_name).ok())
            .collect();
        for wanted in [&b"H1"[..], b"Table", b"THead", b"TH", b"TD", b"Figure"] {
            assert!(names.contains(&wanted), "no tag {}", String::from_utf8_lossy(wanted));
        }
    }
}

// Red when title, author or date are not those of the document.
#[test]
fn it_says_what_it_is() {
    let pdf = pdf(&sample(PaperKind::Cancellation, Lang::De));
    let document = Document::load_mem(&pdf).expect("a PDF");
    let info = document.trailer.get(b"Info").and_then(Object::as_reference).expect("information");
    let info = document.get_dictionary(info).expect("a dictionary");
    let of = |key: &[u8]| pdf_extract::decode_text_string(info.get(key).expect("a value")).expect("text");
    assert_eq!(of(b"Title"), "Stornorechnung ST-2026-00007");
    assert_eq!(of(b"Author"), "Nordlicht Systemhaus GmbH");
    assert_eq!(of(b"Creator"), "Drawdown");
    assert!(of(b"CreationDate").starts_with("D:20260410"), "{}", of(b"CreationDate"));
}

// Red when a font is only named: then it looks different elsewhere.
#[test]
fn its_fonts_are_in_it() {
    let document = read(&sample(PaperKind::Invoice, Lang::De));
    let dicts = document.objects.values().filter_map(|object| object.as_dict().ok());
    let fonts: Vec<_> = dicts.filter(|dict| dict.get(b"FontName").is_ok()).collect();
    assert!(fonts.len() >= 3, "{} fonts", fonts.len());
    for font in fonts {
        assert!(font.get(b"FontFile2").or(font.get(b"FontFile3")).is_ok(), "not embedded: {font:?}");
    }
}

// Red when an input that was kept with a document can no longer be read, or is written another way: then its hash is wrong.
#[test]
fn an_input_that_was_kept_can_be_read() {
    let kept = include_str!("../kept/input-1.json");
    let input: Input = serde_json::from_str(kept).expect("version 1");
    assert_eq!(input, sample(PaperKind::Invoice, Lang::De));
    assert_eq!(serde_json::to_string(&input).expect("JSON"), kept.trim_end());
}
