//! What the fragment of a callback URL asks for: how often to repeat a failed request, and how long to wait.
//!
//! `#rc=5&rp=all&rt=5000&tt=15000`: retry count, retry policy, and in milliseconds the time for one try and for all
//! of them. The defaults are Twilio's: one retry, on a failed connection only; 15 s, 15 s. Figures out of range are
//! brought into it, what is unknown is ignored, and so is `ct`: on loopback a connection stands or fails at once.

use std::time::Duration;

/// How one callback is to be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Directives {
    pub retries: u32,
    pub policy: RetryPolicy,
    pub read_timeout: Duration,
    pub total_timeout: Duration,
}

/// Which failures are worth another try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    /// The connection failed or broke.
    pub connection: bool,
    /// No answer in time.
    pub timeout: bool,
    /// An answer with 4xx.
    pub status_4xx: bool,
    /// An answer with 5xx.
    pub status_5xx: bool,
}

impl Default for Directives {
    fn default() -> Self {
        Self {
            retries: 1,
            policy: RetryPolicy {
                connection: true,
                ..RetryPolicy::default()
            },
            read_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(15),
        }
    }
}

impl Directives {
    /// Three tries whatever goes wrong, 5 seconds each.
    pub const fn three_tries() -> Self {
        Self {
            retries: 2,
            policy: RetryPolicy::ALL,
            read_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(60),
        }
    }

    /// Reads a fragment, without its `#`.
    pub fn parse(fragment: &str) -> Self {
        let mut directives = Self::default();
        for (name, value) in fragment.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "rc" => directives.retries = value.parse().unwrap_or(directives.retries).min(5),
                "rp" => directives.policy = RetryPolicy::parse(value),
                "rt" => directives.read_timeout = timeout(value, directives.read_timeout),
                "tt" => directives.total_timeout = timeout(value, directives.total_timeout),
                _ => {}
            }
        }
        directives
    }
}

impl RetryPolicy {
    const ALL: Self = Self {
        connection: true,
        timeout: true,
        status_4xx: true,
        status_5xx: true,
    };

    fn parse(value: &str) -> Self {
        let mut policy = Self::default();
        for name in value.split(',') {
            match name {
                "ct" => policy.connection = true,
                "rt" => policy.timeout = true,
                "4xx" => policy.status_4xx = true,
                "5xx" => policy.status_5xx = true,
                "all" => policy = Self::ALL,
                _ => {}
            }
        }
        policy
    }
}

fn timeout(value: &str, default: Duration) -> Duration {
    value.parse().map_or(default, |milliseconds: u64| {
        Duration::from_millis(milliseconds.clamp(100, 15_000))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Directives;

    #[test]
    fn without_a_fragment_only_a_failed_connection_is_retried_once() {
        let directives = Directives::parse("");
        assert_eq!(directives.retries, 1);
        assert!(directives.policy.connection);
        assert!(!directives.policy.timeout && !directives.policy.status_4xx && !directives.policy.status_5xx);
    }

    #[test]
    fn a_fragment_sets_retries_policy_and_timeouts() {
        let directives = Directives::parse("rc=4&rp=4xx,rt&ct=300&rt=1500&tt=9000");
        assert_eq!(directives.retries, 4);
        assert!(directives.policy.status_4xx && directives.policy.timeout);
        assert!(!directives.policy.status_5xx && !directives.policy.connection);
        assert_eq!(directives.read_timeout, Duration::from_millis(1500));
        assert_eq!(directives.total_timeout, Duration::from_secs(9));
    }

    #[test]
    fn figures_out_of_range_are_brought_into_it_and_nonsense_is_ignored() {
        let directives = Directives::parse("rc=99&rt=1&tt=x&sni=y&=&rp=all");
        assert_eq!(directives.retries, 5);
        assert_eq!(directives.read_timeout, Duration::from_millis(100));
        assert_eq!(directives.total_timeout, Duration::from_secs(15));
        assert!(directives.policy.status_4xx);
    }
}
