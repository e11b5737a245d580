//! `vwis-aggregator`: see [`vwis_aggregator::cli`].

fn main() -> std::process::ExitCode {
    vwis_aggregator::cli::run(std::env::args_os())
}
