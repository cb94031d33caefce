//! The HTTP API, as the command line asks it.
//!
//! What creates something carries an `Idempotency-Key` and is sent once more where the connection broke before the
//! answer came; whatever only looks is sent again after a 429. Nothing else is ever repeated.

use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderValue, RETRY_AFTER};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode, Url, multipart, redirect, retry};
use serde_json::Value;
use uuid::Uuid;

use super::say;

mod failure;
mod target;

pub(super) use failure::Failure;
use failure::{Problem, root_of};
pub(super) use target::Target;

/// How long a connection may take to come about.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long the service may take to begin to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How often whoever only looks asks again after a 429.
const LOOKS_AGAIN: u32 = 2;
/// A longer wait than this is left to the person who asks.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Items asked for at once; the API gives no more.
const PAGE: usize = 500;

/// A service, and the key with which it is asked.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    /// The service's address, without a slash at its end.
    base: String,
    key: HeaderValue,
    /// Where the key comes from, which is all that is ever told of it.
    key_source: String,
}

impl Client {
    /// A client of the service at that address. Errors say what to do about the address or the key.
    pub(super) fn new(address: &str, key: &str, key_source: String) -> Result<Self, String> {
        let base = base_of(address)?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| {
            format!("the API key from {key_source} is no key: it has characters that none has")
        })?;
        bearer.set_sensitive(true);
        // The client asks for one even where nothing is encrypted; a second one is refused.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .user_agent(concat!("outdial/", env!("CARGO_PKG_VERSION")));
        let builder = if is_on_this_machine(&base) {
            builder.no_proxy()
        } else {
            builder
        };
        let http = builder.build().map_err(|error| root_of(&error))?;
        Ok(Self {
            http,
            base: base.as_str().trim_end_matches('/').to_owned(),
            key: bearer,
            key_source,
        })
    }

    /// Looks.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let response = self.open(path, query).await?;
        self.json(&Method::GET, response).await
    }

    /// Looks at something long: the answer is read by the caller.
    pub(super) async fn open(&self, path: &str, query: &[(&str, &str)]) -> Result<Response, Failure> {
        let mut asked_again = 0;
        loop {
            let request = self.request(Method::GET, path).query(query);
            let failure = match self.send(&Method::GET, request).await {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
            match failure.wait() {
                Some(wait) if asked_again < LOOKS_AGAIN && wait <= LONGEST_WAIT => {
                    asked_again += 1;
                    say(&format!(
                        "too many requests; asking again in {} s",
                        wait.as_secs()
                    ));
                    tokio::time::sleep(wait).await;
                }
                _ => return Err(failure),
            }
        }
    }

    /// Every item of a list, page by page, or the first `limit`.
    pub(super) async fn all(
        &self,
        path: &str,
        filters: &[(&str, &str)],
        limit: Option<usize>,
    ) -> Result<Vec<Value>, Failure> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let wanted = limit
                .map_or(PAGE, |limit| PAGE.min(limit - items.len()))
                .to_string();
            let mut query = filters.to_vec();
            query.push(("limit", &wanted));
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let mut page = self.get(path, &query).await?;
            if let Value::Array(found) = page["items"].take() {
                items.extend(found);
            }
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() || limit.is_some_and(|limit| items.len() >= limit) {
                return Ok(items);
            }
        }
    }

    /// Listens to server-sent events, from behind the one with that id on.
    pub(super) async fn listen(&self, path: &str, last_id: Option<&str>) -> Result<Response, Failure> {
        let mut request = self
            .request(Method::GET, path)
            .header(ACCEPT, "text/event-stream");
        if let Some(last_id) = last_id {
            request = request.header("Last-Event-ID", last_id);
        }
        self.send(&Method::GET, request).await
    }

    /// Commands something.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let response = self.post_and_open(path, body).await?;
        self.json(&Method::POST, response).await
    }

    /// Commands something whose answer is long: it is read by the caller.
    pub(super) async fn post_and_open(&self, path: &str, body: &Value) -> Result<Response, Failure> {
        let request = with_body(self.request(Method::POST, path), body);
        self.send(&Method::POST, request).await
    }

    /// Creates something, once, though the request may be sent twice.
    pub(super) async fn create(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let idempotency = Uuid::now_v7().to_string();
        let created = self.create_as(&idempotency, path, body).await;
        match created {
            Err(Failure::Broken { .. }) => self.create_as(&idempotency, path, body).await,
            done => done,
        }
    }

    async fn create_as(&self, idempotency: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self
            .request(Method::POST, path)
            .header("Idempotency-Key", idempotency);
        let response = self.send(&Method::POST, with_body(request, body)).await?;
        self.json(&Method::POST, response).await
    }

    /// Changes something, by a merge patch.
    pub(super) async fn patch(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self.request(Method::PATCH, path).json(body);
        let response = self.send(&Method::PATCH, request).await?;
        self.json(&Method::PATCH, response).await
    }

    /// Deletes something.
    pub(super) async fn delete(&self, path: &str) -> Result<(), Failure> {
        let request = self.request(Method::DELETE, path);
        self.send(&Method::DELETE, request).await.map(drop)
    }

    /// Uploads a file of that many bytes in a form. It may take as long as it takes, and is not repeated: the file may
    /// be long, and the rows of a list that arrived twice are duplicates.
    pub(super) async fn upload(
        &self,
        path: &str,
        name: &str,
        bytes: u64,
        file: impl Into<Body>,
        fields: &[(&'static str, &str)],
    ) -> Result<Value, Failure> {
        let part = multipart::Part::stream_with_length(file, bytes).file_name(name.to_owned());
        let mut form = multipart::Form::new();
        // The other fields come first, so that they are known before the file is there.
        for (field, value) in fields {
            form = form.text(*field, (*value).to_owned());
        }
        let request = self
            .request(Method::POST, path)
            .header("Idempotency-Key", Uuid::now_v7().to_string());
        let sent = request.multipart(form.part("file", part)).send().await;
        let response = self.judged(&Method::POST, sent).await?;
        self.json(&Method::POST, response).await
    }

    /// What a body that broke off under way is told as.
    pub(super) fn broken_off(&self, error: &reqwest::Error) -> Failure {
        Failure::Broken {
            url: self.base.clone(),
            reason: root_of(error),
            may_be_done: false,
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/api/v1{path}", self.base))
            .header("Authorization", self.key.clone())
    }

    async fn send(&self, method: &Method, request: RequestBuilder) -> Result<Response, Failure> {
        match tokio::time::timeout(ANSWER_WITHIN, request.send()).await {
            Ok(sent) => self.judged(method, sent).await,
            Err(_) => Err(Failure::Silent {
                url: self.base.clone(),
                within: ANSWER_WITHIN,
                may_be_done: method != Method::GET,
            }),
        }
    }

    /// Tells a success from what is none.
    async fn judged(
        &self,
        method: &Method,
        sent: Result<Response, reqwest::Error>,
    ) -> Result<Response, Failure> {
        let response = sent.map_err(|error| {
            let (url, reason) = (self.base.clone(), root_of(&error));
            if error.is_connect() || error.is_builder() {
                Failure::Unreachable { url, reason }
            } else {
                let may_be_done = method != Method::GET;
                Failure::Broken {
                    url,
                    reason,
                    may_be_done,
                }
            }
        })?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let wait = response.headers().get(RETRY_AFTER);
        let wait = wait.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let text = response.bytes().await.unwrap_or_default();
        Err(Failure::Refused {
            url: self.base.clone(),
            key_source: self.key_source.clone(),
            status: status.as_u16(),
            wait: wait.map(Duration::from_secs),
            problem: Problem::read(&text),
        })
    }

    async fn json(&self, method: &Method, response: Response) -> Result<Value, Failure> {
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        let text = response.bytes().await.map_err(|error| Failure::Broken {
            url: self.base.clone(),
            reason: root_of(&error),
            may_be_done: method != Method::GET,
        })?;
        serde_json::from_slice(&text).map_err(|_| Failure::Strange {
            url: self.base.clone(),
        })
    }
}

/// Nothing to say is no body at all.
fn with_body(request: RequestBuilder, body: &Value) -> RequestBuilder {
    if body.is_null() {
        request
    } else {
        request.json(body)
    }
}

/// A service's address as it was given, judged. The API's own path at its end is taken for the address of its service.
fn base_of(address: &str) -> Result<Url, String> {
    let wrong = |what: &str| {
        format!(
            "the service's address `{address}` {what}; write it like http://127.0.0.1:8080 in --url or OUTDIAL_URL"
        )
    };
    let trimmed = address.trim().trim_end_matches('/');
    let trimmed = trimmed.strip_suffix("/api/v1").unwrap_or(trimmed);
    let url = Url::parse(trimmed).map_err(|_| wrong("is no URL"))?;
    if !["http", "https"].contains(&url.scheme()) || !url.has_host() {
        return Err(wrong("begins with neither http:// nor https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "the service's address must not hold a user's name or password: the API key goes into \
                    OUTDIAL_API_KEY"
                .to_owned(),
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has something behind its path"));
    }
    Ok(url)
}

/// No proxy is asked for what is on this machine.
fn is_on_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Does the work of a command that waits for the network.
pub(super) fn wait_for<T>(work: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_end_with_a_slash_or_the_apis_own_path() {
        for given in [
            "http://h:1",
            "http://h:1/",
            "http://h:1/api/v1",
            " http://h:1/api/v1/ ",
        ] {
            let client = Client::new(given, "odk_x", "a test".to_owned()).expect("an address");
            assert_eq!(client.base, "http://h:1");
        }
        let behind = Client::new("https://h/dial/", "odk_x", "a test".to_owned()).expect("an address");
        assert_eq!(behind.base, "https://h/dial");
    }

    #[test]
    fn what_is_no_address_is_refused_by_name_and_a_password_is_not_echoed() {
        for given in ["127.0.0.1:8080", "ftp://h", "h", "", "http://h/?a=b"] {
            let error = base_of(given).expect_err("refused");
            assert!(
                error.contains(&format!("`{given}`")) && error.contains("OUTDIAL_URL"),
                "{error}"
            );
        }
        let error = base_of("http://ann:hush@h").expect_err("refused");
        assert!(
            !error.contains("hush") && error.contains("OUTDIAL_API_KEY"),
            "{error}"
        );
    }

    #[test]
    fn only_this_machine_is_asked_without_a_proxy() {
        let is_here = |url: &str| is_on_this_machine(&Url::parse(url).expect("a URL"));
        assert!(is_here("http://127.0.0.1:8080") && is_here("http://[::1]:1") && is_here("http://localhost"));
        assert!(!is_here("http://10.0.0.1") && !is_here("https://dial.example.com"));
    }
}
