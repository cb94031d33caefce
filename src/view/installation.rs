//! The installation itself: whether it lives, takes work, and dials.

use schemars::JsonSchema;
use serde::Serialize;

/// The process lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AliveView {
    /// Always `alive`.
    pub status: &'static str,
    /// Which outdial it is.
    pub version: &'static str,
}

/// The store takes writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReadyView {
    /// Always `ready`.
    pub status: &'static str,
    /// Whether calls go out: `allowed`, or `held` in a restored store until it is released.
    #[schemars(extend("enum" = ["allowed", "held"]))]
    pub dialling: &'static str,
    /// Why they do not.
    pub held_reason: Option<String>,
}

/// Dialling was let go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReleasedView {
    /// Whether it was held before.
    pub released: bool,
    /// Why it was.
    pub was_held_because: Option<String>,
}
