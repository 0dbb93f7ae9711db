//! All that the typesetter can see: the templates, the fonts, and the files of one paper. No disk, no network, no clock.

use std::sync::LazyLock;

use typst::{
    Library, LibraryExt as _, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

const FONTS: [&[u8]; 5] = [
    include_bytes!("../fonts/IBMPlexSans-Regular.ttf"),
    include_bytes!("../fonts/IBMPlexSans-SemiBold.ttf"),
    include_bytes!("../fonts/IBMPlexSerif-Medium.ttf"),
    include_bytes!("../fonts/IBMPlexSansArabic-Regular.ttf"),
    include_bytes!("../fonts/IBMPlexSansHebrew-Regular.ttf"),
];

/// The first is the one that is set; it includes the others.
const TEMPLATES: [(&str, &str); 5] = [
    ("paper.typ", include_str!("../templates/paper.typ")),
    ("frame.typ", include_str!("../templates/frame.typ")),
    ("lines.typ", include_str!("../templates/lines.typ")),
    ("balances.typ", include_str!("../templates/balances.typ")),
    ("report.typ", include_str!("../templates/report.typ")),
];

/// What all papers share.
struct House {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    templates: Vec<Source>,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))).collect();
    let source = |(name, text): (&str, &str)| Source::new(file_id(name), text.to_owned());
    House {
        library: LazyHash::new(Library::builder().build()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        templates: TEMPLATES.map(source).into(),
    }
});

/// The id of a file in the only folder there is.
fn file_id(name: &str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).expect("a plain name is a path")).intern()
}

/// Whether one font has all these letters.
pub(crate) fn has_letters(letters: &str) -> bool {
    let has = |font: &Font| letters.chars().all(|letter| font.info().coverage.contains(u32::from(letter)));
    HOUSE.fonts.iter().any(has)
}

/// The files of one paper, beside what all share.
pub(crate) struct Desk {
    files: Vec<(FileId, Bytes)>,
}

impl Desk {
    /// With these files, by their names.
    pub(crate) fn new(files: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Desk {
        Desk { files: files.into_iter().map(|(name, bytes)| (file_id(name), Bytes::new(bytes))).collect() }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &HOUSE.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &HOUSE.book
    }

    fn main(&self) -> FileId {
        HOUSE.templates[0].id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = HOUSE.templates.iter().find(|source| source.id() == id);
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(of, _)| *of == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        HOUSE.fonts.get(index).cloned()
    }

    /// Papers have a date of their own.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
