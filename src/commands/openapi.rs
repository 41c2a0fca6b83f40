//! `mondo openapi`: prints the OpenAPI document of the HTTP API.

use std::process::ExitCode;

use super::output::print_data;

/// Runs the command.
pub fn run() -> anyhow::Result<ExitCode> {
    print_data(crate::http::openapi_json().trim_end())?;
    Ok(ExitCode::SUCCESS)
}
