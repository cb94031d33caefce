//! The client of one Twilio account.

use outdial_domain::call::{CallFact, CallStatus};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::Value;

use super::account::{SetupError, Timeouts, TwilioAccount};
use super::asking::{ask, body_of, success_body, unexpected};
use super::call::{Call, Page};
use super::codes::WRONG_STATE;
use super::endpoint::{Endpoint, with_callback_retries};
use super::error_body::{ErrorBody, excerpt};
use super::placement::placement;
use super::transport::{self, Reply};
use crate::provider::{Answer, AskError, CallQuery, FoundCall, NewCall, Placement, Provider};
use crate::secret::Secret;

/// Twilio's largest page.
const PAGE_SIZE: u32 = 1000;

/// How many pages [`Provider::find`] follows before it gives up with an error: 20,000 calls from one
/// number to another.
const MOST_PAGES: usize = 20;

/// Speaks to Twilio for one account.
///
/// It sends each request at most once and keeps connections open between requests. Its futures
/// need a tokio runtime with I/O and time enabled. A connection lives on the runtime that opened it:
/// where several runtimes end at different times, give each its own client, or run all requests on
/// the one that lives longest.
#[derive(Debug)]
pub struct TwilioClient {
    http: Client,
    endpoint: Endpoint,
    account_sid: String,
    auth_token: Secret,
}

impl TwilioClient {
    /// A client for an account. Nothing is sent yet.
    ///
    /// # Errors
    /// When the account sid, the token or the address cannot be right, or when an `https` address is
    /// given on a machine without root certificates.
    pub fn new(account: TwilioAccount, timeouts: Timeouts) -> Result<Self, SetupError> {
        let endpoint = Endpoint::new(&account)?;
        if account.auth_token.expose().is_empty() {
            return Err(SetupError::AuthToken);
        }
        let http = transport::http_client(timeouts, endpoint.is_plain_http())?;
        Ok(Self {
            http,
            endpoint,
            account_sid: account.account_sid,
            auth_token: account.auth_token,
        })
    }

    fn get(&self, url: Url) -> RequestBuilder {
        self.signed(self.http.get(url))
    }

    fn post(&self, url: Url, fields: &[(&str, &str)]) -> RequestBuilder {
        self.signed(self.http.post(url)).form(fields)
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.basic_auth(&self.account_sid, Some(self.auth_token.expose()))
    }

    fn call_url(&self, id: &str) -> Result<Url, AskError> {
        self.endpoint
            .call(id)
            .ok_or_else(|| AskError::Unreachable(format!("`{id}` is not a call id, expected `CA…`")))
    }

    async fn create(&self, call: NewCall) -> Placement {
        let (to, from) = (call.to.to_string(), call.from.to_string());
        let status_url = with_callback_retries(&call.status_url);
        let timeout = call.ring_timeout_seconds.to_string();
        let request = self.post(
            self.endpoint.calls(),
            &[
                ("To", &to),
                ("From", &from),
                ("Url", &call.voice_url),
                ("StatusCallback", &status_url),
                ("StatusCallbackMethod", "POST"),
                ("StatusCallbackEvent", "initiated"),
                ("StatusCallbackEvent", "ringing"),
                ("StatusCallbackEvent", "answered"),
                ("StatusCallbackEvent", "completed"),
                ("Timeout", &timeout),
            ],
        );
        placement(transport::send(request).await)
    }

    async fn look_up(&self, id: &str) -> Result<Option<CallFact>, AskError> {
        let reply = ask(self.get(self.call_url(id)?)).await?;
        if reply.status == StatusCode::NOT_FOUND {
            // Only the carrier's own word counts: something in between that answers 404 knows no calls.
            return if ErrorBody::read(body_of(&reply)?).is_object {
                Ok(None)
            } else {
                Err(unexpected(&reply))
            };
        }
        let body = success_body(&reply)?;
        let value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let call = Call::read(&value)
            .ok_or_else(|| AskError::Unreachable(format!("the answer names no call: {}", excerpt(body))))?;
        call.fact().map(Some).map_err(AskError::Unreachable)
    }

