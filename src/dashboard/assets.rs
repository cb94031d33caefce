//! Styles, scripts and the icon, out of the program itself.

use actix_web::http::{Method, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::resource;
use crate::http::etag;

pub(super) const STYLE: &str = "/dashboard/assets/style.css";
pub(super) const SCRIPT: &str = "/dashboard/assets/app.js";
pub(super) const ICON: &str = "/dashboard/assets/icon.svg";

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// A file, below the base.
struct File {
    path: &'static str,
    kind: &'static str,
    text: &'static str,
}

const FILES: [File; 6] = [
    File {
        path: "/assets/style.css",
        kind: CSS,
        text: concat!(
            include_str!("assets/base.css"),
            include_str!("assets/chart.css"),
            include_str!("assets/campaigns.css"),
            include_str!("assets/campaign.css"),
            include_str!("assets/week.css"),
            include_str!("assets/holiday_calendars.css"),
            include_str!("assets/suppression_lists.css"),
            include_str!("assets/voice_profiles.css"),
            include_str!("assets/access.css"),
            include_str!("assets/lines.css"),
            include_str!("assets/audit_log.css"),
            include_str!("assets/system.css"),
            include_str!("assets/wizard.css"),
        ),
    },
    File {
        path: "/assets/app.js",
        kind: JS,
        text: include_str!("assets/app.js"),
    },
    File {
        path: "/assets/live.js",
        kind: JS,
        text: include_str!("assets/live.js"),
    },
    File {
        path: "/assets/drawer.js",
        kind: JS,
        text: include_str!("assets/drawer.js"),
    },
    File {
        path: "/assets/patch.js",
        kind: JS,
        text: include_str!("assets/patch.js"),
    },
    File {
        path: "/assets/icon.svg",
        kind: SVG,
        text: include_str!("assets/icon.svg"),
    },
];

pub(super) fn routes(config: &mut ServiceConfig) {
    for file in &FILES {
        let show = move |request: HttpRequest| async move { shown(file, &request) };
        config.service(resource(file.path, [(Method::GET, web::get().to(show))]));
    }
}

/// A browser asks each time whether it still has the right one, and is mostly told so.
fn shown(file: &'static File, request: &HttpRequest) -> HttpResponse {
    let tag = etag::of(&file.text);
    let known = request.headers().get(header::IF_NONE_MATCH);
    let mut answer = if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .content_type(file.kind)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::ETAG, tag))
        .body(file.text)
}
