//! The carrier itself: what its REST side, its dialer and its callbacks share.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use tokio::sync::{Semaphore, mpsc, watch};

use crate::behaviour::{Behaviour, BehaviourError};
use crate::callbacks::http_client;
use crate::config::SimulatorConfig;
use crate::dialect::Dialect;
use crate::dialer::DialOrder;
use crate::error::SimulatorError;
use crate::ledger::Ledger;

/// HTTP requests to receivers at one time; more wait. Bounds the open sockets, not the calls.
const MAX_CONCURRENT_DELIVERIES: usize = 256;

/// The state of a running simulator.
pub(crate) struct Carrier {
    account: OnceLock<Account>,
    /// Where it listens, once it does.
    pub address: OnceLock<SocketAddr>,
    /// Whether anybody may have it send a message.
    pub sends_messages: bool,
    pub seed: u64,
    pub started: Instant,
    pub http: reqwest::Client,
    pub deliveries: Semaphore,
    pub dial_queue: mpsc::UnboundedSender<DialOrder>,
    behaviour: watch::Sender<Arc<Behaviour>>,
    desk: Mutex<Desk>,
}

/// Whose calls the carrier makes, and what it signs with.
pub(crate) struct Account {
    pub sid: String,
    pub auth_token: String,
}

/// What changes under one lock: the ledger, and how far each number's overrides are used up.
#[derive(Default)]
pub(crate) struct Desk {
    pub ledger: Ledger,
    pub overrides: OverridePositions,
}

/// How many orders of each number have been used.
pub(crate) type OverridePositions = std::collections::HashMap<String, usize>;

impl Carrier {
    pub fn new(
        config: SimulatorConfig,
        dial_queue: mpsc::UnboundedSender<DialOrder>,
    ) -> Result<Self, SimulatorError> {
        config.behaviour.check()?;
        let account = OnceLock::new();
        if !config.takes_first_account {
            account.get_or_init(|| Account {
                sid: config.account_sid,
                auth_token: config.auth_token,
            });
        }
        Ok(Self {
            account,
            address: OnceLock::new(),
            sends_messages: config.sends_messages,
            seed: config.seed,
            started: Instant::now(),
            http: http_client()?,
            deliveries: Semaphore::new(MAX_CONCURRENT_DELIVERIES),
            dial_queue,
            behaviour: watch::Sender::new(Arc::new(config.behaviour)),
            desk: Mutex::default(),
        })
    }

    /// Whether these are the account's credentials. A carrier without an account takes them for its own.
    pub fn knows(&self, sid: &str, auth_token: &str) -> bool {
        let first = || Account {
            sid: sid.to_owned(),
            auth_token: auth_token.to_owned(),
        };
        let account = self.account.get_or_init(first);
        account.sid == sid && account.auth_token == auth_token
    }

    /// The account's id; empty before there is one, and then there are no calls either.
    pub fn account_sid(&self) -> &str {
        self.account.get().map_or("", |account| &account.sid)
    }

    /// What callbacks of this dialect are signed with.
    pub fn signing_key(&self, dialect: Dialect) -> String {
        let own = match dialect {
            Dialect::Twilio => None,
            Dialect::SignalWire => self.behaviour().signing_key.clone(),
        };
        let auth_token = || self.account.get().map(|account| account.auth_token.clone());
        own.or_else(auth_token).unwrap_or_default()
    }

    /// The URL of a resource of the account, at this carrier.
    pub fn resource_url(&self, dialect: Dialect, path: &str) -> String {
        let host = self.address.get().map(ToString::to_string).unwrap_or_default();
        let (prefix, account) = (dialect.prefix(), self.account_sid());
        format!("http://{host}{prefix}/2010-04-01/Accounts/{account}/{path}")
    }

    pub fn behaviour(&self) -> Arc<Behaviour> {
        Arc::clone(&self.behaviour.borrow())
    }

    /// For whoever must notice a change of the behaviour.
    pub fn watch_behaviour(&self) -> watch::Receiver<Arc<Behaviour>> {
        self.behaviour.subscribe()
    }

    /// Puts the behaviour that `change` makes of the present one in its place. Orders of a number that changed
    /// begin anew with its first.
    pub fn change_behaviour(
        &self,
        change: impl FnOnce(&Behaviour) -> Result<Behaviour, BehaviourError>,
    ) -> Result<Arc<Behaviour>, BehaviourError> {
        let mut desk = self.desk();
        let old = self.behaviour();
        let new = Arc::new(change(&old)?);
        new.check()?;
        desk.overrides
            .retain(|number, _| old.overrides.get(number) == new.overrides.get(number));
        self.behaviour.send_replace(Arc::clone(&new));
        Ok(new)
    }

    pub fn desk(&self) -> MutexGuard<'_, Desk> {
        // A panic while the lock was held is a defect, but the books of what happened before it still stand.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
