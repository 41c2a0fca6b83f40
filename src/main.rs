//! The command line of mondo: all of it stands in `mondo::commands`, so that what it shares with the library is compiled once.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mondo::commands::main()
}
