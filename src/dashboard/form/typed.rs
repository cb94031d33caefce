//! What a form brings, read from a request: bounded before anything is made of it.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::TryStreamExt;
use futures_util::future::LocalBoxFuture;
use url::form_urlencoded;

use super::Fields;
use crate::dashboard::failure::Failure;

const KIND: &str = "application/x-www-form-urlencoded";
/// A form has at most this many fields.
const MOST_FIELDS: usize = 2_000;

/// How many bytes the forms of a resource may have, where that is not [`Limit::default`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dashboard) struct Limit(pub(in crate::dashboard) usize);

impl Limit {
    /// For forms into which a list may be pasted.
    pub(in crate::dashboard) const LIST: Self = Self(8 << 20);
}

impl Default for Limit {
    fn default() -> Self {
        Self(256 << 10)
    }
}

/// The fields of a form that was sent.
#[derive(Debug, Default)]
pub(in crate::dashboard) struct Typed(Fields);

impl Typed {
    pub(in crate::dashboard) fn into_inner(self) -> Vec<(String, String)> {
        self.0.0
    }
}

impl FromRequest for Typed {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = request.app_data::<Limit>().copied().unwrap_or_default();
        let is_form = request.content_type().eq_ignore_ascii_case(KIND);
        let payload = payload.take();
        Box::pin(async move {
            let body = read(payload, limit).await?;
            if !is_form && !body.is_empty() {
                return Err(Failure::unreadable(format!("a form is sent as {KIND}")));
            }
            fields(&body).map(Self)
        })
    }
}

async fn read(mut payload: Payload, Limit(most): Limit) -> Result<BytesMut, Failure> {
    let broke_off = |error| Failure::unreadable(format!("the form cannot be read: {error}"));
    let mut body = BytesMut::new();
    while let Some(part) = payload.try_next().await.map_err(broke_off)? {
        if body.len() + part.len() > most {
            return Err(too_large(format!("a form may have at most {most} bytes here")));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn fields(body: &[u8]) -> Result<Fields, Failure> {
    let mut all = Vec::new();
    for (name, value) in form_urlencoded::parse(body) {
        if all.len() == MOST_FIELDS {
            return Err(too_large(format!("a form may have at most {MOST_FIELDS} fields")));
        }
        all.push((name.into_owned(), value.into_owned()));
    }
    Ok(Fields(all))
}

fn too_large(detail: String) -> Failure {
    Failure::refused(StatusCode::PAYLOAD_TOO_LARGE, "That is too much", detail)
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError;
    use actix_web::test::TestRequest;

    use super::*;

    async fn typed(request: TestRequest, body: String) -> Result<Vec<(String, String)>, StatusCode> {
        let request =
            request.insert_header(("content-type", "application/x-www-form-urlencoded; charset=utf-8"));
        let (request, mut payload) = request.set_payload(body).to_http_parts();
        let typed = Typed::from_request(&request, &mut payload).await;
        typed
            .map(Typed::into_inner)
            .map_err(|failure| failure.status_code())
    }

    #[actix_web::test]
    async fn fields_come_in_order_and_decoded() {
        let all = typed(TestRequest::post(), "a=1+2&b=%C3%A9&a=".to_owned()).await;
        assert_eq!(
            all,
            Ok(super::super::choices(&[("a", "1 2"), ("b", "é"), ("a", "")]))
        );
    }

    #[actix_web::test]
    async fn a_form_is_refused_that_is_larger_than_its_resource_allows() {
        let large = || format!("a={}", "x".repeat(Limit::default().0));
        assert_eq!(
            typed(TestRequest::post(), large()).await,
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        );
        let allowed = TestRequest::post().app_data(Limit::LIST);
        assert!(typed(allowed, large()).await.is_ok());
    }

    #[actix_web::test]
    async fn a_form_is_refused_that_has_more_fields_than_any() {
        let fields = |count: usize| "a=&".repeat(count);
        assert!(typed(TestRequest::post(), fields(MOST_FIELDS)).await.is_ok());
        assert_eq!(
            typed(TestRequest::post(), fields(MOST_FIELDS + 1)).await,
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        );
    }

    #[actix_web::test]
    async fn a_button_alone_sends_no_fields_and_another_kind_of_body_is_no_form() {
        let kinds = |body: &'static str| async move {
            let request = TestRequest::post().set_payload(body);
            let (request, mut payload) = request.to_http_parts();
            Typed::from_request(&request, &mut payload).await
        };
        assert!(kinds("").await.is_ok_and(|typed| typed.into_inner().is_empty()));
        assert!(kinds("a=1").await.is_err());
    }
}
