//! The built files: addresses that carry a mark of the content, so that browsers may keep them for ever.

use std::{collections::HashMap, fs, path::Path, sync::Arc};

use tower_http::services::ServeDir;

use sha2::{Digest, Sha256};

/// Reads the files of `pkg` once and gives out addresses with their marks. A file that is not there keeps its plain
/// address, and the browser is told by a 404.
pub fn assets(site: &Path) -> app::shell::Assets {
    let mut marks = HashMap::new();
    for name in ["office", "portal", "phone"] {
        for ending in ["js", "wasm", "css"] {
            let path = format!("/pkg/{name}.{ending}");
            if let Ok(bytes) = fs::read(site.join(name).join(&path[1..])) {
                let mark: String = Sha256::digest(&bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
                marks.insert(path, mark);
            }
        }
    }
    app::shell::Assets(Arc::new(move |path| match marks.get(path) {
        Some(mark) => format!("{path}?v={mark}"),
        None => path.to_owned(),
    }))
}

/// Serves the files of all fronts. Each front is built into a folder of its own; the office's also holds what all
/// share: styles, fonts, icons.
pub fn files(site: &Path) -> ServeDir<ServeDir<ServeDir>> {
    let front = |name| ServeDir::new(site.join(name)).precompressed_br().precompressed_gzip();
    let (office, portal, phone) = (front("office"), front("portal"), front("phone"));
    office.fallback(portal.fallback(phone))
}
