//! Requests that are repeated with the same idempotency key take effect once.
//!
//! A receipt travels with the task of a request, as a span does: whatever the request makes notes it in the same
//! batch ([`made`]), so that after a crash either both are there or neither. The answer is kept beside it once it
//! is known, sealed, because it may hold a secret.

use std::cell::RefCell;

use outdial_domain::ids::OrgId;
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::keys;
use outdial_storage::records::{self, ReceiptV1};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::access::Caller;

/// For how long a repeated request gets the same answer.
pub(crate) const KEPT: Millis = Millis::seconds(24 * 60 * 60);

/// A request that carries an idempotency key.
#[derive(Debug, Clone)]
pub(crate) struct Receipt {
    pub(crate) org: OrgId,
    /// SHA-256 of the idempotency key, together with the API key that sent it and the route that it was sent to.
    pub(crate) key: [u8; 32],
    /// SHA-256 over what is asked.
    pub(crate) request: [u8; 32],
    pub(crate) at: Timestamp,
    /// The path of what was made, once it was.
    pub(crate) location: Option<String>,
}

tokio::task_local! {
    static RECEIPT: RefCell<Receipt>;
}

/// Notes, in the batch that makes something, that the request at hand has made it; `location` is its path below
/// the API's base. Nothing is noted where no request is at hand, or one without an idempotency key.
pub(crate) fn made(batch: &mut Batch, location: String) {
    // Most of what is made is made without one.
    let _ = RECEIPT.try_with(|receipt| {
        let mut receipt = receipt.borrow_mut();
        receipt.location = Some(location);
        let record = receipt.record(None);
        batch.put(
            keys::idempotency(receipt.org, &receipt.key),
            records::encode(&record),
        );
    });
}

/// Says on the receipt of the request at hand, if there is one, what its form said.
pub(crate) fn told(form: [u8; 32]) {
    // Most forms come without an idempotency key.
    let _ = RECEIPT.try_with(|receipt| {
        let mut receipt = receipt.borrow_mut();
        receipt.request = together(receipt.request, form);
    });
}

/// What is asked by a request and its form.
pub(crate) fn together(request: [u8; 32], form: [u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(request)
        .chain_update(form)
        .finalize()
        .into()
}

impl Receipt {
    /// What the holder of one API key has made, and been told, is nothing to another.
    pub(crate) fn new(caller: &Caller, key: &str, route: &str, request: [u8; 32], at: Timestamp) -> Self {
        let holder = caller.api_key.map_or(Uuid::nil(), |key| key.0);
        let key = Sha256::new()
            .chain_update(holder)
            .chain_update(route)
            .chain_update([0])
            .chain_update(key);
        Self {
            org: caller.org,
            key: key.finalize().into(),
            request,
            at,
            location: None,
        }
    }

    pub(crate) fn record(&self, answer: Option<(u16, String, Vec<u8>)>) -> ReceiptV1 {
        ReceiptV1 {
            request: self.request,
            at: self.at.millis(),
            location: self.location.clone(),
            answer,
        }
    }

    /// Carries the receipt along while the request is dealt with; comes back with what was noted on it.
    pub(crate) async fn carried_along<F: Future>(self, request: F) -> (F::Output, Self) {
        RECEIPT
            .scope(RefCell::new(self), async {
                let answer = request.await;
                (answer, RECEIPT.with(|receipt| receipt.borrow().clone()))
            })
            .await
    }
}
