//! XML as a tree of elements: what a statement needs of it, and nothing that a file could use against its reader.
//!
//! A name counts without its prefix, and of all attributes only the currency of an amount is kept. What a file defines
//! itself is refused, so nothing grows while it is read; the length of the file bounds how many elements there are.

use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::{BankFault, short};

/// How deep elements may stand in one another: a statement comes to less than half of it.
const MOST_DEPTH: usize = 40;

/// An element with what is in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its name, without a prefix.
    pub name: String,
    /// The currency that an amount names.
    pub currency: String,
    /// The text in it, without that of the elements in it.
    pub text: String,
    /// The elements in it, in their order.
    pub children: Vec<Element>,
    /// Where it begins, in bytes.
    pub start: usize,
}

impl Element {
    /// The elements of that name in it.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The element at the end of a path of names, each time the first one.
    pub fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.children.iter().find(|child| child.name == *name))
    }

    /// The text at the end of a path; empty where there is none.
    pub fn text_at(&self, path: &[&str]) -> &str {
        self.at(path).map_or("", |element| element.text.trim())
    }

    /// The text at the end of the first path that leads to any.
    pub fn first_text(&self, paths: &[&[&str]]) -> &str {
        paths.iter().map(|path| self.text_at(path)).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

/// Line and character, from 1, in which a byte of a text stands.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()).saturating_add(1);
    (line, column)
}

/// That a text is no XML at a byte.
fn broken(text: &str, at: usize) -> BankFault {
    let (line, column) = place(text, at);
    BankFault::Broken { line, column }
}

/// The outermost element of a text.
pub(super) fn tree(text: &str) -> Result<Element, BankFault> {
    let mut reader = Reader::from_str(text);
    // Those that are not closed yet, each in the one before it; the first stands for the file itself.
    let mut open = vec![Element::default()];
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let event = reader.read_event();
        match event {
            Ok(Event::Start(_)) if open.len() > MOST_DEPTH => {
                return Err(BankFault::TooDeep { line: place(text, at).0, most: MOST_DEPTH });
            }
            Ok(Event::Start(tag)) => open.push(element(&tag, at).ok_or_else(|| broken(text, at))?),
            Ok(Event::Empty(tag)) => put(&mut open, element(&tag, at).ok_or_else(|| broken(text, at))?),
            // The reader has compared the names.
            Ok(Event::End(_)) => {
                if let Some(closed) = open.pop() {
                    put(&mut open, closed);
                }
            }
            Ok(Event::Text(words)) => say(&mut open, &words),
            Ok(Event::CData(words)) => say(&mut open, &words),
            Ok(Event::GeneralRef(reference)) => {
                let found = || BankFault::Definition { line: place(text, at).0, found: short(&reference) };
                match character(&reference) {
                    Some(Ok(c)) => say(&mut open, c.encode_utf8(&mut [0; 4])),
                    Some(Err(())) => return Err(broken(text, at)),
                    None => say(&mut open, resolve_xml_entity(&reference).ok_or_else(found)?),
                }
            }
            Ok(Event::DocType(_)) => {
                return Err(BankFault::Definition { line: place(text, at).0, found: "DOCTYPE".to_owned() });
            }
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_)) => {}
            Ok(Event::Eof) => break,
            Err(_) => return Err(broken(text, usize::try_from(reader.error_position()).unwrap_or(text.len()))),
        }
    }
    root(open).ok_or_else(|| broken(text, text.len()))
}

/// The outermost element, when everything is closed and nothing stands beside it.
fn root(mut open: Vec<Element>) -> Option<Element> {
    let mut file = open.pop().filter(|file| file.text.trim().is_empty() && file.children.len() == 1)?;
    open.is_empty().then(|| file.children.pop()).flatten()
}

/// An element that begins; none when its currency cannot be read.
fn element(tag: &BytesStart, start: usize) -> Option<Element> {
    let name = tag.local_name().into_inner().to_owned();
    let currency = match name.as_str() {
        "Amt" => tag.try_get_attribute("Ccy").ok()?.map(|currency| currency.value.trim().to_owned()),
        _ => None,
    };
    Some(Element { name, currency: currency.unwrap_or_default(), start, ..Element::default() })
}

fn put(open: &mut [Element], element: Element) {
    if let Some(last) = open.last_mut() {
        last.children.push(element);
    }
}

fn say(open: &mut [Element], words: &str) {
    if let Some(last) = open.last_mut() {
        last.text.push_str(words);
    }
}

/// The character that a reference gives by its number; none of one that gives a name.
fn character(reference: &BytesRef) -> Option<Result<char, ()>> {
    reference.resolve_char_ref().map_err(|_| ()).transpose()
}
