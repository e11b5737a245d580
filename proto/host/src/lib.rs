//! What every program of VWIS is made of, and which is no link to another: its clock, its folder and the files in
//! it, its configuration, its place, its database, how it ends, what it says when it panics, and how it shares itself
//! out among its peers.
//!
//! **Architecture invariants**: time is an argument; a secret's file is never anybody else's, nor half
//! written; what a panic says reaches no log; places to inject faults are nothing in a release build.

pub mod clock;
pub mod command;
pub mod config;
pub mod exit;
pub mod fault;
pub mod files;
pub mod folder;
pub mod panics;
pub mod peers;
pub mod place;
pub mod secret;
pub mod sqlite;
