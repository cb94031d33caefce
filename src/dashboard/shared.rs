//! A page that many have open, and that each fetches again as something happens, is written once for all of them: a
//! hundred dashboards cost a campaign hardly more than one.
//!
//! What is shared is what follows from the address, the organization, and what the viewer may do. A page that is loaded,
//! or that follows what somebody did, is always written anew.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use chrono_tz::Tz;
use outdial_domain::ids::OrgId;
use tokio::sync::Mutex;

use super::failure::Failure;
use super::page;
use super::visit::Visit;
use crate::access::{Role, Scope};

/// For so long what was written is new enough.
const LASTS: Duration = Duration::from_millis(300);
/// So many pages are remembered before those that are old are forgotten.
const REMEMBERED: usize = 256;

/// Whatever a page follows from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    org: OrgId,
    role: Role,
    scopes: Option<Vec<Scope>>,
    is_super_admin: bool,
    zone: Tz,
    address: String,
}

/// A page as it was written last; held by whoever writes it, while others wait.
type Written = Rc<Mutex<Option<(Instant, Bytes)>>>;

/// The pages that a worker has written lately.
#[derive(Default)]
pub(super) struct Shared(RefCell<HashMap<Key, Written>>);

impl Shared {
    fn page(&self, key: Key) -> Written {
        let mut pages = self.0.borrow_mut();
        if pages.len() >= REMEMBERED {
            // Nobody writes, or waits for, what nobody else holds.
            pages.retain(|_, written| Rc::strong_count(written) > 1);
        }
        Rc::clone(pages.entry(key).or_default())
    }
}

impl Visit {
    /// The page that is written so; where it is only fetched to see what is new, as it was written a moment ago for
    /// somebody who may do the same.
    pub(super) async fn shared(
        &self,
        written: impl Future<Output = Result<HttpResponse, Failure>>,
    ) -> Result<HttpResponse, Failure> {
        if !self.is_live {
            return written.await;
        }
        let known = self.pages().page(Key {
            org: self.caller.org,
            role: self.caller.role,
            scopes: self.caller.scopes.clone(),
            is_super_admin: self.caller.is_super_admin,
            zone: self.zone,
            address: self.address.clone(),
        });
        let mut known = known.lock().await;
        if let Some((at, bytes)) = known.as_ref().filter(|(at, _)| at.elapsed() < LASTS) {
            tracing::trace!(age = ?at.elapsed(), "a page is told again");
            return Ok(page::of_bytes(bytes.clone()));
        }
        let answer = written.await?;
        if answer.status() != StatusCode::OK {
            return Ok(answer);
        }
        let bytes = to_bytes(answer.into_body()).await;
        let bytes = bytes.map_err(|_| Failure::broken("a page broke off"))?;
        *known = Some((Instant::now(), bytes.clone()));
        Ok(page::of_bytes(bytes))
    }
}
