//! Ids in paths. What is no id names nothing, so it is not found.

use std::str::FromStr;

use crate::error::Error;

pub(crate) fn id<T: FromStr>(what: &'static str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::not_found(what, text))
}
