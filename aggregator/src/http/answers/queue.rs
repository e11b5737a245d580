//! A queue of answers to be computed. Identities take turns: one answer each.
//!
//! ```text
//! join ─► job (one a key, whoever asks) ─► in the line of each that asks ─► a place is free ─► whose turn?
//!                                                                              │   the next identity's first
//! leave ─► the last that waited? ─► not begun: taken out; begun: told to stop  └─► compute ─► all that wait
//! ```
//!
//! At most as many answers are computed at once as there are places. One identity has at most half of them,
//! rounded up, so a caller with a small question soon finds a place, whatever others ask. Requests for the
//! same answer wait for one job; it begins in the turn of whoever comes first, so nobody waits behind
//! another's line.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::watch;

/// Tells the computation that nobody waits for its answer any more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

/// Jobs by key (`K`), for the identities (`W`) that wait for them.
pub(super) struct Queue<W, K, T> {
    most_each: usize,
    state: Mutex<State<W, K, T>>,
}

pub(super) type Work<T> = Box<dyn FnOnce(&Stop) -> T + Send>;

struct State<W, K, T> {
    free: usize,
    /// The id of the job that joins next.
    next_id: u64,
    jobs: HashMap<K, Job<W, T>>,
    lines: HashMap<W, Line<K>>,
    /// Everybody who has a line, in the order of turns.
    turns: VecDeque<W>,
}

struct Job<W, T> {
    /// Tells the job from an earlier one of the same key.
    id: u64,
    /// None once the job has begun.
    work: Option<Work<T>>,
    stop: Stop,
    done: watch::Sender<Option<T>>,
    /// How many requests of each identity wait for the job.
    waiting: HashMap<W, usize>,
}

struct Line<K> {
    keys: VecDeque<K>,
    /// Jobs that were begun in this identity's turn and are not done.
    running: usize,
}

/// One request that waits; it leaves the queue when it is dropped.
pub(super) struct Waiting<W: Eq + Hash + Clone, K: Eq + Hash + Clone, T> {
    queue: Arc<Queue<W, K, T>>,
    who: W,
    key: K,
    id: u64,
    done: watch::Receiver<Option<T>>,
}

/// A job that is to be computed now, and in whose turn.
struct Begun<W, K, T> {
    key: K,
    id: u64,
    turn_of: W,
    work: Work<T>,
    stop: Stop,
}

// === impl Stop ===

