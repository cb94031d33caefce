//! Whether a restored store is held: nobody may be rung from it until somebody has said so.

use super::{Read, corrupt};
use crate::keys;
use crate::store::Store;

/// Why dialling is held, if it is: the store was put back from a backup, which does not know what was
/// dialled after it was made.
pub fn held(store: &dyn Store) -> Read<Option<String>> {
    let row = store.get(&keys::meta("held"))?;
    row.map(|bytes| String::from_utf8(bytes).map_err(|_| corrupt("meta", "`held` is not text")))
        .transpose()
}
