//! Writing addresses.

/// Writes an address without what is the default anyway.
#[derive(Debug, Clone)]
pub struct Address {
    path: String,
    parts: Vec<String>,
}

/// The forms in which a list can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// Text that every program reads.
    Csv,
    /// A workbook with real numbers, dates and times.
    Xlsx,
}

impl Export {
    /// Every form.
    pub const ALL: [Export; 2] = [Export::Csv, Export::Xlsx];

    /// The end of the file's name.
    pub const fn name(self) -> &'static str {
        match self {
            Export::Csv => "csv",
            Export::Xlsx => "xlsx",
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Export> {
        Export::ALL.into_iter().find(|form| form.name() == name)
    }
}

impl Address {
    /// An address without anything behind the question mark.
    pub fn new(path: impl Into<String>) -> Address {
        Address { path: path.into(), parts: Vec::new() }
    }

    /// A text that somebody typed; empty says nothing.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Address {
        if !value.is_empty() {
            self.parts.push(format!("{name}={}", encode(value)));
        }
        self
    }

    /// One of our own words, an id or a day.
    #[must_use]
    pub fn word(mut self, name: &str, value: Option<impl ToString>) -> Address {
        self.parts.extend(value.map(|value| format!("{name}={}", value.to_string())));
        self
    }

    /// Something that is so or is not.
    #[must_use]
    pub fn flag(self, name: &str, on: bool) -> Address {
        self.word(name, on.then_some("1"))
    }

    /// Whether nothing stands behind the question mark.
    pub fn is_plain(&self) -> bool {
        self.parts.is_empty()
    }

    /// The whole address.
    pub fn whole(self) -> String {
        if self.parts.is_empty() { self.path } else { format!("{}?{}", self.path, self.parts.join("&")) }
    }

    /// The page, and with it the whole address.
    pub fn page(self, page: u32) -> String {
        self.word("page", (page > 1).then_some(page)).whole()
    }
}

/// Percent-encodes everything but letters and digits.
fn encode(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}
