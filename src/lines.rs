//! Provider accounts: what is asked of one, how its secrets are kept, and the client it becomes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use outdial_actors::line::LineSetup;
use outdial_actors::meter::{LONGEST_HOLD, Limits};
use outdial_domain::ids::{LineId, OrgId};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::{Millis, Timestamp};
use outdial_providers::dialect::{Dialect, signalwire_base_url};
use outdial_providers::provider::Provider;
use outdial_providers::secret::Secret;
use outdial_providers::twilio::{SetupError, SignatureKeys, Timeouts, TwilioAccount, TwilioClient};
use outdial_storage::records::LineV1;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::installation::Installation;
use crate::spec::FieldError;
use crate::view::schema;

mod changes;

/// A provider account to call through. Fields are named as in the API.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineSpec {
    /// What people call it; unique in the organization.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// `twilio`, `signalwire`, or `simulated` for a carrier that speaks Twilio's protocol elsewhere.
    #[schemars(extend("enum" = ["twilio", "signalwire", "simulated"]))]
    pub kind: String,
    /// The account sid, `AC…`; SignalWire's project id.
    #[schemars(length(min = 1))]
    pub account_sid: String,
    /// The account's auth token; SignalWire's API token.
    #[schemars(extend("writeOnly" = true))]
    pub auth_token: String,
    /// The numbers shown to those who are rung, E.164, at least one.
    #[schemars(with = "Vec<schema::Phone>", length(min = 1, max = 1000))]
    pub caller_ids: Vec<String>,
    /// Starts per second; carriers allow 1 by default.
    #[serde(default = "one")]
    #[schemars(range(min = 0.001, max = 10_000.0))]
    pub calls_per_second: f64,
    /// Calls in flight at once, over all campaigns.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub max_concurrent: Option<u32>,
    /// Where the carrier's API stands, if not where it usually does.
    #[serde(default)]
    #[schemars(url)]
    pub api_base_url: Option<String>,
    /// The keys that sign its webhooks; the auth token where left out. More than one while they rotate.
    /// SignalWire signs with the project's Signing Key, which is not the API token.
    #[serde(default)]
    #[schemars(extend("writeOnly" = true), length(max = 1000), inner(length(min = 1)))]
    pub webhook_keys: Vec<String>,
    /// SignalWire's space: the first part of `name.signalwire.com`.
    #[serde(default)]
    pub space: Option<String>,
}

const LONGEST_NAME: usize = 200;
const SIGNALWIRE: &str = "signalwire";
/// Where SignalWire's Twilio-compatible API stands on its host.
const SIGNALWIRE_PATH: &str = "/api/laml";

fn one() -> f64 {
    LineSpec::default_calls_per_second()
}

/// The secrets of a line, as sealed.
#[derive(Serialize, Deserialize)]
struct Secrets {
    auth_token: String,
    webhook_keys: Vec<String>,
}

/// A line that outdial knows.
pub(crate) struct KnownLine {
    pub(crate) record: LineV1,
    pub(crate) dialect: Dialect,
    pub(crate) signatures: SignatureKeys,
}

/// Every line that outdial knows.
#[derive(Default)]
pub(crate) struct LineBook(RwLock<HashMap<LineId, Arc<KnownLine>>>);

impl LineBook {
    pub(crate) fn get(&self, line: LineId) -> Option<Arc<KnownLine>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&line)
            .cloned()
    }

    pub(crate) fn of_org(&self, org: OrgId) -> Vec<Arc<KnownLine>> {
        let book = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<_> = book
            .values()
            .filter(|line| line.record.org == org.0)
            .cloned()
            .collect();
        lines.sort_by_key(|line| line.record.id);
        lines
    }

    /// Forgets the lines of an organization that is no more.
    pub(crate) fn remove_of(&self, org: OrgId) {
        let mut book = self.0.write().unwrap_or_else(PoisonError::into_inner);
        book.retain(|_, line| line.record.org != org.0);
    }

    pub(crate) fn insert(&self, line: KnownLine) {
        let id = LineId(line.record.id);
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, Arc::new(line));
    }

    pub(crate) fn remove(&self, line: LineId) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&line);
    }
}

