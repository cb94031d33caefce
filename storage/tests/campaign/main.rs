//! A real campaign's rows: written as the domain decided them, read back in the domain's types, and
//! audited.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod access;
mod audit;
mod calendars;
mod contacts;
mod deleted;
mod due;
mod events;
mod holidays;
mod imports;
mod ledger;
mod lists;
mod numbers;
mod orphans;
mod rest;
mod runs;
mod stored;
mod story;
mod tallies;
mod tampering;
mod tried;
mod unfound;
mod upgrade;
