//! How answering machines are listened for, and what is done when one answers.

use outdial_domain::settings::Detection;
use outdial_domain::voice::OnMachine;

use crate::spec::fields::{Fields, Shape};
use crate::spec::findings::Findings;
use crate::view::words::{DetectionMode, Word};

const MACHINE: Shape = Shape {
    what: "a rule for answering machines",
    known: &["mode", "timeout_seconds", "on_machine"],
    read_only: &[],
};

/// The rule in the profile's field `machine_detection`: nobody listens where there is none. A message can only
/// be left once the machine's greeting is over, so whoever leaves one waits for its end.
pub(super) fn judge(profile: &Fields<'_>, findings: &mut Findings) -> (Option<Detection>, OnMachine) {
    let Some(value) = profile.get("machine_detection") else {
        return (None, OnMachine::HangUp);
    };
    let Some(fields) = Fields::open(value, profile.at("machine_detection"), &MACHINE, findings) else {
        return (None, OnMachine::HangUp);
    };
    let on_machine = fields.word("on_machine", OnMachine::HangUp, findings);
    let default = match on_machine {
        OnMachine::LeaveMessage => DetectionMode::WaitForEnd,
        OnMachine::HangUp | OnMachine::Continue => DetectionMode::Detect,
    };
    let mode = fields.word("mode", default, findings);
    if on_machine == OnMachine::LeaveMessage && mode != DetectionMode::WaitForEnd {
        let message = format!(
            "`{}` cannot leave a message: write wait_for_end, or leave it out",
            mode.word()
        );
        findings.refuse_value(fields.at("mode"), &mode.word().into(), message);
    }
    let timeout_seconds = fields.whole("timeout_seconds", 3..=59, 30, findings);
    let detection = (mode != DetectionMode::Off).then_some(Detection {
        wait_for_end: mode == DetectionMode::WaitForEnd,
        timeout_seconds,
    });
    (detection, on_machine)
}
