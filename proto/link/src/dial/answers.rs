//! The channel that tonic's clients call through, on which every answer ends.
//!
//! A deadline alone does not end an endless answer. After the message of a unary call tonic reads on to
//! the trailers; if data always wait already, that reading never pauses, and nobody looks at the deadline.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http_body_util::Limited;
use tonic::{
    body::Body,
    codegen::http,
    transport::{Channel, Error},
};
use tower::Service;

/// Most bytes of one answer, all its messages together: twice the longest measurement, which has 262,144
/// integers of 8 bytes.
const MOST_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// A connection that breaks off answers that are too long.
#[derive(Clone, Debug)]
pub struct Answers {
    channel: Channel,
}

// === impl Answers ===

impl Answers {
    pub(super) fn new(channel: Channel) -> Self {
        Self { channel }
    }
}

impl Service<http::Request<Body>> for Answers {
    type Response = http::Response<Body>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.channel.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let answer = self.channel.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| Body::new(Limited::new(body, MOST_ANSWER_BYTES))))
        })
    }
}
