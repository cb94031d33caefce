//! One who watches over HTTP: the chunks of one stream of server-sent events.
//!
//! A watcher that comes back reads the store until it has caught up with the ring, and then only copies from there.
//! One that falls out of the ring again is too slow to watch, and its stream ends: it may come back. Nothing is queued
//! for a watcher, so a slow one costs nothing but its connection.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use outdial_domain::ids::OrgId;
use outdial_storage::read;
use outdial_storage::store::StoreError;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::frame::{self, Frame, HEARTBEAT, HELLO};
use super::hub::{Hub, NoSeat, Seat};
use super::ring::Taken;
use super::{AGAIN, EventFilter, page};

/// Where nothing happens for this long, that is said.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);
/// Whoever takes longer than this over a chunk is not watching any more.
pub(crate) const TAKEN_WITHIN: Duration = Duration::from_secs(30);
/// The more watch, the longer each of them waits before it looks again: so the work of waking them has a bound.
const PAUSE_PER_WATCHER: Duration = Duration::from_micros(500);
/// Of a few hundred nobody waits longer.
const LONGEST_PAUSE_OF_FEW: Duration = Duration::from_millis(250);
/// A look, and sending what was found, takes less than this. So those who look in turn leave the rest of the machine to
/// calls, however many they are.
const TURN: Duration = Duration::from_micros(60);
/// Nobody ever waits longer.
const LONGEST_PAUSE: Duration = Duration::from_millis(650);

/// One who watches.
pub(crate) struct Watcher {
    seat: Seat,
    filter: EventFilter,
    /// The last event that was given, or passed over.
    cursor: u64,
    durable: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    stage: Stage,
    given_at: Instant,
    looked_at: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing has been given.
    New,
    /// It reads what it has missed.
    Replaying,
    /// It copies from the ring.
    Live,
    /// Nothing more is given.
    Over,
}

/// What comes next.
enum Next {
    Chunk(Vec<u8>),
    /// Nothing of what was looked through, but there is more.
    Further,
    Nothing,
    End,
}

impl Watcher {
    /// Watches the events behind a number: 0 means from the oldest that is kept on, `None` means those to come.
    pub(crate) fn behind(
        hub: &Arc<Hub>,
        org: OrgId,
        filter: EventFilter,
        last: Option<u64>,
    ) -> Result<Self, NoSeat> {
        let (seat, durable) = hub.enter(org)?;
        let head = *durable.borrow();
        let cursor = match last {
            Some(0) => {
                let first = read::first_event(hub.log().store().as_ref(), org).map_err(NoSeat::Store)?;
                first.map_or(head, |first| (first - 1).min(head))
            }
            last => last.unwrap_or(head).min(head),
        };
        Ok(Self {
            seat,
            filter,
            cursor,
            durable,
            closing: hub.closing(),
            stage: Stage::New,
            given_at: Instant::now(),
            looked_at: Instant::now(),
        })
    }

    /// The next chunk of the stream; `None` at its end.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        if self.stage == Stage::New {
            self.stage = Stage::Replaying;
            return Some(self.give(HELLO));
        }
        if self.stage == Stage::Over || self.given_at.elapsed() > TAKEN_WITHIN {
            return None;
        }
        loop {
            if self.stage == Stage::Live {
                sleep_until(self.next_look()).await;
            }
            if *self.closing.borrow() {
                return None;
            }
            self.looked_at = Instant::now();
            match self.look() {
                Ok(Next::Chunk(chunk)) => return Some(self.give(chunk.into())),
                Ok(Next::Further) => tokio::task::yield_now().await,
                Ok(Next::End) => return None,
                Ok(Next::Nothing) => {
                    tokio::select! {
                        // Either is gone only when outdial is.
                        changed = self.durable.changed() => changed.ok()?,
                        changed = self.closing.changed() => changed.ok()?,
                        () = sleep_until(self.given_at + HEARTBEAT_EVERY) => return Some(self.give(HEARTBEAT)),
                    }
                    // Everybody has been woken. Those who have looked just now wait for their instant anyway.
                    if self.looked_at.elapsed() >= self.pause() {
                        sleep(self.turn()).await;
                    }
                }
                Err(StoreError::Unavailable(_)) => sleep(AGAIN).await,
                Err(error) => {
                    tracing::error!(%error, "the event log cannot be read on");
                    return None;
                }
            }
        }
    }

    fn give(&mut self, chunk: Bytes) -> Bytes {
        self.given_at = Instant::now();
        chunk
    }

    /// The first of its instants after its last look. Each has instants of its own, a pause apart, so that they look
    /// one after the other whenever they came, and whatever woke them.
    fn next_look(&self) -> Instant {
        let pause = self.pause().as_secs_f64();
        let first = self.seat.place * pause;
        let begun = self.seat.hub().begun();
        let looked = self.looked_at.duration_since(begun).as_secs_f64();
        let pauses = ((looked - first) / pause).floor() + 1.0;
        begun + Duration::from_secs_f64((first + pauses * pause).max(looked))
    }

    /// From one look to the next.
    fn pause(&self) -> Duration {
        let of_few = PAUSE_PER_WATCHER.saturating_mul(self.watchers());
        let of_many = TURN.saturating_mul(self.watchers());
        of_few.min(LONGEST_PAUSE_OF_FEW).max(of_many).min(LONGEST_PAUSE)
    }

    /// How long it lets others go first when all are woken at once.
    fn turn(&self) -> Duration {
        let all = TURN.saturating_mul(self.watchers()).min(LONGEST_PAUSE);
        all.mul_f64(self.seat.place)
    }

    fn watchers(&self) -> u32 {
        u32::try_from(self.seat.feed().watchers()).unwrap_or(u32::MAX)
    }

    fn look(&mut self) -> Result<Next, StoreError> {
        let head = *self.durable.borrow_and_update();
        let ring = self.seat.ring_up_to(head)?;
        if self.stage == Stage::Replaying && !ring.reaches(self.cursor) {
            drop(ring);
            return self.replay(head);
        }
        self.stage = Stage::Live;
        let mut chunk = Vec::new();
        let taken = ring.take(&mut self.cursor, self.filter, &mut chunk);
        Ok(match taken {
            Taken::Behind => {
                tracing::warn!(org = %self.seat.org, "a watcher is too slow, and has to come back");
                Next::End
            }
            Taken::Last => {
                self.stage = Stage::Over;
                Next::Chunk(chunk)
            }
            Taken::All | Taken::Some if !chunk.is_empty() => Next::Chunk(chunk),
            Taken::All | Taken::Some => Next::Nothing,
        })
    }

    /// Reads a page of what is no longer in the ring.
    fn replay(&mut self, head: u64) -> Result<Next, StoreError> {
        let page = page(self.seat.hub().log(), self.seat.org, self.cursor, head)?;
        let mut chunk = Vec::new();
        for (seq, logged) in page {
            if seq != self.cursor + 1 {
                chunk.extend_from_slice(frame::gap(self.cursor, seq).as_bytes());
            }
            self.cursor = seq;
            if !self.filter.wants(logged.campaign) {
                continue;
            }
            let frame = Frame::of(seq, &logged);
            chunk.extend_from_slice(&frame.bytes);
            if frame.is_last && self.filter != EventFilter::All {
                self.stage = Stage::Over;
                break;
            }
        }
        Ok(if chunk.is_empty() {
            Next::Further
        } else {
            Next::Chunk(chunk)
        })
    }
}
