//! `mondo openapi`: prints the OpenAPI document of the HTTP API.

use std::process::ExitCode;

/// Runs the command.
pub fn run() -> anyhow::Result<ExitCode> {
    print!("{}", mondo::http::openapi_json());
    Ok(ExitCode::SUCCESS)
}
