//! When the desk is open, and when a promise falls due: business calendars and the clocks that run on them.
//!
//! Pure: the moment is always an argument, and the time zones are part of the binary.

mod calendar;
mod clock;
mod priority;
mod service_hours;
mod settings;
mod zone;

pub use calendar::{Calendar, Interval};
pub use clock::{Clock, Hours, Targets};
pub use priority::Priority;
pub use service_hours::ServiceHours;
pub use settings::{CalendarSettings, InvalidCalendar};
pub use zone::Zone;
