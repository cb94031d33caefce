//! `/docs`: the OpenAPI document in a browser, by Swagger UI. It comes with the program, so it needs no network, and its
//! page may load nothing from elsewhere.

use actix_web::HttpResponse;
use actix_web::http::{Method, header};
use actix_web::web::{self, ServiceConfig};

use super::resource;

/// Where it stands.
pub(super) const PATH: &str = "/docs";

/// Swagger UI draws its arrows and locks as images in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the viewer.
struct File {
    path: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

/// A file that Swagger UI's makers built.
macro_rules! built {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

const FILES: [File; 6] = [
    File {
        path: PATH,
        kind: "text/html; charset=utf-8",
        bytes: include_bytes!("docs/index.html"),
    },
    File {
        path: "/docs/start.js",
        kind: "text/javascript; charset=utf-8",
        bytes: include_bytes!("docs/start.js"),
    },
    File {
        path: "/docs/swagger-ui-bundle.js",
        kind: "text/javascript; charset=utf-8",
        bytes: built!("swagger-ui-bundle.js"),
    },
    File {
        path: "/docs/swagger-ui.css",
        kind: "text/css; charset=utf-8",
        bytes: built!("swagger-ui.css"),
    },
    File {
        path: "/docs/icon.png",
        kind: "image/png",
        bytes: built!("favicon-32x32.png"),
    },
    // Swagger UI's own, which must go with it.
    File {
        path: "/docs/license.txt",
        kind: "text/plain; charset=utf-8",
        bytes: built!("LICENSE"),
    },
];

pub(super) fn routes(config: &mut ServiceConfig) {
    for file in &FILES {
        let show = move || async move { shown(file) };
        config.service(resource(file.path, [(Method::GET, web::get().to(show))]));
    }
}

fn shown(file: &'static File) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(file.kind)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(file.bytes)
}
