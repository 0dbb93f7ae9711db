//! Turns `words/*.toml` into one typed function per text.
//!
//! A text is `name = { de = "..", en = ".." }`; `{placeholders}` become parameters. A missing language, an extra
//! one, or placeholders that differ between the languages stop the build.

use std::{collections::BTreeSet, env, fmt::Write as _, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=words");
    let mut files: Vec<_> =
        fs::read_dir("words").expect("words/ exists").map(|f| f.expect("readable").path()).collect();
    files.sort();
    let mut code = String::new();
    let mut names = BTreeSet::new();
    for file in files {
        let table: toml::Table = fs::read_to_string(&file).expect("readable").parse().unwrap_or_else(|error| {
            panic!("{}: {error}", file.display());
        });
        for (name, languages) in table {
            let place = format!("{}: {name}", file.display());
            assert!(names.insert(name.clone()), "{place}: there is a text of this name already");
            let languages = languages.as_table().unwrap_or_else(|| panic!("{place}: not a table of languages"));
            let keys: Vec<_> = languages.keys().map(String::as_str).collect();
            assert_eq!(keys, ["de", "en"], "{place}: needs exactly de and en");
            let text =
                |key: &str| languages[key].as_str().unwrap_or_else(|| panic!("{place}: {key} is no text")).to_owned();
            let (de, en) = (text("de"), text("en"));
            let parameters = placeholders(&de);
            let same = parameters.iter().collect::<BTreeSet<_>>() == placeholders(&en).iter().collect::<BTreeSet<_>>();
            assert!(same, "{place}: the languages have different placeholders");
            function(&mut code, &name, &parameters, &de, &en);
        }
    }
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("texts.rs"), code).expect("OUT_DIR is writable");
}

/// In the order in which the text names them first: a call then reads like the German sentence.
fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for rest in text.split('{').skip(1) {
        let name = rest.split('}').next().unwrap_or_default().to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn function(code: &mut String, name: &str, parameters: &[String], de: &str, en: &str) {
    let _ = writeln!(code, "/// de: {}  ", de.replace('\n', " "));
    let _ = writeln!(code, "/// en: {}", en.replace('\n', " "));
    if parameters.is_empty() {
        let _ = writeln!(
            code,
            "pub fn {name}(lang: Lang) -> &'static str {{ match lang {{ Lang::De => {de:?}, Lang::En => {en:?} }} }}"
        );
    } else {
        let list = parameters.iter().fold(String::new(), |list, p| list + ", " + p + ": impl std::fmt::Display");
        let _ = writeln!(
            code,
            "pub fn {name}(lang: Lang{list}) -> String {{ match lang {{ Lang::De => format!({de:?}), Lang::En => format!({en:?}) }} }}"
        );
    }
}
