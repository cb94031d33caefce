//! What the carrier sends on its own: status callbacks, detection results, requests for instructions.
//!
//! [`Courier`] carries the status callbacks of one call, in order; [`deliver`] makes the signed HTTP requests for
//! one of them, and repeats them as the [`Directives`] in the URL say; [`Strikes`] are the faults that strike one.

mod courier;
mod delivery;
mod directives;
mod strikes;
mod target;

pub(crate) use courier::{CallEvent, Courier, parameters, send_to};
pub(crate) use delivery::{Delivered, deliver, http_client};
pub(crate) use directives::Directives;
pub(crate) use strikes::Strikes;
pub(crate) use target::{Method, Target};
