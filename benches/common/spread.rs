//! How long something took, many times over.

use std::time::Duration;

/// Quantiles, in milliseconds; not a number where nothing was measured.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub most_ms: f64,
}

impl Spread {
    /// Of these.
    pub fn of(mut taken: Vec<Duration>) -> Self {
        taken.sort_unstable();
        let at = |share: f64| {
            let place = (taken.len().saturating_sub(1) as f64 * share).ceil() as usize;
            taken
                .get(place)
                .map_or(f64::NAN, |taken| taken.as_secs_f64() * 1000.0)
        };
        Self {
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            most_ms: at(1.0),
        }
    }
}
