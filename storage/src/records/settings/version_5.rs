//! A campaign's configuration as stored since it can be changed.

use outdial_domain::settings::{Definition, Edited};
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use bincode::Options;

use super::super::{Record, Unreadable, codec};
use super::DefinitionV4;

/// A campaign's configuration with the change that made this version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionV5 {
    base: DefinitionV4,
    /// When, and by whom.
    edited: Option<(i64, String)>,
}

impl Record for DefinitionV5 {
    const VERSION: u8 = 5;
    const TABLE: &'static str = "definition";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_4 = |base| Self { base, edited: None };
        let base = match version {
            DefinitionV4::VERSION => codec().deserialize(bytes),
            _ => DefinitionV4::read_older(version, bytes)?,
        };
        Some(base.map(of_version_4))
    }
}

impl From<&Definition> for DefinitionV5 {
    fn from(definition: &Definition) -> Self {
        let edited = definition.edited.as_ref();
        Self {
            base: definition.into(),
            edited: edited.map(|edited| (edited.at.millis(), edited.by.clone())),
        }
    }
}

impl TryFrom<DefinitionV5> for Definition {
    type Error = Unreadable;

    fn try_from(stored: DefinitionV5) -> Result<Self, Unreadable> {
        let mut definition: Self = stored.base.try_into()?;
        definition.edited = stored.edited.map(|(at, by)| Edited {
            at: Timestamp::from_millis(at),
            by,
        });
        Ok(definition)
    }
}
