//! Events as frames of a stream of server-sent events (HTML Living Standard, section 9.2).

use actix_web::web::Bytes;
use outdial_domain::ids::CampaignId;
use outdial_domain::step::Event;
use outdial_storage::records::LoggedEvent;
use serde_json::json;

use crate::view;

/// What a stream begins with: whoever is cut off tries again after a second, and sees at once that it is connected.
pub(super) const HELLO: Bytes = Bytes::from_static(b"retry: 1000\n: connected\n\n");
/// What is sent where nothing happens, so that everybody on the way knows that the connection lives.
pub(super) const HEARTBEAT: Bytes = Bytes::from_static(b": nothing new\n\n");

/// An event, ready to be sent.
pub(super) struct Frame {
    pub(super) campaign: CampaignId,
    /// Whether nothing comes after it for whoever watches its campaign.
    pub(super) is_last: bool,
    pub(super) bytes: Box<[u8]>,
}

impl Frame {
    pub(super) fn of(seq: u64, logged: &LoggedEvent) -> Self {
        let shown = view::event_view(seq, logged);
        let topic = shown.kind.split('.').next().unwrap_or_default();
        let mut bytes = format!("id: {seq}\nevent: {topic}\ndata: ").into_bytes();
        // Writing to memory does not fail, and every value of a view has a form in JSON.
        serde_json::to_writer(&mut bytes, &shown).expect("an event can be shown");
        bytes.extend_from_slice(b"\n\n");
        Self {
            campaign: logged.campaign,
            is_last: logged.event == Event::Deleted,
            bytes: bytes.into(),
        }
    }
}

/// Says that the events between the last one seen and the next that is kept are gone.
pub(super) fn gap(last: u64, next: u64) -> String {
    let data = json!({"type": "gap", "after": last, "continues_at": next});
    format!("id: {}\nevent: gap\ndata: {data}\n\n", next - 1)
}
