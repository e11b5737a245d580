use clap::CommandFactory as _;

use super::*;

#[derive(Parser)]
#[command(name = "vwis-test", after_help = "Try:\n  vwis-test go")]
struct Line {
    #[command(subcommand)]
    _step: Step,
}

#[derive(clap::Subcommand)]
enum Step {
    /// Goes.
    #[command(after_help = "After that:\n  vwis-test go")]
    Go,
}

#[test]
fn examples_carry_the_name_that_the_program_was_called_by() {
    let name = called_by(&OsString::from("/target/debug/vwis-demo test"));
    let mut command = renamed(Line::command(), "vwis-test", &name).bin_name(&name);
    command.build();
    for help in [
        command.render_long_help(),
        command.find_subcommand_mut("go").unwrap().render_help(),
    ] {
        let help = help.to_string();
        assert!(help.contains("\n  vwis-demo test go"), "{help}");
        assert!(help.contains("Usage: vwis-demo test"), "{help}");
        assert!(!help.contains("vwis-test"), "{help}");
    }
}

#[test]
fn help_is_an_answer_and_a_wrong_argument_is_not() {
    let parsed = |args: &[&str]| parsed::<Line>("vwis-test", args.iter().map(OsString::from));
    assert_eq!(parsed(&["x", "--help"]).err(), Some(Exit::Done));
    assert_eq!(parsed(&["x", "--nonsense"]).err(), Some(Exit::Usage));
    assert_eq!(parsed(&[]).err(), Some(Exit::Usage));
    let (_, called) = parsed(&["/bin/x", "go"]).ok().unwrap();
    assert_eq!(called, "x");
}

/// An error with its cause.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(&'static str, #[source] Option<Box<Said>>);

#[test]
fn an_error_and_its_causes_are_said_once() {
    let cause = Said("no space left\n", None);
    let written = Said("writing: no space left\n", Some(Box::new(cause)));
    let error = Said("init", Some(Box::new(written)));
    assert_eq!(with_causes(&error), "init: writing: no space left");
}

#[test]
fn a_path_that_a_shell_would_take_apart_is_quoted_in_a_proposed_command() {
    for (path, word) in [
        ("/var/lib/vwis/node.toml", "/var/lib/vwis/node.toml"),
        ("dir with space/node.toml", "'dir with space/node.toml'"),
        ("it's", r"'it'\''s'"),
        ("$HOME/n", "'$HOME/n'"),
    ] {
        let proposed = line("vwis-node", Path::new(path), "serve");
        assert_eq!(proposed, format!("vwis-node --config {word} serve"));
    }
}

#[test]
fn a_proposed_command_begins_with_the_words_that_the_program_was_called_by() {
    let proposed = line("vwis-demo node", Path::new("node.toml"), "serve");
    assert_eq!(proposed, "vwis-demo node --config node.toml serve");
}