    async fn list(&self, query: CallQuery) -> Result<Vec<FoundCall>, AskError> {
        let mut found: Vec<FoundCall> = Vec::new();
        let mut url = self.endpoint.calls();
        // No filter on `StartTime`: a call that is still queued may have none, and would be missed.
        url.query_pairs_mut()
            .append_pair("To", &query.to.to_string())
            .append_pair("From", &query.from.to_string())
            .append_pair("PageSize", &PAGE_SIZE.to_string());
        for _ in 0..MOST_PAGES {
            let reply = ask(self.get(url)).await?;
            let page = Page::read(success_body(&reply)?, &query).map_err(AskError::Unreachable)?;
            for call in page.calls {
                // A call created while we turn pages moves the last of one page to the next.
                let known = found.iter().any(|f| f.fact.provider_id == call.fact.provider_id);
                if !known {
                    found.push(call);
                }
            }
            let Some(uri) = page.next else {
                return Ok(found);
            };
            url = self.endpoint.next_page(&uri).ok_or_else(|| {
                AskError::Unreachable(format!("next_page_uri `{uri}` leads to another host"))
            })?;
        }
        Err(AskError::Unreachable(format!(
            "the list of calls goes on after {MOST_PAGES} pages of {PAGE_SIZE}; it was not read to its end"
        )))
    }

    /// Asks where the call stands, then ends it with the word for that state. The call may move in
    /// between; then the carrier refuses, and the other word is tried, once.
    async fn end(&self, id: &str) -> Result<(), AskError> {
        let url = self.call_url(id)?;
        let mut word = match self.look_up(id).await?.map(|fact| fact.status) {
            Some(CallStatus::Ended(_)) => return Ok(()),
            Some(CallStatus::InProgress) => EndWord::Completed,
            Some(CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing) | None => {
                EndWord::Canceled
            }
        };
        for _ in 0..2 {
            let reply = ask(self.post(url.clone(), &[("Status", word.as_str())])).await?;
            if word.took_effect(&reply)? {
                return Ok(());
            }
            word = word.other();
        }
        match self.look_up(id).await?.map(|fact| fact.status) {
            Some(CallStatus::Ended(_)) => Ok(()),
            _ => Err(AskError::Unreachable(format!(
                "call {id} goes on: the carrier took neither `canceled` nor `completed` for it"
            ))),
        }
    }
}

impl Provider for TwilioClient {
    fn place(&self, call: NewCall) -> Answer<'_, Placement> {
        Box::pin(self.create(call))
    }

    fn fetch<'a>(&'a self, provider_id: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>> {
        Box::pin(self.look_up(provider_id))
    }

    fn find(&self, query: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>> {
        Box::pin(self.list(query))
    }

    fn hang_up<'a>(&'a self, provider_id: &'a str) -> Answer<'a, Result<(), AskError>> {
        Box::pin(self.end(provider_id))
    }
}

/// The status that ends a call: `canceled` while it is not answered, `completed` once it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EndWord {
    Canceled,
    Completed,
}

impl EndWord {
    fn as_str(self) -> &'static str {
        match self {
            Self::Canceled => "canceled",
            Self::Completed => "completed",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Canceled => Self::Completed,
            Self::Completed => Self::Canceled,
        }
    }

    /// `false` where the call was in the other state. `canceled` leaves an answered call alone without
    /// calling that an error, so the answer's own status is read.
    fn took_effect(self, reply: &Reply) -> Result<bool, AskError> {
        if reply.status.is_client_error()
            && ErrorBody::read(body_of(reply)?).code.as_deref() == Some(WRONG_STATE)
        {
            return Ok(false);
        }
        let value: Value = serde_json::from_slice(success_body(reply)?).unwrap_or(Value::Null);
        let status = Call::read(&value)
            .and_then(|call| call.fact().ok())
            .map(|fact| fact.status);
        Ok(!(self == Self::Canceled && status == Some(CallStatus::InProgress)))
    }
}