impl Stop {
    pub(crate) fn is_called(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn call(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

// === impl Queue ===

impl<W, K, T> Queue<W, K, T>
where
    W: Eq + Hash + Clone + Send + 'static,
    K: Eq + Hash + Clone + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// Computes at most `places` answers at once.
    pub(super) fn with_places(places: usize) -> Self {
        Self {
            most_each: places.div_ceil(2),
            state: Mutex::new(State {
                free: places,
                next_id: 0,
                jobs: HashMap::new(),
                lines: HashMap::new(),
                turns: VecDeque::new(),
            }),
        }
    }

    /// Waits for the job of `key`; adds it with `work` if there is none.
    pub(super) fn join(self: &Arc<Self>, who: &W, key: &K, work: Work<T>) -> Waiting<W, K, T> {
        let mut state = self.lock();
        let next_id = state.next_id;
        let job = state.jobs.entry(key.clone()).or_insert_with(|| Job {
            id: next_id,
            work: Some(work),
            stop: Stop::default(),
            done: watch::Sender::new(None),
            waiting: HashMap::new(),
        });
        let own = job.waiting.entry(who.clone()).or_default();
        *own += 1;
        let (is_first_of_theirs, id) = (*own == 1, job.id);
        let done = job.done.subscribe();
        if is_first_of_theirs && job.work.is_some() {
            state.line_up(who, key);
        }
        state.next_id = state.next_id.max(id + 1);
        drop(state);
        self.advance();
        Waiting {
            queue: Arc::clone(self),
            who: who.clone(),
            key: key.clone(),
            id,
            done,
        }
    }

    /// Begins jobs while places are free.
    fn advance(self: &Arc<Self>) {
        while let Some(begun) = { self.lock().next(self.most_each) } {
            let queue = Arc::clone(self);
            tokio::spawn(async move {
                let Begun {
                    key,
                    id,
                    turn_of,
                    work,
                    stop,
                } = begun;
                let done = tokio::task::spawn_blocking(move || work(&stop)).await;
                queue.lock().end((&key, id), &turn_of, done.ok());
                queue.advance();
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<W, K, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many places are free.
    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.lock().free
    }
}

// === impl State ===

impl<W: Eq + Hash + Clone, K: Eq + Hash + Clone, T> State<W, K, T> {
    fn line_up(&mut self, who: &W, key: &K) {
        let line = self.lines.entry(who.clone()).or_insert_with(|| {
            self.turns.push_back(who.clone());
            Line {
                keys: VecDeque::new(),
                running: 0,
            }
        });
        line.keys.push_back(key.clone());
    }

    /// The job whose turn it is, if there is a job and a place for it.
    fn next(&mut self, most_each: usize) -> Option<Begun<W, K, T>> {
        if self.free == 0 {
            return None;
        }
        for _ in 0..self.turns.len() {
            let who = self.turns.pop_front()?;
            self.turns.push_back(who.clone());
            let line = self.lines.get_mut(&who)?;
            if line.running >= most_each {
                continue;
            }
            while let Some(key) = line.keys.pop_front() {
                // The job may have been begun in another's turn, or left.
                let Some(job) = self.jobs.get_mut(&key) else {
                    continue;
                };
                let Some(work) = job.work.take() else {
                    continue;
                };
                line.running += 1;
                self.free -= 1;
                let stop = job.stop.clone();
                let id = job.id;
                return Some(Begun {
                    key,
                    id,
                    turn_of: who,
                    work,
                    stop,
                });
            }
        }
        None
    }

    /// Ends a job; `done` is none if the program failed in it.
    fn end(&mut self, (key, id): (&K, u64), turn_of: &W, done: Option<T>) {
        self.free += 1;
        if let Some(line) = self.lines.get_mut(turn_of) {
            line.running -= 1;
            // Whoever has just been served goes to the end, behind all that came meanwhile.
            self.turns.retain(|own| own != turn_of);
            self.turns.push_back(turn_of.clone());
        }
        self.forget_idle(turn_of);
        // By now nobody may wait for the job, or another job may have its key.
        if self.jobs.get(key).is_none_or(|job| job.id != id) {
            return;
        }
        if let Some(job) = self.jobs.remove(key) {
            for who in job.waiting.keys() {
                self.take_out(who, key);
            }
            // If the job made nothing, dropping the sender tells so to all that wait.
            job.done.send_if_modified(|kept| {
                *kept = done;
                kept.is_some()
            });
        }
    }

    /// Takes one waiting request out; stops the job if it was the last.
    fn leave(&mut self, who: &W, (key, id): (&K, u64)) {
        let Some(job) = self.jobs.get_mut(key).filter(|job| job.id == id) else {
            return;
        };
        let Some(own) = job.waiting.get_mut(who) else {
            return;
        };
        *own -= 1;
        if *own > 0 {
            return;
        }
        job.waiting.remove(who);
        if job.waiting.is_empty() {
            job.stop.call();
            self.jobs.remove(key);
        }
        self.take_out(who, key);
    }

    fn take_out(&mut self, who: &W, key: &K) {
        if let Some(line) = self.lines.get_mut(who) {
            line.keys.retain(|own| own != key);
        }
        self.forget_idle(who);
    }

    /// Removes the line of an identity with nothing waiting and nothing running.
    fn forget_idle(&mut self, who: &W) {
        let is_idle = |line: &Line<K>| line.keys.is_empty() && line.running == 0;
        if self.lines.get(who).is_some_and(is_idle) {
            self.lines.remove(who);
            self.turns.retain(|own| own != who);
        }
    }
}

// === impl Waiting ===

impl<W: Eq + Hash + Clone, K: Eq + Hash + Clone, T: Clone> Waiting<W, K, T> {
    /// What the job made; none if the program failed in it.
    pub(super) async fn done(mut self) -> Option<T> {
        let done = self.done.wait_for(Option::is_some).await;
        done.ok().and_then(|done| done.clone())
    }
}

impl<W: Eq + Hash + Clone, K: Eq + Hash + Clone, T> Drop for Waiting<W, K, T> {
    fn drop(&mut self) {
        let state = self.queue.state.lock();
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.leave(&self.who, (&self.key, self.id));
    }
}

#[cfg(test)]
mod tests;
