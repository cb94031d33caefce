//! The latest events of an organization, each rendered once for all who watch.

use std::collections::VecDeque;

use super::EventFilter;
use super::frame::Frame;

/// Frames that are kept: whoever is further behind than that has lost its place.
pub(super) const FRAMES: usize = 8192;
/// Bytes that a watcher takes at a time, but for the last frame.
const CHUNK: usize = 128 << 10;

/// Frames of events whose numbers follow each other.
pub(super) struct Ring {
    /// The number of the event that comes next.
    next: u64,
    frames: VecDeque<Frame>,
}

/// What was taken from a ring.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// All that there is for now.
    All,
    /// There is more.
    Some,
    /// The last that there will ever be.
    Last,
    /// Nothing: the ring begins later than where the watcher is.
    Behind,
}

impl Ring {
    /// An empty ring, for the events behind a number.
    pub(super) fn behind(seq: u64) -> Self {
        Self {
            next: seq + 1,
            frames: VecDeque::new(),
        }
    }

    /// The number of the last event in it, or of the one before it.
    pub(super) fn last(&self) -> u64 {
        self.next - 1
    }

    /// Whether a watcher that has seen the events up to `cursor` can go on from here.
    pub(super) fn reaches(&self, cursor: u64) -> bool {
        cursor + 1 + self.frames.len() as u64 >= self.next
    }

    /// Takes the next event in. Where others are missing before it, the ring begins anew.
    pub(super) fn push(&mut self, seq: u64, frame: Frame) {
        if seq != self.next {
            self.frames.clear();
        }
        if self.frames.len() == FRAMES {
            self.frames.pop_front();
        }
        self.frames.push_back(frame);
        self.next = seq + 1;
    }

    /// Copies what comes behind `cursor`, and moves it.
    pub(super) fn take(&self, cursor: &mut u64, filter: EventFilter, chunk: &mut Vec<u8>) -> Taken {
        if !self.reaches(*cursor) {
            return Taken::Behind;
        }
        let first = self.next - self.frames.len() as u64;
        let seen = (*cursor + 1).saturating_sub(first) as usize;
        for frame in self.frames.iter().skip(seen) {
            *cursor += 1;
            if !filter.wants(frame.campaign) {
                continue;
            }
            chunk.extend_from_slice(&frame.bytes);
            if frame.is_last && filter != EventFilter::All {
                return Taken::Last;
            }
            if chunk.len() >= CHUNK {
                return Taken::Some;
            }
        }
        Taken::All
    }
}
