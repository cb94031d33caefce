//! Where outdial keeps what it must remember.
//!
//! One ordered keyspace, atomic batches, and a [`store::Ticket`] for each that resolves when it is
//! durable: whoever waits for it before acting never shows the world a state that a crash could
//! take back. What is stored are versioned records of this crate's own; the domain's types may
//! change without a stored byte changing its meaning.

pub mod audit;
pub mod backup;
pub mod batch;
mod committer;
pub mod disk_use;
mod gathered;
pub mod keys;
pub mod measured;
pub mod memory;
pub mod numbers;
pub mod read;
pub mod recent;
pub mod records;
pub mod sled_store;
pub mod store;
pub mod sweep;
pub mod tap;
pub mod upgrade;
