//! A version of a campaign's configuration as the API shows it.

use outdial_domain::settings::Definition;
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::configuration::{ConfigurationView, configuration_view};
use super::{schema, text};

/// What a campaign was told to do from some instant on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ConfigVersionView {
    /// Its number; attempts name it.
    pub config_version: u32,
    /// Since when it holds, until the next one.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub since: Timestamp,
    /// By whom it was made.
    pub by: String,
    /// What it says.
    pub configuration: ConfigurationView,
}

/// Shows a version of a configuration.
pub fn config_version_view(definition: &Definition) -> ConfigVersionView {
    ConfigVersionView {
        config_version: definition.config_version,
        since: definition.since(),
        by: definition.by().to_owned(),
        configuration: configuration_view(&definition.settings),
    }
}
