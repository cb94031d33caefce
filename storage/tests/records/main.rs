//! Stored records: what was ever written is read as it was meant, what is read again is what was
//! written, and no bytes whatever bring the reader down.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod bytes;
mod golden;
mod numbers;
mod round_trip;
mod samples;
mod strategies;
