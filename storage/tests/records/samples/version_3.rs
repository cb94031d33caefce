//! What version 3 of a record has words for beyond version 2. With nothing of it, a value is the bare one of
//! version 1.

use outdial_domain::ids::SuppressionListId;
use outdial_domain::import::Import;
use outdial_domain::settings::{Definition, Settings};

use super::{id, version_2};

pub fn full_definition() -> Definition {
    let older = version_2::full_definition();
    Definition {
        settings: Settings {
            suppression_lists: vec![SuppressionListId(id(9)), SuppressionListId::ORGANIZATION],
            ..older.settings
        },
        ..older
    }
}

pub fn full_import() -> Import {
    Import {
        bytes_total: 5_000_000_000,
        bytes_read: 70_000,
        ..version_2::full_import()
    }
}
