//! The place of a conversation in the query of the URL that a carrier asks for what to say next.

use outdial_domain::voice::Place;

/// What goes behind the other parameters of the URL.
pub fn to_query(place: Place) -> String {
    match place {
        Place::Start => String::new(),
        Place::After { step, tries } => format!("&step={step}&try={tries}"),
        Place::Over { waited } => format!("&part=over&try={waited}"),
        Place::Voicemail => "&part=voicemail".to_owned(),
        Place::MessageLeft => "&part=left".to_owned(),
    }
}

/// The place that the parameters of a URL name; `None` where they name none.
pub fn from_query(step: Option<&str>, tries: Option<&str>, part: Option<&str>) -> Option<Place> {
    match (step, tries, part) {
        (None, None, None) => Some(Place::Start),
        (None, None, Some("voicemail")) => Some(Place::Voicemail),
        (None, None, Some("left")) => Some(Place::MessageLeft),
        (None, Some(waited), Some("over")) => Some(Place::Over {
            waited: waited.parse().ok()?,
        }),
        (Some(step), Some(tries), None) => Some(Place::After {
            step: step.parse().ok()?,
            tries: tries.parse().ok()?,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_reads_back_from_the_url_that_names_it() {
        let after = Place::After { step: 12, tries: 3 };
        let over = Place::Over { waited: 4 };
        for place in [Place::Start, after, over, Place::Voicemail, Place::MessageLeft] {
            let query = to_query(place);
            let value = |name: &str| {
                let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
            };
            assert_eq!(
                from_query(value("step"), value("try"), value("part")),
                Some(place)
            );
        }
    }

    #[test]
    fn what_names_no_place_is_none() {
        assert_eq!(from_query(Some("1"), None, None), None);
        assert_eq!(from_query(Some("-1"), Some("0"), None), None);
        assert_eq!(from_query(Some("1"), Some("0"), Some("left")), None);
        assert_eq!(from_query(None, None, Some("elsewhere")), None);
    }
}
