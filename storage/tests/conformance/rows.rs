//! Rows as text, so that a test reads as what it says.

use outdial_storage::batch::Batch;
use outdial_storage::store::Row;

/// A key.
pub fn key(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// A batch of rows to put, in this order.
pub fn puts(rows: &[(&str, &str)]) -> Batch {
    let mut batch = Batch::new();
    for (at, value) in rows {
        batch.put(key(at), key(value));
    }
    batch
}

/// A batch of rows to delete.
pub fn deletes(keys: &[&str]) -> Batch {
    let mut batch = Batch::new();
    for at in keys {
        batch.delete(key(at));
    }
    batch
}

/// The keys of rows, in their order.
pub fn keys_of(rows: &[Row]) -> Vec<&str> {
    rows.iter()
        .map(|(key, _)| std::str::from_utf8(key).unwrap())
        .collect()
}
