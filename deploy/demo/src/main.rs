//! The program `vwis-demo`: see [`vwis_demo`].

fn main() -> std::process::ExitCode {
    vwis_demo::cli::run(std::env::args_os())
}
