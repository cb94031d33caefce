//! What the benchmarks share: their command line, their table, figures of a spread, the machine, a carrier in this
//! process and signed callbacks as they go over the wire, the real binary as a process of its own, campaigns in great
//! number, and contact lists.
#![allow(dead_code, unused_imports, reason = "each benchmark takes what it needs")]

mod asked;
mod carrier;
pub mod contact_list;
mod fleet;
mod machine;
mod service;
mod spread;
mod table;
mod wire;

pub use asked::Asked;
pub use carrier::{Carrier, Start, line, queued, report};
pub use fleet::{Fleet, Made};
pub use machine::{handles, machine, resident};
pub use service::Service;
pub use spread::Spread;
pub use table::Table;
pub use wire::{Connection, STATUSES, TOKEN, api_request, callback, listener, serve};

/// The owner's API key.
pub const KEY: &str = "odk_owner_of_the_bench";

/// A runtime of as many threads as an outdial on two cores shares the machine with.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// The n-th of many numbers, which are all different below 64 million.
pub fn number(n: usize) -> String {
    format!("+1{}{:07}", 201 + n / 8_000_000 % 8, 2_000_000 + n % 8_000_000)
}

/// A contact list of so many of these numbers: one column, from the `first` on.
pub fn numbers(first: usize, count: usize) -> String {
    let row = |n| number(n) + "\n";
    let rows: String = (first..first + count).map(row).collect();
    format!("phone\n{rows}")
}
