//! Reports on a month: what was asked and what became of it, how many answers are right, how long people waited. For those
//! who run the desk, or for everybody; on paper, as a table or as JSON; signed with the key of the record.

mod figures;
mod month;
mod settings;
mod shares;
mod signed;
mod written;

pub use figures::{
    ArticleFigure, Audience, ChannelFigure, DayFigure, FORMAT, Figures, OutcomeFigure,
    PrecisionFigure, SatisfactionFigures, TicketFigures,
};
pub use month::{Month, NoMonth};
pub use settings::ReportSettings;
pub use shares::{GaugeFigure, ShareFigure};
pub use signed::{MANIFEST, Manifest, ReportFault, digests, statement_of, verify};
pub use written::letter;
