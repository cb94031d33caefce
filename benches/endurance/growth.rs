//! Whether something grows once it is warm.

use crate::samples::{Sample, mean};

/// More than this share is growth; less is noise.
const GROWN: f64 = 0.05;

/// Growth per minute, by least squares.
fn slope(samples: &[Sample], of: fn(&Sample) -> f64) -> f64 {
    let (at, value) = (mean(samples, |sample| sample.at), mean(samples, of));
    let spread: f64 = samples.iter().map(|sample| (sample.at - at).powi(2)).sum();
    let both: f64 = samples
        .iter()
        .map(|sample| (sample.at - at) * (of(sample) - value))
        .sum();
    60.0 * both / spread
}

/// The second fifth against the last.
pub struct Verdict {
    pub before: f64,
    pub after: f64,
    pub per_minute: f64,
}

impl Verdict {
    pub fn of(samples: &[Sample], of: fn(&Sample) -> f64) -> Self {
        let fifth = (samples.len() / 5).max(1);
        let warm = &samples[fifth.min(samples.len() - 1)..];
        Self {
            before: mean(&warm[..fifth.min(warm.len())], of),
            after: mean(&samples[samples.len() - fifth..], of),
            per_minute: slope(warm, of),
        }
    }

    pub fn grown(&self) -> f64 {
        self.after / self.before - 1.0
    }

    pub fn row(&self, what: &str, unit: &str) -> [String; 6] {
        let word = if self.grown() > GROWN {
            "grows"
        } else {
            "does not grow"
        };
        [
            what.to_owned(),
            format!("{:.1} {unit}", self.before),
            format!("{:.1} {unit}", self.after),
            format!("{:+.1}%", 100.0 * self.grown()),
            format!("{:+.2} {unit}", self.per_minute),
            word.to_owned(),
        ]
    }
}