impl LineSpec {
    /// A line over a provider of one's own, for [`Builder::line_over`](crate::Builder::line_over): no credentials, one
    /// number to show, one call a second. Nobody can sign a webhook for it.
    pub fn custom(name: impl Into<String>, caller_id: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: "custom".to_owned(),
            account_sid: String::new(),
            auth_token: String::new(),
            caller_ids: vec![caller_id.into()],
            calls_per_second: Self::default_calls_per_second(),
            max_concurrent: None,
            api_base_url: None,
            webhook_keys: Vec::new(),
            space: None,
        }
    }

    /// What carriers allow by default.
    pub(crate) fn default_calls_per_second() -> f64 {
        1.0
    }

    /// Names every field that is not what it should be.
    pub(crate) fn problems(&self) -> Vec<FieldError> {
        let mut problems = Vec::new();
        let mut wrong = |field: &str, message: String| {
            problems.push(FieldError {
                field: field.to_owned(),
                message,
            });
        };
        match self.name.trim().chars().count() {
            0 => wrong("name", "must not be empty".to_owned()),
            1..=LONGEST_NAME => {}
            length => wrong(
                "name",
                format!("must be at most {LONGEST_NAME} characters, not {length}"),
            ),
        }
        match self.kind.as_str() {
            "twilio" => {}
            "simulated" if self.api_base_url.is_none() => {
                wrong(
                    "api_base_url",
                    "a simulated line needs the address of its carrier".to_owned(),
                );
            }
            "simulated" => {}
            SIGNALWIRE => {}
            other => wrong(
                "kind",
                format!("`{other}` is no kind of line: write twilio, signalwire or simulated"),
            ),
        }
        let is_real = |url: &String| url.contains(".signalwire.com");
        if self.kind == SIGNALWIRE && self.api_base_url.as_ref().is_none_or(is_real) {
            if self.space.is_none() && self.api_base_url.is_none() {
                wrong(
                    "space",
                    "a SignalWire line needs its space: the `name` of name.signalwire.com".to_owned(),
                );
            }
            if self.webhook_keys.is_empty() {
                let message = "SignalWire signs its webhooks with the project's Signing Key, which is not the API token: \
                               write it here";
                wrong("webhook_keys", message.to_owned());
            }
        }
        if self.space.is_some() && self.kind != SIGNALWIRE {
            wrong(
                "space",
                "only a SignalWire line has a space; leave it out".to_owned(),
            );
        }
        if self.caller_ids.is_empty() {
            wrong(
                "caller_ids",
                "at least one number must be shown to those who are rung".to_owned(),
            );
        }
        for (index, caller_id) in self.caller_ids.iter().enumerate() {
            if let Err(error) = caller_id.parse::<PhoneNumber>() {
                wrong(&format!("caller_ids[{index}]"), error.to_string());
            }
        }
        if !(0.001..=10_000.0).contains(&self.calls_per_second) {
            wrong(
                "calls_per_second",
                format!(
                    "`{}` must be at least 0.001 and at most 10000",
                    self.calls_per_second
                ),
            );
        }
        if self.max_concurrent == Some(0) {
            wrong(
                "max_concurrent",
                "`0` would never call; write at least 1, or leave it out".to_owned(),
            );
        }
        if self.webhook_keys.iter().any(String::is_empty) {
            wrong("webhook_keys", "a key must not be empty".to_owned());
        }
        // A client names one mistake at a time: what it named is put right, to hear of the next.
        let mut probe = self.clone();
        if self.kind == SIGNALWIRE && self.space.is_none() && self.api_base_url.is_none() {
            // Named above.
            probe.api_base_url = Some("https://example.com".to_owned());
        }
        while let Err(error) = probe.client(Timeouts::default()) {
            let text = error.to_string();
            match error {
                SetupError::AccountSid(_) => {
                    wrong("account_sid", text);
                    "AC0".clone_into(&mut probe.account_sid);
                }
                SetupError::AuthToken => {
                    wrong("auth_token", text);
                    "-".clone_into(&mut probe.auth_token);
                }
                SetupError::BaseUrl { field, .. } => {
                    wrong(field, text);
                    probe.space = None;
                    probe.api_base_url = Some("https://example.com".to_owned());
                }
                SetupError::Tls(_) => {
                    wrong("kind", text);
                    break;
                }
            }
        }
        problems
    }

    fn client(&self, timeouts: Timeouts) -> Result<TwilioClient, SetupError> {
        let account = TwilioAccount {
            account_sid: self.account_sid.clone(),
            auth_token: Secret::from(self.auth_token.clone()),
            api_base_url: self.base_url()?,
        };
        TwilioClient::for_dialect(self.dialect(), account, timeouts)
    }

    fn dialect(&self) -> Dialect {
        if self.kind == SIGNALWIRE {
            Dialect::SignalWire
        } else {
            Dialect::Twilio
        }
    }

    /// Where the API stands; `None`: where the carrier's usually does. An address of a SignalWire-like API
    /// without a path has it where SignalWire has it.
    fn base_url(&self) -> Result<Option<String>, SetupError> {
        match (&self.api_base_url, &self.space) {
            (None, Some(space)) => signalwire_base_url(space).map(Some),
            (Some(url), _) if self.kind == SIGNALWIRE && has_no_path(url) => {
                Ok(Some(format!("{}{SIGNALWIRE_PATH}", url.trim_end_matches('/'))))
            }
            (url, _) => Ok(url.clone()),
        }
    }

    /// The line as stored.
    pub(crate) fn record(
        &self,
        id: LineId,
        org: OrgId,
        installation: &Installation,
        now: Timestamp,
    ) -> LineV1 {
        let secrets = Secrets {
            auth_token: self.auth_token.clone(),
            webhook_keys: self.webhook_keys.clone(),
        };
        let clear = serde_json::to_vec(&secrets).expect("strings always make JSON");
        LineV1 {
            id: id.0,
            org: org.0,
            name: self.name.trim().to_owned(),
            kind: self.kind.clone(),
            account_sid: self.account_sid.clone(),
            sealed: installation.seal(&clear),
            caller_ids: parsed(&self.caller_ids).map(PhoneNumber::digits).collect(),
            calls_per_second: self.calls_per_second,
            max_concurrent: self.max_concurrent,
            // What cannot be an address was refused before.
            api_base_url: self.base_url().ok().flatten(),
            created_at: now.millis(),
        }
    }

    /// The line that a record was made of.
    pub(crate) fn of_record(record: &LineV1, installation: &Installation) -> Result<Self, Error> {
        let unreadable = || {
            Error::Start(format!(
                "the credentials of line `{}` cannot be read with this installation's key; \
                 restore `secret.key` beside the store, or enter them again",
                record.name
            ))
        };
        let clear = installation.unseal(&record.sealed).ok_or_else(unreadable)?;
        let secrets: Secrets = serde_json::from_slice(&clear).map_err(|_| unreadable())?;
        let caller_ids = record
            .caller_ids
            .iter()
            .filter_map(|digits| PhoneNumber::from_digits(*digits));
        Ok(Self {
            name: record.name.clone(),
            kind: record.kind.clone(),
            account_sid: record.account_sid.clone(),
            auth_token: secrets.auth_token,
            caller_ids: caller_ids.map(|number| number.to_string()).collect(),
            calls_per_second: record.calls_per_second,
            max_concurrent: record.max_concurrent,
            api_base_url: record.api_base_url.clone(),
            webhook_keys: secrets.webhook_keys,
            space: None,
        })
    }
}

