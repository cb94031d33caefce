//! Whatever the domain holds is read again as it was written.

use outdial_domain::contact::Contact;
use outdial_domain::settings::Definition;
use outdial_domain::window::{Hours, Windows};
use outdial_storage::records::{
    AttemptV1, BlockV1, ContactStateV1, DefinitionV1, ProgressV1, Record, Unreadable, decode, decode_into,
    encode,
};
use proptest::prelude::*;

use crate::samples;
use crate::strategies::{attempts, contact_states, contacts, definitions, progresses};

/// The value goes into a record, into bytes, and all the way back.
fn goes_round<R, T>(value: &T) -> Result<(), TestCaseError>
where
    R: Record + for<'a> From<&'a T> + TryInto<T, Error = Unreadable> + PartialEq + std::fmt::Debug,
    T: PartialEq + std::fmt::Debug,
{
    let record = R::from(value);
    let bytes = encode(&record);
    prop_assert_eq!(bytes[0], R::VERSION);
    prop_assert_eq!(decode::<R>(&bytes), Ok(record));
    let read = decode_into::<R, T>(&bytes);
    prop_assert_eq!(read.as_ref(), Ok(value));
    Ok(())
}

proptest! {
    #[test]
    fn an_attempt_reads_back_as_it_was_written(attempt in attempts()) {
        goes_round::<AttemptV1, _>(&attempt)?;
    }

    #[test]
    fn a_contacts_state_reads_back_as_it_was_written(state in contact_states()) {
        goes_round::<ContactStateV1, _>(&state)?;
    }

    #[test]
    fn a_definition_reads_back_as_it_was_written(definition in definitions()) {
        goes_round::<DefinitionV1, _>(&definition)?;
    }

    #[test]
    fn a_progress_reads_back_as_it_was_written(progress in progresses()) {
        goes_round::<ProgressV1, _>(&progress)?;
    }

    #[test]
    fn a_block_reads_back_as_it_was_written(contacts in prop::collection::vec(contacts(), 0..20)) {
        let record = BlockV1 { contacts: contacts.iter().map(Into::into).collect() };
        let read = decode_into::<BlockV1, Vec<Contact>>(&encode(&record));
        prop_assert_eq!(read, Ok(contacts));
    }
}

/// A fallback window is stored as a list of windows, which has no word for any hour.
#[test]
fn a_fallback_at_any_hour_is_still_open_at_any_hour_when_read_back() {
    let mut definition = samples::full_definition();
    definition.settings.fallback_window = Some(Windows::Any);
    let bytes = encode(&DefinitionV1::from(&definition));
    let read: Definition = decode_into::<DefinitionV1, _>(&bytes).unwrap();
    let fallback = read.settings.fallback_window.unwrap();
    let zone = definition.settings.timezone;
    for hour in 0..7 * 24 {
        let now = definition.created_at + outdial_domain::time::Millis::seconds(hour * 3600);
        assert_eq!(
            fallback.hours(&[zone], now),
            Hours::Open { closes: None },
            "hour {hour}"
        );
    }
}
