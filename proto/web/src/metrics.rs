//! What Prometheus reads: the number of requests by route, method and status, and how long answers took.
//!
//! A route is the pattern, such as `/api/v1/releases/{id}`, never the path. So no identity, query or
//! organisation gets into the metrics, and no caller can make new series. `/metrics` is behind the door:
//! Prometheus sends a token as its `authorization` setting says.

use std::time::Duration;

use http::{Method, StatusCode};
use metrics::Label;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

const REQUESTS: &str = "vwis_http_requests_total";
const DURATION: &str = "vwis_http_request_duration_seconds";
/// Upper bounds of the duration's buckets, in seconds.
const BUCKETS_S: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];

/// The counts of one server.
pub struct Metrics(PrometheusRecorder);

// === impl Metrics ===

impl Metrics {
    /// Counts from zero.
    #[must_use]
    pub fn new() -> Self {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS_S)
            .expect("the list of buckets is not empty");
        let recorder = builder.build_recorder();
        metrics::with_local_recorder(&recorder, || {
            metrics::describe_counter!(REQUESTS, "Requests answered.");
            metrics::describe_histogram!(
                DURATION,
                metrics::Unit::Seconds,
                "From a request's headers to the answer's."
            );
        });
        Self(recorder)
    }

    /// Counts an answer and how long it took.
    pub(crate) fn count(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let labels = vec![
            Label::new("route", route.to_owned()),
            Label::new("method", known(method)),
            Label::new("status", status.as_u16().to_string()),
        ];
        let route = vec![Label::new("route", route.to_owned())];
        metrics::with_local_recorder(&self.0, || {
            metrics::counter!(REQUESTS, labels).increment(1);
            metrics::histogram!(DURATION, route).record(took.as_secs_f64());
        });
    }

    /// All counts, in Prometheus's text format.
    #[must_use]
    pub fn render(&self) -> String {
        let handle = self.0.handle();
        handle.run_upkeep();
        handle.render()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// A method as a label. Callers can invent methods, so only known ones become series of their own.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_status() {
        let metrics = Metrics::new();
        let took = Duration::from_millis(3);
        for status in [StatusCode::OK, StatusCode::OK, StatusCode::NOT_FOUND] {
            metrics.count("/api/v1/releases/{id}", &Method::GET, status, took);
        }
        let text = metrics.render();
        let ok = "method=\"GET\",status=\"200\"} 2";
        assert!(text.contains(ok), "{text}");
        assert!(text.contains("le=\"0.005\"} 3"), "{text}");
    }
}
