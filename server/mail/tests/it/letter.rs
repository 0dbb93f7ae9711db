//! The letter as a page and as plain text.

use mail::{html, text};
use texts::Lang;
use wire::mails::Letter;

use crate::samples::letter;

/// Each text of a letter, to be changed.
fn typed(letter: &mut Letter) -> Vec<&mut String> {
    let mut all = vec![&mut letter.subject, &mut letter.company];
    all.extend(letter.paragraphs.iter_mut().chain(&mut letter.imprint));
    all.extend(letter.facts.iter_mut().flat_map(|(name, value)| [name, value]));
    all
}

/// What is to be read on the page.
fn shown(page: &str) -> String {
    let (_, body) = page.split_once("<body").expect("a body");
    let mut text = String::new();
    for piece in body.split('<').skip(1) {
        let (tag, behind) = piece.split_once('>').expect("a tag ends");
        text.push_str(if tag.starts_with("br") { "\n" } else { "" });
        text.push_str(behind);
    }
    unescaped(&text)
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (entity, behind) = after.split_once(';').expect("an entity ends");
        plain.push_str(before);
        plain.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            _ => {
                let number = entity.strip_prefix('#').and_then(|number| number.parse().ok());
                number.and_then(char::from_u32).expect("a character")
            }
        });
        rest = behind;
    }
    plain + rest
}

/// The names of all tags, in their order.
fn tags(page: &str) -> Vec<&str> {
    let ends = [' ', '>'];
    page.split('<').skip(1).map(|piece| piece.split(ends).next().unwrap_or_default()).collect()
}

const HOSTILE: [&str; 18] = [
    "<script>alert(1)</script>",
    "</mj-text><mj-raw><b>x</b></mj-raw>",
    "<mj-include path=\"/etc/passwd\" />",
    "\"><img src=x onerror=alert(1)>",
    "' style='x",
    "{{company}}",
    "{{paragraphs}}",
    "{{",
    "}}",
    "&lt;b&gt;",
    "&amp",
    "&#60;",
    "]]>",
    "<!-- x",
    "-->",
    "<![endif]-->",
    "a\\b\\\"c",
    "<br>",
];

/// Red when any text is read as markup or as a place to be filled in, wherever it stands.
#[test]
fn markup_is_shown_and_not_read() {
    let plain = html(&letter()).expect("a page");
    for hostile in HOSTILE {
        let mut letter = letter();
        let mut wanted = Vec::new();
        for (place, text) in typed(&mut letter).into_iter().enumerate() {
            *text = format!("A{place} {hostile} Z");
            wanted.push(text.clone());
        }
        // The last paragraph had two lines, and has one now.
        letter.paragraphs[2].push_str("\nB");
        let page = html(&letter).expect("a page");
        assert_eq!(tags(&page), tags(&plain), "{hostile}");
        assert_eq!(page.matches('"').count(), plain.matches('"').count(), "{hostile}");
        // The subject stands above the letter, not in it.
        let (head, _) = page.split_once("</title>").expect("a title");
        let (_, title) = head.split_once("<title>").expect("a title");
        assert_eq!(unescaped(title), wanted[0]);
        for wanted in &wanted[1..] {
            assert!(shown(&page).contains(wanted), "{wanted} is not on the page: {}", shown(&page));
            assert!(text(&letter).contains(wanted), "{wanted} is not in the text: {}", text(&letter));
        }
    }
}

/// Red when a letter without some of its parts cannot be set, or shows an empty table.
#[test]
fn parts_may_be_missing() {
    let mut bare = letter();
    bare.facts.clear();
    assert!(!html(&bare).expect("a page").contains("<th"));
    for text in typed(&mut bare) {
        text.clear();
    }
    html(&bare).expect("a page");
    bare.paragraphs.clear();
    bare.imprint.clear();
    html(&bare).expect("a page");
    assert_eq!(text(&bare), "\n");
}

/// Red when lines run together, or when a text gets the direction of what stands around it.
#[test]
fn lines_and_directions_are_kept() {
    let mut letter = letter();
    letter.paragraphs = vec!["eins\r\nzwei\n\ndrei".to_owned(), "שלום 12 عربي".to_owned()];
    let page = html(&letter).expect("a page");
    assert!(page.contains("<div dir=\"auto\">eins<br />zwei<br /><br />drei</div>"), "{page}");
    assert!(page.contains("<div dir=\"auto\">שלום 12 عربي</div>"), "{page}");
    assert!(page.contains("<html lang=\"de\" dir=\"ltr\""), "{page}");
    letter.lang = Lang::En;
    assert!(html(&letter).expect("a page").contains("<html lang=\"en\""));
}

/// Red when the page has something fetched, which tells others who reads it and when.
#[test]
fn nothing_is_fetched() {
    let page = html(&letter()).expect("a page");
    for way in ["src=", "href=", "@import", "url(", "<link", "<img"] {
        assert!(!page.contains(way), "{way}: {page}");
    }
}

/// Red when the page does not follow dark programs, or when an accent that cannot be read on white is written in.
#[test]
fn colours_can_be_read() {
    let page = html(&letter()).expect("a page");
    assert!(page.contains("<meta name=\"color-scheme\" content=\"light dark\""), "{page}");
    assert!(page.contains("prefers-color-scheme: dark"), "{page}");
    assert!(page.contains("border-top:2px solid #0f5c4d"), "{page}");
    assert!(page.contains("color:#0f5c4d"), "{page}");
    let faint = html(&Letter { accent: [0xff, 0xee, 0x00], ..letter() }).expect("a page");
    assert!(faint.contains("border-top:2px solid #ffee00"), "{faint}");
    assert!(!faint.contains("color:#ffee00"), "{faint}");
}

/// Red when figures do not stand one under the other.
#[test]
fn figures_are_set_in_a_column() {
    let page = html(&letter()).expect("a page");
    let figure = "font-variant-numeric:tabular-nums;text-align:right;vertical-align:top\">1.190,00 €</td>";
    assert!(page.contains(figure), "{page}");
}

/// Red when the same letter becomes another page.
#[test]
fn the_same_letter_is_the_same_page() {
    assert_eq!(html(&letter()), html(&letter()));
}

/// Red when the plain text loses an empty line, a column or the line of the signature.
#[test]
fn the_plain_text_is_set_by_characters() {
    let wanted = "Guten Tag,\n\
        \n\
        anbei erhalten Sie die Rechnung.\n\
        \n\
        Mit freundlichen Grüßen\n\
        Nordlicht Systemhaus GmbH\n\
        \n\
        Nummer       RE-2026-0007\n\
        Betrag         1.190,00 €\n\
        Zahlbar bis    14.05.2026\n\
        \n\
        -- \n\
        Nordlicht Systemhaus GmbH\n\
        Speicherstraße 14, 24103 Kiel\n\
        Amtsgericht Kiel, HRB 12345\n";
    assert_eq!(text(&letter()), wanted);
}
