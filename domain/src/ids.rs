//! Names of things. Every id that leaves outdial is a UUIDv7 (RFC 9562, §5.7).

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::time::Timestamp;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

uuid_id! {
    /// An organization: the owner of everything else.
    OrgId
}
uuid_id! {
    /// A campaign.
    CampaignId
}
uuid_id! {
    /// One try to reach one contact.
    AttemptId
}
uuid_id! {
    /// A provider account that calls go out through.
    LineId
}
uuid_id! {
    /// One uploaded contact list on its way into a campaign.
    ImportId
}

uuid_id! {
    /// A voice profile.
    VoiceProfileId
}

uuid_id! {
    /// A do-not-call list.
    SuppressionListId
}

uuid_id! {
    /// A holiday calendar.
    HolidayCalendarId
}

uuid_id! {
    /// A person who works in an organization.
    MemberId
}

uuid_id! {
    /// A key to the API.
    ApiKeyId
}

uuid_id! {
    /// An entry of an organization's audit log.
    AuditEntryId
}

impl SuppressionListId {
    /// The list that every organization has, and that all of its campaigns heed.
    pub const ORGANIZATION: Self = Self(Uuid::nil());
}

/// Mints attempt ids. The domain has no randomness of its own, so it is handed one of these.
pub trait Mint {
    /// A new id, greater than all that this mint has given before.
    fn attempt_id(&mut self, now: Timestamp) -> AttemptId;
}

/// A lane of a campaign, by its place in the order in which lanes were first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LaneId(pub u16);

/// A contact of a campaign: the lane, the immutable block and the place in it where it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactId {
    /// The lane whose zones must allow the call.
    pub lane: LaneId,
    /// The block, numbered over the whole campaign.
    pub block: u32,
    /// The place in the block.
    pub place: u8,
}

impl ContactId {
    /// The id that leaves outdial: a UUIDv7 whose instant is the campaign's own and whose random
    /// part holds the place of storage, so that it needs no index.
    pub fn uuid(self, campaign: CampaignId) -> Uuid {
        let campaign = campaign.0.as_u128();
        let instant = campaign >> 80;
        let check = check_bits(campaign);
        let place =
            u128::from(self.lane.0) << 46 | u128::from(self.block) << 14 | u128::from(self.place) << 6;
        Uuid::from_u128(instant << 80 | 0x7 << 76 | (check >> 6) << 64 | 0b10 << 62 | place | (check & 0x3f))
    }

    /// The contact that an id names; `None` where it is not a contact of this campaign.
    pub fn from_uuid(campaign: CampaignId, id: Uuid) -> Option<Self> {
        let bits = id.as_u128();
        let contact = Self {
            lane: LaneId((bits >> 46 & 0xffff) as u16),
            block: (bits >> 14 & 0xffff_ffff) as u32,
            place: (bits >> 6 & 0xff) as u8,
        };
        (contact.uuid(campaign) == id).then_some(contact)
    }
}

/// Eighteen bits of the campaign's id, so that another campaign's contact ids are told apart.
fn check_bits(campaign: u128) -> u128 {
    (campaign ^ campaign >> 18 ^ campaign >> 36) & 0x3_ffff
}

/// One life of a campaign in memory: the boot of the store, and the wake within it. An attempt
/// still `intended` that carries another incarnation may or may not have been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Incarnation {
    /// How often the store has been opened.
    pub epoch: u32,
    /// How often, in this epoch, any campaign has been woken.
    pub wake: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn campaign(n: u128) -> CampaignId {
        CampaignId(Uuid::from_u128(0x0198_f3a0_1234_7abc_8def_0000_0000_0000 | n))
    }

    #[test]
    fn a_contact_id_is_a_uuid_v7_that_names_its_place() {
        for (lane, block, place) in [(0, 0, 0), (3, 77, 255), (u16::MAX, u32::MAX, u8::MAX)] {
            let contact = ContactId {
                lane: LaneId(lane),
                block,
                place,
            };
            let id = contact.uuid(campaign(5));
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
            assert_eq!(ContactId::from_uuid(campaign(5), id), Some(contact));
        }
    }

    #[test]
    fn the_contact_of_another_campaign_is_not_found() {
        let contact = ContactId {
            lane: LaneId(1),
            block: 2,
            place: 3,
        };
        assert_eq!(ContactId::from_uuid(campaign(6), contact.uuid(campaign(5))), None);
        assert_eq!(ContactId::from_uuid(campaign(6), campaign(6).0), None);
    }
}
