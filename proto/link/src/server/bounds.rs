//! The bounds of HTTP/2 and of calls, which are the same for all servers of VWIS.

use std::time::Duration;

use tonic::transport::Server;
use tower::layer::util::{Identity as NoLayer, Stack};

use super::guard::{Callers, Guard};
use crate::{KEEP_ALIVE_INTERVAL, KEEP_ALIVE_TIMEOUT, MAX_HEADER_BYTES};

/// A connection is closed after this time, so that a replaced certificate reaches every peer.
pub const MAX_CONNECTION_AGE: Duration = Duration::from_hours(1);
/// Calls at once on one connection: an aggregator asks one thing at a time.
const MOST_STREAMS: u32 = 16;
/// Bytes of one request that may be under way unread: most requests are shorter.
const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
/// Bytes of all requests on a connection that may be under way unread.
const CONNECTION_WINDOW_BYTES: u32 = 256 * 1024;
/// Longest frame that is read: the least that HTTP/2 lets a peer send.
const MAX_FRAME_BYTES: u32 = 16 * 1024;
/// How many requests a peer may begin and take back before anybody looks at them ("rapid reset"), and how
/// many of its faults are answered with a reset of the stream, before its connection is closed. An honest
/// peer takes back one call when somebody presses Ctrl-C.
const MOST_RESETS: usize = 32;

/// A tonic server for `callers`, with every bound set. No call's answer may take longer than
/// `call_timeout` to begin.
#[must_use]
pub fn bounded(callers: Callers, call_timeout: Duration) -> Server<Stack<Guard, NoLayer>> {
    Server::builder()
        .timeout(call_timeout)
        .max_connection_age(MAX_CONNECTION_AGE)
        .max_concurrent_streams(MOST_STREAMS)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        .http2_max_pending_accept_reset_streams(Some(MOST_RESETS))
        .http2_max_local_error_reset_streams(Some(MOST_RESETS))
        .http2_keepalive_interval(Some(KEEP_ALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEP_ALIVE_TIMEOUT))
        .layer(Guard::new(callers))
}
