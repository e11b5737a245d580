//! Splits a file into records on one thread while another thread codes them.
//!
//! Splitting bytes into fields and reading the fields take about as long, so each has a thread. Records pass
//! between them in batches, and used batches go back to be filled again, so that no row needs an allocation.

use std::{
    mem,
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread,
};

use csv::ByteRecord;

use super::{
    ImportError, Mapping,
    source::{Each, Ended, Source},
};

/// Records in a batch.
const BATCH: usize = 512;
/// Bytes in a batch, about.
const BATCH_BYTES: usize = 1 << 20;
/// Batches that may wait at once, which bounds memory.
const BATCHES_UNDER_WAY: usize = 4;

/// Records, the first `filled` of which are to be read.
#[derive(Default)]
struct Batch {
    records: Vec<ByteRecord>,
    filled: usize,
    bytes: usize,
}

/// Reads as [`Source::read`] does, with the splitting on a thread of its own.
pub(super) fn read(
    source: &Source<'_>,
    mapping: &Mapping,
    each: Each<'_>,
) -> Result<Ended, ImportError> {
    let (full, to_read) = sync_channel(BATCHES_UNDER_WAY);
    let (used, to_fill) = channel();
    thread::scope(|scope| {
        let splitting = scope.spawn(move || split(source, mapping, &full, &to_fill));
        let read = read_batches(&to_read, &used, each);
        // Where reading gave up, this ends the splitting at its next batch.
        drop(to_read);
        let split = splitting
            .join()
            .map_err(|_| ImportError::Interrupted(source.path.to_owned()))?;
        read.and(split)
    })
}

fn split(
    source: &Source<'_>,
    mapping: &Mapping,
    full: &SyncSender<Batch>,
    used: &Receiver<Batch>,
) -> Result<Ended, ImportError> {
    let mut batch = Batch::default();
    let ended = source.read(mapping, &mut |record| {
        if batch.filled == batch.records.len() {
            batch.records.push(ByteRecord::new());
        }
        batch.bytes += record.as_slice().len();
        mem::swap(record, &mut batch.records[batch.filled]);
        batch.filled += 1;
        if batch.filled < BATCH && batch.bytes < BATCH_BYTES {
            return Ok(true);
        }
        let next = used.try_recv().unwrap_or_default();
        Ok(full.send(mem::replace(&mut batch, next)).is_ok())
    })?;
    // Where reading gave up, nobody takes the batch; its own error is the one to report.
    let _ = full.send(batch);
    Ok(ended)
}

fn read_batches(
    full: &Receiver<Batch>,
    used: &Sender<Batch>,
    each: Each<'_>,
) -> Result<(), ImportError> {
    for mut batch in full {
        for record in &mut batch.records[..batch.filled] {
            if !each(record)? {
                return Ok(());
            }
        }
        (batch.filled, batch.bytes) = (0, 0);
        // The splitting thread may have ended and takes no batch back.
        let _ = used.send(batch);
    }
    Ok(())
}
