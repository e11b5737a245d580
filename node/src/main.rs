//! `vwis-node`: see [`vwis_node::cli`].

fn main() -> std::process::ExitCode {
    vwis_node::cli::run(std::env::args_os())
}
