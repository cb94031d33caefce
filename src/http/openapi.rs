//! The OpenAPI 3.1 document, made from what the operations declare. Anybody may read it.
//!
//! What an operation takes and answers is described by the types that its handler reads and shows (`schemars`), so
//! the document says what the code does. What follows from the rest of a declaration, such as the errors that can come,
//! is put there for every operation alike.

use std::sync::LazyLock;

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, http::header};

use super::{operations, resource};

mod bodies;
mod description;
mod document;
mod examples;
mod outside;
mod parameters;
mod problems;
mod schemas;
mod tags;
#[cfg(test)]
mod tests;

pub(crate) use bodies::{
    ApiKeyChanges, ApiKeyFields, CancelSpec, ContactsSpec, DuplicateFields, HolidayCalendarFields, ListForm,
    MemberFields, NumbersForm, OrganizationFields, OrganizationName, ResultSpec, SpokenToSpec,
    SuppressionEntriesSpec, SuppressionListFields,
};
pub(crate) use description::Description;
pub(crate) use parameters::{Parameter, cursor, limit};
pub(crate) use problems::EXAMPLE_ID;

/// Where it stands.
pub(super) const PATH: &str = "/openapi.json";

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(resource(PATH, [(Method::GET, web::get().to(show))]));
}

async fn show() -> HttpResponse {
    static DOCUMENT: LazyLock<String> =
        LazyLock::new(|| document::document(&operations(), &outside::operations()).to_string());
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(DOCUMENT.as_str())
}