fn has_no_path(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    !host.trim_end_matches('/').contains('/')
}

fn parsed(numbers: &[String]) -> impl Iterator<Item = PhoneNumber> {
    numbers.iter().filter_map(|number| number.parse().ok())
}

/// How lines are turned into clients.
#[derive(Clone, Copy)]
pub(crate) struct ClientOptions {
    pub(crate) timeouts: Timeouts,
    pub(crate) longest_hold: Millis,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            longest_hold: LONGEST_HOLD,
        }
    }
}

/// What actors and webhooks need of a stored line. `custom` is the provider of a line of that kind.
pub(crate) fn open_line(
    record: LineV1,
    installation: &Installation,
    options: ClientOptions,
    custom: Option<Arc<dyn Provider>>,
) -> Result<(LineSetup, KnownLine), Error> {
    let spec = LineSpec::of_record(&record, installation)?;
    let provider: Arc<dyn Provider> = match custom {
        Some(provider) => provider,
        None => {
            let client = spec.client(options.timeouts);
            Arc::new(client.map_err(|error| Error::Start(format!("line `{}`: {error}", record.name)))?)
        }
    };
    let keys = if spec.webhook_keys.is_empty() {
        vec![spec.auth_token.clone()]
    } else {
        spec.webhook_keys.clone()
    };
    let keys: Vec<Secret> = keys.into_iter().map(Secret::from).collect();
    let setup = LineSetup {
        id: LineId(record.id),
        provider,
        dialect: spec.dialect(),
        caller_ids: parsed(&spec.caller_ids).collect(),
        limits: Limits {
            calls_per_second: record.calls_per_second,
            max_concurrent: record.max_concurrent,
            longest_hold: options.longest_hold,
        },
    };
    Ok((
        setup,
        KnownLine {
            record,
            dialect: spec.dialect(),
            signatures: SignatureKeys::for_dialect(spec.dialect(), &keys),
        },
    ))
}
