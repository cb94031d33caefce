//! What version 5 of a record has words for beyond version 4. With nothing of it, a value is the bare one of
//! version 1.

use outdial_domain::settings::{Definition, Edited};

use super::{at, version_4};

pub fn full_definition() -> Definition {
    Definition {
        edited: Some(Edited {
            at: at(7_200),
            by: "somebody «else»".to_owned(),
        }),
        ..version_4::full_definition()
    }
}
