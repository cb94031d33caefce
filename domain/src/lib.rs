//! What an outdial campaign is and decides, without I/O, async, clock or randomness of its own.
//!
//! The main path is [`campaign::Campaign::step`]: time and an input go in, rows to write and
//! things to do come out. Everything else here is the vocabulary of that function.

pub mod address;
pub mod attempt;
pub mod audience;
pub mod breaker;
pub mod calendar;
pub mod call;
pub mod campaign;
pub mod caps;
pub mod clearing;
pub mod contact;
pub mod counters;
pub mod explain;
pub mod ids;
pub mod import;
pub mod lane;
pub mod law;
pub mod lifecycle;
pub mod list_columns;
pub mod pacing;
pub mod phone;
pub mod progress;
pub mod recurrence;
pub mod rehearsal;
pub mod runs;
pub mod settings;
pub mod step;
pub mod tally;
pub mod time;
pub mod voice;
pub mod window;
