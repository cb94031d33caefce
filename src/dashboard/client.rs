//! The API, asked from within the process as a browser would ask it: through its gate, with the cookie of whoever is
//! signed in.

use std::rc::Rc;

use actix_http::Request;
use actix_service::{IntoServiceFactory, Service, ServiceFactory};
use actix_web::body::{BoxBody, to_bytes_limited};
use actix_web::dev::{self, AppConfig, RequestHead, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::web::Bytes;
use actix_web::{App, HttpRequest};
use futures_util::future::LocalBoxFuture;
use futures_util::stream;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::failure::{Failure, Refusal};
use super::shared::Shared;
use crate::http::BASE;
use crate::orchestrator::Orchestrator;

/// No answer that a page shows is larger: what is larger is downloaded from the API itself.
const LARGEST_ANSWER: usize = 16 << 20;

type Answering = LocalBoxFuture<'static, Result<ServiceResponse<BoxBody>, actix_web::Error>>;
type Asked = Box<dyn Fn(Request) -> Answering>;

/// What of a request goes along with what is asked because of it: who asks, and from where.
const GO_ALONG: [HeaderName; 4] = [header::COOKIE, header::ORIGIN, header::HOST, header::FORWARDED];
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The API within the process; set up when it is first asked.
#[derive(Clone)]
pub(super) struct Client {
    outdial: Orchestrator,
    service: Rc<OnceCell<Asked>>,
    /// What was written for those who look at the same.
    pub(super) pages: Rc<Shared>,
}

impl Client {
    pub(super) fn new(outdial: &Orchestrator) -> Self {
        Self {
            outdial: outdial.clone(),
            service: Rc::new(OnceCell::new()),
            pages: Rc::default(),
        }
    }

    pub(super) fn outdial(&self) -> &Orchestrator {
        &self.outdial
    }

    async fn asked(&self) -> Result<&Asked, Failure> {
        let open = async || {
            let app = App::new().configure(self.outdial.api()).into_factory();
            let service = app.new_service(AppConfig::default()).await;
            let service = service.map_err(|()| Failure::broken("the API could not be set up"))?;
            let asked: Asked = Box::new(move |request| Box::pin(service.call(request)));
            Ok(asked)
        };
        self.service.get_or_try_init(open).await
    }
}

/// The API with the rights of whoever sent a request.
#[derive(Clone)]
pub(super) struct Api {
    client: Client,
    headers: HeaderMap,
    peer: Option<std::net::SocketAddr>,
}

/// What the API answered, where it did what it was asked.
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// What is in it.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Failure::broken(&format!("an answer of the API could not be read: {error}")))
    }
}

impl Api {
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn of(client: &Client, request: &HttpRequest) -> Self {
        let mut headers = HeaderMap::new();
        for name in GO_ALONG.into_iter().chain([FORWARDED_FOR]) {
            for value in request.headers().get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        Self {
            client: client.clone(),
            headers,
            peer: request.peer_addr(),
        }
    }

    /// What stands at a path below the API's base, query included.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.ask(Method::GET, path, &[], None).await?.read()
    }

    /// The same, where it may well be that it is not there, or not for this caller.
    pub(super) async fn get_if_there<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Failure> {
        match self.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(Failure::Refused(refusal))
                if [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&refusal.status) =>
            {
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.ask(Method::POST, path, &[], Some(body)).await
    }

    /// What an operation answers that changes nothing and yet takes a body. A page that is only looked at is asked for
    /// without `Origin`; to ask it this is no more than to look, so it is asked as a page of this host would.
    pub(super) async fn post_to_read<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        let host = self.headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        let origin = format!("http://{host}");
        let headers = [(header::ORIGIN, origin.as_str())];
        self.ask(Method::POST, path, &headers, Some(body)).await?.read()
    }

    pub(super) async fn patch(&self, path: &str, body: &Value, tag: Option<&str>) -> Result<Answer, Failure> {
        let condition = tag.map(|tag| (header::IF_MATCH, tag));
        self.ask(Method::PATCH, path, condition.as_slice(), Some(body))
            .await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Answer, Failure> {
        self.ask(Method::DELETE, path, &[], None).await
    }

    /// Asks anything of it; the body is JSON.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, Failure> {
        let mut all = self.headers.clone();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value);
            let value = value.map_err(|_| Failure::unreadable(format!("the {name} cannot be sent")))?;
            all.insert(name.clone(), value);
        }
        let bytes = match body {
            Some(body) => {
                all.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        let payload = Box::pin(stream::once(async move { Ok(bytes) }));
        self.send(method, path, all, dev::Payload::Stream { payload })
            .await
    }

    /// Passes a body of any kind and size on as it comes.
    pub(super) async fn pass_on(
        &self,
        path: &str,
        kind: &HeaderValue,
        headers: &[(HeaderName, HeaderValue)],
        payload: dev::Payload,
    ) -> Result<Answer, Failure> {
        let mut all = self.headers.clone();
        all.insert(header::CONTENT_TYPE, kind.clone());
        for (name, value) in headers {
            all.insert(name.clone(), value.clone());
        }
        self.send(Method::POST, path, all, payload).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        payload: dev::Payload,
    ) -> Result<Answer, Failure> {
        let uri: Uri = format!("{BASE}{path}")
            .parse()
            .map_err(|_| Failure::unreadable("the address cannot be read".to_owned()))?;
        let (mut request, _) = Request::new().replace_payload(payload);
        let is_safe = method.is_safe();
        let head: &mut RequestHead = request.head_mut();
        head.method = method;
        head.uri = uri;
        head.headers = headers;
        head.peer_addr = self.peer;
        let answer = (self.client.asked().await?)(request).await;
        let answer = answer.map_err(|error| Failure::broken(&format!("the API failed: {error}")))?;
        let status = answer.status();
        let headers = answer.headers().clone();
        let body = whole(answer.into_body()).await?;
        match status {
            status if status.is_success() => Ok(Answer { headers, body }),
            StatusCode::UNAUTHORIZED => Err(Failure::SignedOut {
                next: None,
                is_undone: !is_safe,
            }),
            status => Err(Failure::Refused(Box::new(Refusal::read(status, &body)))),
        }
    }
}

/// An answer's body, which is taken into memory.
async fn whole(body: BoxBody) -> Result<Bytes, Failure> {
    to_bytes_limited(body, LARGEST_ANSWER)
        .await
        .map_err(|_| Failure::broken("an answer of the API is larger than a page can show"))?
        .map_err(|_| Failure::broken("an answer of the API broke off"))
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;

    use super::*;

    #[actix_web::test]
    async fn an_answer_is_not_taken_in_without_end() {
        let body = |length: usize| vec![b' '; length].boxed();
        assert!(whole(body(LARGEST_ANSWER + 1)).await.is_err());
        assert!(whole(body(2)).await.is_ok_and(|bytes| bytes.len() == 2));
    }
}
