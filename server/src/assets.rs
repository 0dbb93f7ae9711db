//! The built files. A front lies below an address with a mark of everything in it, so that browsers may keep its files
//! for ever, and a page never gets files of another version of its front.

use std::{
    collections::HashMap,
    fs,
    future::ready,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::map_response,
    response::Response,
};
use sha2::{Digest, Sha256};
use tower_http::services::ServeDir;

const FRONTS: [&str; 3] = ["office", "portal", "phone"];

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The built files, read once.
#[derive(Clone)]
pub struct Built {
    marks: Arc<HashMap<&'static str, String>>,
    kept: HeaderValue,
}

impl Built {
    /// Makes the mark of each front that is there. Where they are rebuilt beside a running server (`changing`), a mark tells
    /// only what was there when it started, and browsers ask for each file again.
    pub fn read(site: &Path, changing: bool) -> Built {
        let marks = FRONTS.into_iter().filter_map(|front| Some((front, mark(&package(site, front)).ok()?)));
        Built { marks: Arc::new(marks.collect()), kept: if changing { ASK_AGAIN } else { FOR_EVER } }
    }

    /// Gives `/pkg/office.js` the address `/pkg/office-0123456789ab/office.js`. A front that is not there keeps the plain
    /// one, and the browser is told by a 404.
    pub fn addresses(&self) -> app::shell::Assets {
        let marks = self.marks.clone();
        app::shell::Assets(Arc::new(move |path| {
            let name = path.strip_prefix("/pkg/").unwrap_or_default();
            let front = name.split('.').next().unwrap_or_default();
            match marks.get(front) {
                Some(mark) => format!("/pkg/{front}-{mark}/{name}"),
                None => path.to_owned(),
            }
        }))
    }

    /// Serves the fronts at these addresses.
    pub fn router<S: Clone + Send + Sync + 'static>(&self, site: &Path) -> Router<S> {
        let marked = self.marks.iter().fold(Router::new(), |router, (front, mark)| {
            router.nest_service(&format!("/pkg/{front}-{mark}"), folder(&package(site, front)))
        });
        let kept = self.kept.clone();
        marked.layer(map_response(move |response: Response| ready(keep(response, kept.clone()))))
    }
}

fn package(site: &Path, front: &str) -> PathBuf {
    site.join(front).join("pkg")
}

/// A hash of the names and the content of all files of a folder; those that are packed tell nothing more.
fn mark(folder: &Path) -> io::Result<String> {
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.path().is_file() && file.path().extension().is_none_or(|of| of != "br" && of != "gz"));
    files.sort_by_key(fs::DirEntry::file_name);
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.file_name().as_encoded_bytes());
        hash.update(Sha256::digest(fs::read(file.path())?));
    }
    Ok(hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}

fn keep(mut response: Response, kept: HeaderValue) -> Response {
    if response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, kept);
    }
    response
}

fn folder(path: &Path) -> ServeDir {
    ServeDir::new(path).precompressed_br().precompressed_gzip()
}

/// Serves the files of all fronts at their plain addresses. Each front is built into a folder of its own; the office's also
/// holds what all share: fonts, icons.
pub fn files(site: &Path) -> ServeDir<ServeDir<ServeDir>> {
    let [office, portal, phone] = FRONTS.map(|front| folder(&site.join(front)));
    office.fallback(portal.fallback(phone))
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        http::{Request, StatusCode},
    };
    use tower::ServiceExt;

    use super::*;

    async fn ask(built: &Built, site: &Path, address: &str) -> (StatusCode, String) {
        let request = Request::get(address).body(Body::empty()).expect("a request");
        let answer = built.router::<()>(site).oneshot(request).await.expect("an answer");
        let kept = answer.headers().get(header::CACHE_CONTROL).and_then(|kept| kept.to_str().ok());
        (answer.status(), kept.unwrap_or_default().to_owned())
    }

    /// Red when: an address outlives what it stood for, or a file that is not there is kept for ever.
    #[tokio::test]
    async fn an_address_stands_for_one_version_of_a_whole_front() {
        let site = std::env::temp_dir().join(format!("drawdown-assets-{}", std::process::id()));
        let folder = package(&site, "office");
        fs::create_dir_all(&folder).expect("a folder");
        for (file, text) in [("office.js", "one"), ("split_documents.wasm", "code")] {
            fs::write(folder.join(file), text).expect("a file");
        }
        let before = Built::read(&site, false);
        let front = |built: &Built| (built.addresses().0)("/pkg/office.js");
        let address = front(&before);
        assert_ne!(address, "/pkg/office.js");
        let (status, kept) = ask(&before, &site, &address).await;
        assert_eq!((status, kept.contains("immutable")), (StatusCode::OK, true));
        let beside = address.replace("office.js", "split_documents.wasm");
        assert_eq!(ask(&before, &site, &beside).await.0, StatusCode::OK);
        let (status, kept) = ask(&before, &site, &address.replace("office.js", "nothing.js")).await;
        assert_eq!((status, kept.as_str()), (StatusCode::NOT_FOUND, ""));
        assert_eq!((before.addresses().0)("/pkg/phone.js"), "/pkg/phone.js", "a front that is not there");

        fs::write(folder.join("split_documents.wasm"), "other code").expect("a file");
        let after = Built::read(&site, false);
        assert_ne!(front(&after), address);
        assert_eq!(ask(&after, &site, &address).await.0, StatusCode::NOT_FOUND);
        let rebuilt = Built::read(&site, true);
        assert_eq!(ask(&rebuilt, &site, &front(&rebuilt)).await, (StatusCode::OK, "no-cache".to_owned()));
        fs::remove_dir_all(&site).expect("removed");
    }
}
