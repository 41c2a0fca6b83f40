//! The command line, one file a command: its arguments, and what it does with the library. Standard output carries data, standard
//! error carries talk.
//!
//! Exit codes: 0 done, 1 a check or a gate failed, 2 the command line is wrong, 3 something outside stood in the way
//! (a file, a port, a disk).

mod ask;
mod explain;
mod explain_sentence;
mod init;
mod mcp;
mod serve;
mod store;

mod detect;
mod kb;

mod calibrate;
mod calibrate_slices;
mod calibrate_without_labels;
mod eval;
mod eval_suggestions;
mod insights;

mod encode;
mod model;

mod audit;
mod backup;
mod config;
mod doctor;
mod key;
mod openapi;
mod privacy;
mod report;
mod user;

mod place;

mod counted_encoder;
mod faults_at_start;
mod findings;
mod first_answers;
mod log;
mod open_files;
mod outgoing_mail;
mod output;
mod progress;
mod reload;
mod thresholds_at_start;
mod traces;
mod watch;
mod workbench;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Answers common questions in Chinese, English, Japanese and Korean from a knowledge base, says when it does not
/// know, and hands over to a person.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 a check or a gate failed, 2 wrong usage, 3 something outside stood in the way (a file, a port, a disk).";

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Serve(serve::ServeArgs),
    Ask(ask::AskArgs),
    Mcp(mcp::McpArgs),
    Explain(explain::ExplainArgs),
    Detect(detect::DetectArgs),
    Kb(kb::KbArgs),
    Eval(eval::EvalArgs),
    Calibrate(calibrate::CalibrateArgs),
    Insights(insights::InsightsArgs),
    Report(report::ReportArgs),
    User(user::UserArgs),
    Encode(encode::EncodeArgs),
    Model(model::ModelArgs),
    Config(config::ConfigArgs),
    Doctor(doctor::DoctorArgs),
    Audit(audit::AuditArgs),
    Privacy(privacy::PrivacyArgs),
    Key(key::KeyArgs),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
    Store(store::StoreArgs),
    /// Prints the OpenAPI document of the HTTP API
    Openapi,
    /// Prints completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Something outside stood in the way.
const ENVIRONMENT: u8 = 3;

/// Runs the command line that this process was started with.
pub fn main() -> ExitCode {
    let result = match CommandLine::parse().command {
        Command::Init(args) => init::run(&args),
        Command::Serve(args) => serve::run(args),
        Command::Ask(args) => ask::run(&args),
        Command::Mcp(args) => mcp::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Detect(args) => detect::run(&args),
        Command::Kb(args) => kb::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Calibrate(args) => calibrate::run(args),
        Command::Insights(args) => insights::run(&args),
        Command::Report(args) => report::run(&args),
        Command::User(args) => user::run(args),
        Command::Encode(args) => encode::run(&args),
        Command::Model(args) => model::run(args),
        Command::Config(args) => config::run(args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Privacy(args) => privacy::run(&args),
        Command::Key(args) => key::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => backup::run_restore(&args),
        Command::Store(args) => store::run(args),
        Command::Openapi => openapi::run(),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut CommandLine::command(),
                "mondo",
                &mut std::io::stdout(),
            );
            Ok(ExitCode::SUCCESS)
        }
    };
    result.unwrap_or_else(|error| {
        if is_broken_pipe(&error) {
            return ExitCode::SUCCESS;
        }
        log::say_failure(in_one_line(&error));
        ExitCode::from(ENVIRONMENT)
    })
}

/// A reader that has seen enough, such as `head`, is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// The error and its causes, leaving out a cause that the error has told already.
fn in_one_line(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |told, cause| {
        let cause = cause.to_string();
        if told.is_empty() {
            cause
        } else if told.contains(&cause) {
            told
        } else {
            format!("{told}: {cause}")
        }
    })
}
