//! Starts the command line of mondo, all of which stands in `mondo::commands`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mondo::commands::main()
}
