//! A real campaign's rows: written as the domain decided them, read back in the domain's types, and
//! audited.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod audit;
mod contacts;
mod due;
mod imports;
mod ledger;
mod lists;
mod orphans;
mod rest;
mod stored;
mod story;
mod tampering;
mod unfound;
