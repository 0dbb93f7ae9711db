//! How large the fronts are that a browser loads.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
};

use crate::house::project;

/// The sizes of one front, in bytes; none where there is no such file or nothing in it.
pub struct Bundle {
    /// Its name.
    pub name: &'static str,
    /// What its WebAssembly may have at most, in kB, after brotli.
    pub goal: u32,
    /// The WebAssembly as built.
    pub raw: Option<u64>,
    /// After brotli: WebAssembly, JavaScript, styles.
    pub packed: [Option<u64>; 3],
    /// What its pages fetch besides, after brotli: the name of each set of pages, and what all of its files come to.
    pub pages: BTreeMap<String, u64>,
}

/// All fronts.
pub fn bundles() -> Vec<Bundle> {
    [("portal", 150), ("phone", 250), ("office", 350)]
        .into_iter()
        .map(|(name, goal)| {
            let file = |ending: &str| project().join(format!("target/site-release/{name}/pkg/{name}.{ending}"));
            let packed = ["wasm", "js", "css"].map(|ending| packed(&file(ending)));
            Bundle { name, goal, raw: size(&file("wasm")), packed, pages: pages(name).unwrap_or_default() }
        })
        .collect()
}

fn pages(front: &str) -> Option<BTreeMap<String, u64>> {
    let folder = project().join(format!("target/site-release/{front}/pkg"));
    let listed = std::fs::read(folder.join("__wasm_split_manifest.json")).ok()?;
    let files: BTreeMap<String, Vec<String>> = serde_json::from_slice(&listed).ok()?;
    let all = |files: Vec<String>| files.iter().filter_map(|file| packed(&folder.join(format!("{file}.wasm")))).sum();
    Some(files.into_iter().map(|(name, files)| (name, all(files))).collect())
}

fn size(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|file| file.len()).filter(|bytes| *bytes > 0)
}

/// The file that the build has packed, or what the command `brotli` makes of it.
fn packed(path: &Path) -> Option<u64> {
    size(path)?;
    size(&path.with_added_extension("br")).or_else(|| {
        let done = Command::new("brotli").args(["-q", "11", "-c"]).arg(path).stderr(Stdio::null()).output().ok()?;
        if done.status.success() { u64::try_from(done.stdout.len()).ok() } else { None }
    })
}
