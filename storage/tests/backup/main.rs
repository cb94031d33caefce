//! A store is copied while it is written to, and put back exactly as it was at one instant; a file that is
//! not whole, or a place that is not free, is refused before anything is written.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod files;
mod format;
mod made;
mod restoring;
mod running;
