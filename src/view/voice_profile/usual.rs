//! What a voice profile has where nothing is said, for its description.

use outdial_domain::voice::{AnswerBy, OnMachine};

use super::DetectionView;
use crate::view::words::DetectionMode;
use crate::voice::FALLBACK;

pub(super) fn rate() -> f64 {
    1.0
}

pub(super) fn fallback() -> String {
    FALLBACK.to_owned()
}

pub(super) fn detection() -> DetectionView {
    DetectionView {
        mode: DetectionMode::Off,
        timeout_seconds: listening_seconds(),
        on_machine: on_machine(),
    }
}

pub(super) fn mode() -> DetectionMode {
    DetectionMode::Detect
}

pub(super) fn listening_seconds() -> u32 {
    30
}

pub(super) fn on_machine() -> OnMachine {
    OnMachine::HangUp
}

pub(super) fn input() -> AnswerBy {
    AnswerBy::Keys
}

pub(super) fn waiting_seconds() -> u32 {
    5
}

pub(super) fn tries() -> u32 {
    2
}

pub(super) fn recording_seconds() -> u32 {
    60
}

pub(super) fn recording_key() -> String {
    "#".to_owned()
}

pub(super) fn beep() -> bool {
    true
}
