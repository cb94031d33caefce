//! Which calling laws a campaign is asked to hold to, and whether they leave it any hour.

use outdial_domain::law::{Preset, lawful_windows};
use outdial_domain::settings::{Settings, WindowZone};
use outdial_domain::window::Windows;

use super::fields::Fields;
use super::findings::{Findings, Warning};
use super::quoted;
use crate::view::text::time_of_day;

/// The most entries of the list.
const MOST: usize = 50;

/// The presets in the campaign's field `law_presets`.
pub(super) fn judge(campaign: &Fields<'_>, findings: &mut Findings) -> Vec<&'static Preset> {
    let mut laws: Vec<&'static Preset> = Vec::new();
    for (at, entry) in campaign.list("law_presets", MOST, findings).unwrap_or_default() {
        match entry.as_str().and_then(Preset::named) {
            Some(law) if laws.contains(&law) => {
                let message = format!("`{}` is named twice; leave one out", law.id);
                findings.refuse_value(at, entry, message);
            }
            Some(law) => laws.push(law),
            None => {
                let known: Vec<&str> = Preset::all().iter().map(|law| law.id).collect();
                let message = format!(
                    "must be the id of a law preset, {}, not {}",
                    quoted::either(&known),
                    quoted::json(entry)
                );
                findings.refuse_value(at, entry, message);
            }
        }
    }
    laws
}

/// The hours that each of these laws names; `None` where none of them names any.
pub(super) fn hours_in_words(laws: &[&Preset]) -> Option<String> {
    let of_law = |law: &&Preset| {
        let hours = law.hours?;
        let (start, end) = (time_of_day(hours.start), time_of_day(hours.end));
        Some(format!("{start} to {end} by {}", law.id))
    };
    let named: Vec<String> = laws.iter().filter_map(of_law).collect();
    (!named.is_empty()).then(|| named.join(", "))
}

/// What somebody should know whose campaign's own hours lie outside those of the laws that it names.
pub(super) fn warnings(settings: &Settings) -> Vec<Warning> {
    let Some(hours) = hours_in_words(&settings.laws) else {
        return Vec::new();
    };
    let is_shut = |windows: &Windows| lawful_windows(windows, &settings.laws) == Windows::Weekly(Vec::new());
    let nobody = match settings.window_zone {
        WindowZone::Contact => "nobody whose time zone is known is called",
        WindowZone::Campaign => "nobody in the campaign's own time zone is called",
    };
    let warning = |field: &str, nobody: &str| Warning {
        field: field.to_owned(),
        message: format!("leaves no minute that law_presets allow ({hours}), so {nobody}"),
    };
    let own = is_shut(&settings.windows).then(|| warning("calling_windows", nobody));
    let fallback = settings
        .fallback_window
        .as_ref()
        .filter(|windows| is_shut(windows));
    let fallback = fallback.map(|_| warning("fallback_window", "nobody of unknown time zone is called"));
    own.into_iter().chain(fallback).collect()
}
