//! The country whose dialling habits a number without `+` is read by.

use std::fmt;
use std::str::FromStr;

use rlibphonenumber::PHONE_NUMBER_UTIL;

/// An ISO 3166-1 alpha-2 region with a telephone numbering plan, such as `US` or `GB`. Read
/// without regard to case, written in capitals.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region(rlibphonenumber::Region);

/// The text is no region whose numbering plan is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a known region: write a two-letter ISO 3166 code, such as US or GB")]
pub struct UnknownRegion(pub String);

impl Region {
    /// The United States, the default of the product.
    pub const US: Self = Self(rlibphonenumber::Region::US);

    pub(crate) fn plan(self) -> rlibphonenumber::Region {
        self.0
    }
}

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(text: &str) -> Result<Self, UnknownRegion> {
        let code = text.trim().to_ascii_uppercase();
        let letters = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        rlibphonenumber::Region::from_code(&code)
            .ok()
            .filter(|region| letters && PHONE_NUMBER_UTIL.get_country_code_for_region(*region).is_some())
            .map(Self)
            .ok_or_else(|| UnknownRegion(text.to_owned()))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_region_str().as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Region({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_read_without_regard_to_case() {
        assert_eq!("us".parse(), Ok(Region::US));
        assert_eq!(" gB ".parse::<Region>().unwrap().to_string(), "GB");
    }

    #[test]
    fn an_unknown_region_is_refused_by_name() {
        for text in ["", "U", "USA", "ZZ", "XX", "001", "1A", "é1", "UK"] {
            assert_eq!(text.parse::<Region>(), Err(UnknownRegion(text.to_owned())));
        }
    }
}
