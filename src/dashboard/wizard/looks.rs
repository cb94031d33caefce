//! What takes long to find out, kept for those who look at a page again: lists that were read to their end, and rehearsals.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use outdial_contacts::Preview;

use super::review::Rehearsal;

/// As many of each are kept.
const MOST: usize = 16;

/// What was found out lately.
#[derive(Default)]
pub(crate) struct Looks {
    pub(super) lists: Lately<Preview>,
    pub(super) rehearsals: Lately<Rehearsal>,
}

/// The last few things that were found out, each by all that it depends on.
pub(super) struct Lately<T>(Mutex<VecDeque<(String, Arc<T>)>>);

impl<T> Default for Lately<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Lately<T> {
    /// What was found out of `of`, if it is not long ago.
    pub(super) fn get(&self, of: &str) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, _)| known == of);
        found.map(|(_, what)| Arc::clone(what))
    }

    /// Keeps what was found out; the oldest is forgotten.
    pub(super) fn keep(&self, of: String, what: T) -> Arc<T> {
        let what = Arc::new(what);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != of);
        kept.push_front((of, Arc::clone(&what)));
        kept.truncate(MOST);
        what
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_out_is_found_again_until_enough_else_was() {
        let kept = Lately::default();
        for n in 0..MOST {
            kept.keep(n.to_string(), n);
        }
        kept.keep("0".to_owned(), 100);
        assert_eq!(kept.get("0").as_deref(), Some(&100), "the newer counts");
        assert_eq!(kept.get("1").as_deref(), Some(&1));
        kept.keep("other".to_owned(), 7);
        assert_eq!((kept.get("1"), kept.get("nothing")), (None, None));
        assert_eq!(kept.get("0").as_deref(), Some(&100));
    }
}
