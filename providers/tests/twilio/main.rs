//! The client against a carrier that answers as it is told, in either dialect, and the webhook readers
//! against anything at all.

mod carrier;

mod anything_at_all;
mod asking;
mod ending;
mod exactly_once;
mod placing;
mod redirecting;
mod refusals;
mod signalwire;
