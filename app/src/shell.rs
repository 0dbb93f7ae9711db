//! The HTML around the fronts, on the server's side.

use leptos::{either::Either, nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use wire::people::Visitor;

use crate::{
    OfficeApp, PortalApp,
    context::{Address, VISITOR_META},
    portal::Place,
};

/// The session of the request, and how the cookie of a new one is written from its token.
#[derive(Clone)]
pub struct SessionCookie {
    /// The token that came with the request.
    pub current: Option<String>,
    /// Writes the cookie.
    pub write: std::sync::Arc<dyn Fn(&str) -> String + Send + Sync>,
}

/// Gives the address of a file with a mark of the version of its front, so that browsers may keep it for ever and never
/// mix files of two versions: `/pkg/office.js` becomes `/pkg/office-0123456789ab/office.js`.
#[derive(Clone)]
pub struct Assets(pub std::sync::Arc<dyn Fn(&str) -> String + Send + Sync>);

/// The page of the front that the address belongs to.
pub fn shell() -> impl IntoView {
    let uri = use_context::<axum::http::request::Parts>().map(|parts| parts.uri).unwrap_or_default();
    let path = uri.path();
    if path != "/portal" && !path.starts_with("/portal/") {
        return Either::Left(view! { <Html front="office"><OfficeApp/></Html> });
    }
    let page = Place::of(path).page();
    provide_context(Address { path: path.to_owned(), query: uri.query().unwrap_or_default().to_owned() });
    Either::Right(view! { <Html front="portal"><PortalApp page=page/></Html> })
}

/// The shell of the phone: no user data, the same for everybody who speaks the language.
pub fn phone_shell() -> impl IntoView {
    view! { <Html front="phone" title=texts::say::product(crate::context::lang())><crate::PhoneApp/></Html> }
}

/// The HTML around a front. A page that is `still` is not made live: it holds links and plain forms.
#[component]
pub(crate) fn Html(
    front: &'static str,
    #[prop(optional)] title: Option<&'static str>,
    #[prop(optional)] still: bool,
    children: Children,
) -> impl IntoView {
    let visitor = expect_context::<Visitor>();
    let assets = expect_context::<Assets>().0;
    let meta = serde_json::to_string(&visitor).unwrap_or_default();
    let (js, wasm) = (assets(&format!("/pkg/{front}.js")), assets(&format!("/pkg/{front}.wasm")));
    // Nothing from people stands in here: a script's text is not escaped.
    let start =
        format!("import({js:?}).then(front=>front.default({{module_or_path:{wasm:?}}}).then(()=>front.start()))");
    let live = (!still).then(|| {
        view! {
            <link rel="modulepreload" href=js/>
            <link rel="preload" href=wasm r#as="fetch" crossorigin="anonymous"/>
            <script type="module" nonce=use_nonce()>{start}</script>
        }
    });
    // The phone fills its screen and keeps clear of the edges by itself. It alone can be installed: what is installed
    // starts there.
    let phone = front == "phone";
    let viewport = if phone { ", viewport-fit=cover" } else { "" };
    let installed = phone.then(|| {
        view! {
            {theme_color("light", "#fdfcf8")}
            {theme_color("dark", "#1b201d")}
            <link rel="apple-touch-icon" href="/icon-maskable-192.png"/>
            <link rel="manifest" href="/manifest.webmanifest"/>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang=visitor.lang.tag() data-theme=visitor.theme.name()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content=format!("width=device-width, initial-scale=1{viewport}")/>
                {installed}
                <meta name=VISITOR_META content=meta/>
                <link rel="stylesheet" href=assets("/pkg/office.css")/>
                <link rel="icon" href="/icon.svg" type="image/svg+xml"/>
                {live}
                {title.map(|title| view! { <title>{title}</title> })}
                <MetaTags/>
            </head>
            <body class=front>{children()}</body>
        </html>
    }
}

/// The colour around the installed phone, by the look of its system.
fn theme_color(scheme: &str, color: &'static str) -> impl IntoView + use<> {
    let media = format!("(prefers-color-scheme: {scheme})");
    // The macro knows no `media` of this element.
    leptos::html::meta().name("theme-color").attr("media", media).content(color)
}
