//! Where a visitor stands, as it travels.

use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::form::text::{Text, Zone};
use crate::desk::{Place, Waits};
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::time::Timestamp;

/// Where a visitor stands: counted and measured, never promised.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct PlaceResponse {
    /// Visitors who will be taken before; nothing while nobody is waited for.
    before: Option<i64>,
    /// Minutes within which half of the visitors were answered lately; nothing while too few were measured.
    half_minutes: Option<i64>,
    /// Minutes within which nine in ten were.
    most_minutes: Option<i64>,
    /// Whether it is a time at which the desk is open.
    open: bool,
    /// Whether a person who would answer is at the desk at this moment.
    here: bool,
    /// When it opens, in UTC, for the page to say in the visitor's own zone.
    #[schema(format = DateTime)]
    opens: Option<String>,
    /// When somebody is there in the next seven days, in the zone that was asked for.
    hours: Vec<HoursBody>,
    /// That zone.
    #[schema(example = "Asia/Seoul")]
    zone: String,
    /// The zone that the desk lives by; whoever lives by another is told which one the hours are shown in.
    #[schema(example = "Asia/Tokyo")]
    desk_zone: String,
}

/// A span in which somebody is at the desk.
#[derive(Debug, Serialize, ToSchema)]
struct HoursBody {
    /// Beginning, with the offset of the zone.
    #[schema(format = DateTime, example = "2026-11-23T09:00:00+09:00")]
    from: String,
    /// End.
    #[schema(format = DateTime, example = "2026-11-23T18:00:00+09:00")]
    to: String,
}

/// The name of a time zone.
type ZoneName = Text<Zone, 60>;

/// Where the visitor lives.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ZoneQuery {
    /// IANA name of the visitor's time zone, as browsers know it; UTC when it is left out.
    #[param(inline, example = "Asia/Seoul")]
    zone: Option<ZoneName>,
}

impl ZoneQuery {
    pub(in crate::http) fn zone(&self) -> Result<TimeZone, ApiError> {
        let Some(name) = &self.zone else {
            return Ok(TimeZone::UTC);
        };
        TimeZone::get(name).map_err(|_| {
            ApiError::new(
                ProblemKind::ContentRefused,
                "there is no such time zone; send an IANA name such as Asia/Seoul",
            )
            .in_field("zone")
        })
    }
}

/// Writes a moment as clocks of a zone show it.
pub(in crate::http) fn local(moment: Timestamp, zone: &TimeZone) -> Zoned {
    jiff::Timestamp::from_millisecond(moment.as_millis())
        .unwrap_or_default()
        .to_zoned(zone.clone())
}

impl PlaceResponse {
    pub(in crate::http) fn new(place: Place, zone: &TimeZone) -> Self {
        let written = |moment: Timestamp| {
            local(moment, zone)
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
                .to_string()
        };
        let Place {
            before,
            waits,
            open,
            here,
            opens,
            hours,
            desk_zone,
        } = place;
        // Rounded up: whoever is told three minutes should not wait four.
        let minutes = |millis: i64| millis.max(0).unsigned_abs().div_ceil(60_000) as i64;
        Self {
            before,
            half_minutes: waits.map(|Waits { half_ms, .. }| minutes(half_ms)),
            most_minutes: waits.map(|Waits { most_ms, .. }| minutes(most_ms)),
            open,
            here,
            opens: opens.map(|moment| moment.to_string()),
            hours: hours
                .into_iter()
                .map(|(from, to)| HoursBody {
                    from: written(from),
                    to: written(to),
                })
                .collect(),
            zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            desk_zone,
        }
    }
}
