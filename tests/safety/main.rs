//! What is hidden, what is heard and what is listed, measured on labelled texts of our own.

mod redaction;
mod scam;
