//! The client of one account: asking for calls, and asking after them.

use std::borrow::Cow;

use outdial_domain::call::CallFact;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::Value;

use super::account::{SetupError, Timeouts, TwilioAccount};
use super::asking::{ask, body_of, success_body, unexpected};
use super::call::{Call, Page};
use super::call_request;
use super::endpoint::Endpoint;
use super::error_body::{ErrorBody, excerpt};
use super::placement::placement;
use super::transport;
use crate::dialect::Dialect;
use crate::provider::{Answer, AskError, CallQuery, FoundCall, NewCall, Placement, Provider};
use crate::secret::Secret;

/// Twilio's largest page.
const PAGE_SIZE: u32 = 1000;

/// How many pages [`Provider::find`] follows before it gives up with an error: 20,000 calls from one
/// number to another.
const MOST_PAGES: usize = 20;

/// Speaks to Twilio, or to a carrier that speaks its [`Dialect`], for one account.
///
/// It sends each request at most once and keeps connections open between requests. Its futures
/// need a tokio runtime with I/O and time enabled. A connection lives on the runtime that opened it:
/// where several runtimes end at different times, give each its own client, or run all requests on
/// the one that lives longest.
#[derive(Debug)]
pub struct TwilioClient {
    dialect: Dialect,
    http: Client,
    endpoint: Endpoint,
    account_sid: String,
    auth_token: Secret,
}

impl TwilioClient {
    /// A client for a Twilio account. Nothing is sent yet.
    ///
    /// # Errors
    /// As [`TwilioClient::for_dialect`].
    pub fn new(account: TwilioAccount, timeouts: Timeouts) -> Result<Self, SetupError> {
        Self::for_dialect(Dialect::Twilio, account, timeouts)
    }

    /// A client for an account of a carrier of this dialect. Nothing is sent yet.
    ///
    /// # Errors
    /// When the account sid, the token or the address cannot be right, or when an `https` address is
    /// given on a machine without root certificates. For [`Dialect::SignalWire`] the address is required.
    pub fn for_dialect(
        dialect: Dialect,
        account: TwilioAccount,
        timeouts: Timeouts,
    ) -> Result<Self, SetupError> {
        let endpoint = Endpoint::new(dialect, &account)?;
        if account.auth_token.expose().is_empty() {
            return Err(SetupError::AuthToken);
        }
        let http = transport::http_client(timeouts, endpoint.is_plain_http())?;
        Ok(Self {
            dialect,
            http,
            endpoint,
            account_sid: account.account_sid,
            auth_token: account.auth_token,
        })
    }

    fn get(&self, url: Url) -> RequestBuilder {
        self.signed(self.http.get(url))
    }

    pub(super) fn post(&self, url: Url, fields: &[(&str, Cow<'_, str>)]) -> RequestBuilder {
        self.signed(self.http.post(url)).form(fields)
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.basic_auth(&self.account_sid, Some(self.auth_token.expose()))
    }

    pub(super) fn call_url(&self, id: &str) -> Result<Url, AskError> {
        self.endpoint.call(id).ok_or_else(|| {
            AskError::Unreachable(format!(
                "`{id}` is not a call id, expected {}",
                self.dialect.call_id_shape()
            ))
        })
    }

    async fn create(&self, call: NewCall) -> Placement {
        let request = self.post(self.endpoint.calls(), &call_request::fields(self.dialect, &call));
        placement(transport::send(request).await)
    }

    pub(super) async fn look_up(&self, id: &str) -> Result<Option<CallFact>, AskError> {
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
        // No filter on `StartTime`: a call that is still queued may have none, and would be missed. So it
        // does not matter either that carriers write its dates in different ways.
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

    fn redirect<'a>(&'a self, provider_id: &'a str, url: &'a str) -> Answer<'a, Result<bool, AskError>> {
        Box::pin(self.point_at(provider_id, url))
    }
}
