//! What a client can do to a server on a TLS connection that was let in.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use vwis_tests::wire::Line;

use super::frames::{
    CONTINUATION, DATA, END_HEADERS, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS, call, field,
    frame, hello,
};

/// One way to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attack {
    /// Nothing after TLS.
    NoPreface,
    /// A byte of the preface now and then.
    SlowPreface,
    /// Bytes that are not HTTP/2.
    Garbage,
    /// A frame longer than agreed.
    LongFrame,
    /// A frame cut short, stream number 0, a window of 0.
    Malformed,
    /// Half of the headers, and then nothing.
    HalfHeaders,
    /// Headers without end, in CONTINUATION frames.
    EndlessHeaders,
    /// More headers than are read, all at once.
    ManyHeaders,
    /// A message that claims 4 GiB, and data without end.
    EndlessMessage,
    /// A byte of a message now and then.
    SlowMessage,
    /// Empty frames of DATA without end.
    EmptyData,
    /// More calls at once than are allowed.
    ManyStreams,
    /// Calls that are cancelled at once.
    RapidReset,
    /// PING without end, answers unread.
    PingFlood,
    /// SETTINGS without end, answers unread.
    SettingsFlood,
    /// More calls than anybody needs, one after another, answers unread.
    CallFlood,
}

pub(crate) const ALL: [Attack; 16] = [
    Attack::NoPreface,
    Attack::SlowPreface,
    Attack::Garbage,
    Attack::LongFrame,
    Attack::Malformed,
    Attack::HalfHeaders,
    Attack::EndlessHeaders,
    Attack::ManyHeaders,
    Attack::EndlessMessage,
    Attack::SlowMessage,
    Attack::EmptyData,
    Attack::ManyStreams,
    Attack::RapidReset,
    Attack::PingFlood,
    Attack::SettingsFlood,
    Attack::CallFlood,
];

impl Attack {
    /// Misbehaves until the server hangs up, or for ever. `path` is a method that the server has.
    pub(crate) async fn run(self, line: Line, path: &str) {
        // The server may end the connection, so an error is fine.
        let _ = self.try_run(line, path).await;
    }

    /// Whether the server must hang up at once, or may let the client wait.
    pub(crate) fn is_hung_up_on(self) -> bool {
        matches!(
            self,
            Self::Garbage
                | Self::LongFrame
                | Self::Malformed
                | Self::EndlessHeaders
                | Self::EmptyData
                | Self::RapidReset
        )
    }

    async fn try_run(self, mut line: Line, path: &str) -> std::io::Result<()> {
        line.write_all(&self.says(path)).await?;
        line.flush().await?;
        match self {
            Self::SlowPreface => {
                for byte in PREFACE {
                    line.write_all(&[*byte]).await?;
                    line.flush().await?;
                    pause().await;
                }
            }
            Self::SlowMessage => loop {
                for stream in STREAMS.step_by(2) {
                    line.write_all(&frame(DATA, 0, stream, b"x")).await?;
                }
                line.flush().await?;
                pause().await;
            },
            Self::EndlessHeaders => {
                for n in 0.. {
                    let more = frame(CONTINUATION, 0, 1, &field(n));
                    line.write_all(&more).await?;
                }
            }
            Self::EmptyData => repeat(&mut line, &frame(DATA, 0, 1, &[])).await?,
            Self::PingFlood => repeat(&mut line, &frame(PING, 0, 0, b"pingpong")).await?,
            Self::SettingsFlood => {
                let settings = frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 9]);
                repeat(&mut line, &settings).await?;
            }
            Self::RapidReset => {
                for stream in (1..).step_by(2) {
                    let reset = frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes());
                    line.write_all(&[begins(path, stream), reset].concat())
                        .await?;
                }
            }
            Self::CallFlood => {
                for stream in (1..).step_by(2) {
                    let whole = frame(DATA, 1, stream, &[0, 0, 0, 0, 0]);
                    line.write_all(&[begins(path, stream), whole].concat())
                        .await?;
                }
            }
            _ => {}
        }
        drain(&mut line).await
    }

    /// What the attack sends first; for many that is all.
    fn says(self, path: &str) -> Vec<u8> {
        let more = match self {
            Self::NoPreface | Self::SlowPreface => return Vec::new(),
            Self::Garbage => return vec![0xa5; 64 * 1024],
            Self::LongFrame => frame(DATA, 0, 1, &vec![7; 1 << 20]),
            Self::Malformed => [
                frame(HEADERS, END_HEADERS, 0, &call(path)),
                frame(PING, 0, 0, b"short"),
            ]
            .concat(),
            Self::HalfHeaders => frame(HEADERS, 0, 1, &call(path)[..9]),
            Self::EndlessHeaders => frame(HEADERS, 0, 1, &call(path)),
            Self::ManyHeaders => {
                let many: Vec<u8> = (0..150).flat_map(field).collect();
                let more: Vec<u8> = (150..300).flat_map(field).collect();
                [
                    frame(HEADERS, 0, 1, &call(path)),
                    frame(CONTINUATION, 0, 1, &many),
                    frame(CONTINUATION, END_HEADERS, 1, &more),
                ]
                .concat()
            }
            Self::EndlessMessage => {
                let announced = frame(DATA, 0, 1, &[0, 0xff, 0xff, 0xff, 0xff]);
                // This is more than any window allows.
                let rest = frame(DATA, 0, 1, &vec![7; 16 * 1024]).repeat(64);
                [begins(path, 1), announced, rest].concat()
            }
            Self::SlowMessage => STREAMS
                .step_by(2)
                .flat_map(|stream| {
                    let announced = frame(DATA, 0, stream, &[0, 0, 15, 0, 0]);
                    [begins(path, stream), announced].concat()
                })
                .collect(),
            Self::EmptyData => begins(path, 1),
            Self::ManyStreams => (1..20_000)
                .step_by(2)
                .flat_map(|stream| begins(path, stream))
                .collect(),
            Self::RapidReset | Self::PingFlood | Self::SettingsFlood | Self::CallFlood => {
                Vec::new()
            }
        };
        [hello(), more].concat()
    }
}

/// As many streams as one connection may have.
const STREAMS: std::ops::Range<u32> = 1..32;

/// The head of a call.
fn begins(path: &str, stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &call(path))
}

/// Sends `frame` for ever.
async fn repeat(line: &mut Line, frame: &[u8]) -> std::io::Result<()> {
    let many = frame.repeat(1000);
    loop {
        line.write_all(&many).await?;
    }
}

/// Reads until the server hangs up.
async fn drain(line: &mut Line) -> std::io::Result<()> {
    line.flush().await?;
    let mut bytes = [0; 4096];
    while line.read(&mut bytes).await? > 0 {}
    Ok(())
}

async fn pause() {
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
}
