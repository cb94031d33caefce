//! What a campaign's calls say: voice profiles made into the documents that carriers read.
//!
//! The domain decides what comes next in a conversation; here its scenes become TwiML, and the texts in them
//! are filled in with what is known of the contact. Nothing here reads the store or remembers anything between
//! two turns of a call.

mod filters;
mod perform;
mod profiles;
mod render;
mod template;

pub(crate) use perform::perform;
pub(crate) use render::ContactFields;
pub(crate) use template::check;

use render::render;

/// The most characters of a text, as it is written and as it is spoken.
pub(crate) const LONGEST_TEXT: usize = 4000;

/// What is said where a profile has no words of its own for it.
pub(crate) const FALLBACK: &str = "Sorry, something went wrong. Goodbye.";
