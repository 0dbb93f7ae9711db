//! How large the fronts are that a browser loads.

use std::{
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
}

/// All fronts.
pub fn bundles() -> Vec<Bundle> {
    [("portal", 150), ("phone", 250), ("office", 350)]
        .into_iter()
        .map(|(name, goal)| {
            let file = |ending: &str| project().join(format!("target/site-release/{name}/pkg/{name}.{ending}"));
            let packed = ["wasm", "js", "css"].map(|ending| packed(&file(ending)));
            Bundle { name, goal, raw: size(&file("wasm")), packed }
        })
        .collect()
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
