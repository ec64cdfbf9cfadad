//! The page: a few files that are part of the program.

use std::io::Write as _;

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use sandpress_sandbox::Digest;

/// A file of the page.
#[derive(Clone, Debug)]
struct Asset {
    media_type: &'static str,
    plain: Bytes,
    packed: Bytes,
    etag: String,
}

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_bytes!(concat!("../page/", $name)))),+]
    };
}

/// All but the page itself, and its style, which is in it.
const FILES: &[(&str, &[u8])] = files![
    "api.js",
    "card.js",
    "compare.js",
    "dom.js",
    "icon.svg",
    "intake.js",
    "item.js",
    "main.js",
    "patience.js",
    "texts.js",
    "upload.js",
    "zip.js",
];

const PAGE: &str = include_str!("../page/index.html");

/// What the page names, and what stands in its place: on a slow network a page is seen when its style is there, and to ask for it would take
/// as long once more.
const STYLE: &str = include_str!("../page/style.css");
const STYLE_LINK: &str = r#"<link rel="stylesheet" href="page/style.css">"#;

/// The page and its files. A browser may talk to these origins, the store's, and to nobody else.
pub(crate) fn router(origins: &[String]) -> Router {
    let store = origins.join(" ");
    let style = BASE64_STANDARD.encode(Digest::of(STYLE.as_bytes()).as_bytes());
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'sha256-{style}'; img-src 'self' blob: data: {store}; connect-src 'self' {store}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let page = Asset::new("index.html", PAGE.replace(STYLE_LINK, &format!("<style>{STYLE}</style>")).into());
    let mut router = Router::new().route(
        "/",
        get(async move |headers: HeaderMap| {
            let mut response = page.answer(&headers);
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            response
        }),
    );
    for (name, bytes) in FILES {
        let asset = Asset::new(name, Bytes::from_static(bytes));
        router = router.route(&format!("/page/{name}"), get(async move |headers: HeaderMap| asset.answer(&headers)));
    }
    router
}

/// What no answer goes without.
pub(crate) async fn protect(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    // What a cache would keep is somebody's own, or no longer so in a moment; the page's files say what is so of them.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // What is no page loads nothing and is in no frame, whatever a browser takes it for.
    response
        .headers_mut()
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    response
}

impl Asset {
    fn new(name: &str, plain: Bytes) -> Self {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        // Into memory, where nothing fails.
        let packed = gzip.write_all(&plain).and_then(|()| gzip.finish()).unwrap_or_default();
        let media_type = match name.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        };
        let etag = format!("\"{}\"", Digest::of(&plain));
        Self { media_type, plain, packed: packed.into(), etag }
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        let said = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        let headers = [
            (header::CONTENT_TYPE, self.media_type),
            (header::ETAG, &self.etag),
            // A new release of this program has new files under the old names.
            (header::CACHE_CONTROL, "no-cache"),
            (header::VARY, "Accept-Encoding"),
        ];
        if said(header::IF_NONE_MATCH).contains(&self.etag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let takes_gzip =
            said(header::ACCEPT_ENCODING).split(',').any(|one| one.trim().split(';').next() == Some("gzip"));
        if takes_gzip && !self.packed.is_empty() {
            return (headers, [(header::CONTENT_ENCODING, "gzip")], self.packed.clone()).into_response();
        }
        (headers, self.plain.clone()).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_is_in_the_page() {
        assert_eq!(PAGE.matches(STYLE_LINK).count(), 1);
        assert!(!STYLE.contains('<'), "it would end there");
        assert!(!STYLE.contains("url("), "what is relative would be so to another place");
    }
}
