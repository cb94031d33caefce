#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod ending;
mod hours;
mod in_earnest;
mod losses;
mod remembering;
mod timing;
mod world;
