#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]
