//! The HTTP API through its front door: the whole router in process, a small knowledge base, a real SQLite file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../database/mod.rs"]
mod database;

mod actors;
mod colleagues;
mod listener;

mod asking;
mod at_the_desk;
mod attaching;
mod beneath_a_path;
mod calling_tools;
mod channels;
mod chatting;
mod conversing;
mod describing;
mod drafting;
mod editing;
mod embedding;
mod following;
mod following_by_link;
mod forgetting;
mod getting_in;
mod giving;
mod guarding;
mod handing_over;
mod helpdesks;
mod helping;
mod hiding;
mod hooking;
mod hooks_in;
mod inbox;
mod judging;
mod learning;
mod lettering;
mod limiting;
mod mailing;
mod monitoring;
mod offering;
mod official_channels;
mod openapi;
mod operating;
mod ownership;
mod passkeys;
mod presence;
mod publishing;
mod pushing;
mod reading;
mod refusing;
mod routing;
mod ruling;
mod shielding;
mod signing_in;
mod single_sign_on;
mod suggesting;
mod surging;
mod telling_apart;
mod ticketing;
mod tokens;
mod tongues;
mod twins;
mod working;
