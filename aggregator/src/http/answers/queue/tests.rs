//! The order in which callers are served.

use std::{sync::mpsc, time::Duration};

use super::*;

type Names = Arc<Mutex<Vec<String>>>;

/// A queue whose jobs end when the test says so, and a record of the order in which they began.
struct Bench {
    queue: Arc<Queue<u32, String, String>>,
    begun: Names,
    go_on: mpsc::Sender<()>,
    may_go_on: Arc<Mutex<mpsc::Receiver<()>>>,
}

impl Bench {
    fn with_places(places: usize) -> Self {
        let (go_on, may_go_on) = mpsc::channel();
        Self {
            queue: Arc::new(Queue::with_places(places)),
            begun: Names::default(),
            go_on,
            may_go_on: Arc::new(Mutex::new(may_go_on)),
        }
    }

    fn ask(&self, who: u32, key: &str) -> Waiting<u32, String, String> {
        let (name, begun) = (format!("{who} {key}"), Arc::clone(&self.begun));
        let may_go_on = Arc::clone(&self.may_go_on);
        let work = move |stop: &Stop| {
            begun.lock().unwrap().push(name.clone());
            while !stop.is_called() {
                let told = may_go_on.lock().unwrap().try_recv();
                if told.is_ok() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            name
        };
        self.queue.join(&who, &key.to_owned(), Box::new(work))
    }

    fn begun(&self) -> Vec<String> {
        self.begun.lock().unwrap().clone()
    }

    async fn begun_are(&self, names: &[&str]) {
        for _ in 0..4000 {
            let mut begun = self.begun();
            // Two jobs that begin at once do so in any order.
            if self.queue.most_each > 1 {
                begun.sort_unstable();
            }
            if begun == names {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("{:?} began, not {names:?}", self.begun());
    }

    fn end_one(&self) {
        self.go_on.send(()).unwrap();
    }
}

#[tokio::test]
async fn each_that_waits_has_one_in_turn_whatever_another_asked_before() {
    let bench = Bench::with_places(1);
    let mut waiting: Vec<_> = (0..4).map(|n| bench.ask(1, &format!("a{n}"))).collect();
    waiting.extend((0..2).map(|n| bench.ask(2, &format!("b{n}"))));
    waiting.push(bench.ask(3, "c"));
    let mut order = vec!["1 a0"];
    bench.begun_are(&order).await;
    for next in ["2 b0", "3 c", "1 a1", "2 b1", "1 a2", "1 a3"] {
        bench.end_one();
        order.push(next);
        bench.begun_are(&order).await;
    }
    bench.end_one();
    for one in waiting {
        assert!(one.done().await.is_some());
    }
    assert!(bench.queue.lock().lines.is_empty() && bench.queue.lock().jobs.is_empty());
}

#[tokio::test]
async fn what_two_ask_is_begun_in_the_turn_of_whoever_comes_first() {
    let bench = Bench::with_places(1);
    let many: Vec<_> = (0..30).map(|n| bench.ask(1, &format!("a{n}"))).collect();
    // The shared job is the last in one caller's line, and the only one in the other's.
    let theirs = bench.ask(1, "shared");
    let own = bench.ask(2, "shared");
    bench.begun_are(&["1 a0"]).await;
    bench.end_one();
    bench.begun_are(&["1 a0", "1 shared"]).await;
    bench.end_one();
    let done = own.done().await;
    assert_eq!(done.as_deref(), Some("1 shared"));
    assert_eq!(theirs.done().await, done);
    drop(many);
}

#[tokio::test]
async fn half_of_the_places_is_all_that_one_has_and_others_find_one() {
    let bench = Bench::with_places(4);
    let many: Vec<_> = (0..9).map(|n| bench.ask(1, &format!("a{n}"))).collect();
    bench.begun_are(&["1 a0", "1 a1"]).await;
    assert_eq!(bench.queue.free(), 2);
    let other = bench.ask(2, "b");
    bench.begun_are(&["1 a0", "1 a1", "2 b"]).await;
    drop((many, other));
    while bench.queue.free() < 4 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(bench.begun().len(), 3, "what nobody waits for is not begun");
}

#[tokio::test]
async fn who_leaves_takes_nothing_from_who_stays() {
    let bench = Bench::with_places(1);
    let first = bench.ask(1, "a");
    bench.begun_are(&["1 a"]).await;
    let (one, other) = (bench.ask(1, "b"), bench.ask(2, "b"));
    let again = bench.ask(2, "b");
    drop((one, again));
    bench.end_one();
    bench.begun_are(&["1 a", "1 b"]).await;
    bench.end_one();
    assert_eq!(other.done().await.as_deref(), Some("1 b"));
    assert_eq!(first.done().await.as_deref(), Some("1 a"));
}

#[tokio::test]
async fn what_was_given_up_ends_no_later_job_of_the_same_key() {
    let bench = Bench::with_places(2);
    let given_up = bench.ask(1, "a");
    bench.begun_are(&["1 a"]).await;
    drop(given_up);
    let again = bench.ask(2, "a");
    bench.begun_are(&["1 a", "2 a"]).await;
    while bench.queue.free() < 1 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    bench.end_one();
    assert_eq!(again.done().await.as_deref(), Some("2 a"));
}

#[tokio::test]
async fn a_fault_in_the_work_is_told_to_all_that_wait_and_frees_the_place() {
    let queue: Arc<Queue<u32, String, String>> = Arc::new(Queue::with_places(1));
    let fails = |_: &Stop| -> String { panic!("a fault that this test makes") };
    let (key, other) = ("a".to_owned(), "b".to_owned());
    let one = queue.join(&1, &key, Box::new(fails));
    let two = queue.join(&2, &key, Box::new(fails));
    assert_eq!((one.done().await, two.done().await), (None, None));
    let next = queue.join(&1, &other, Box::new(|_| "done".to_owned()));
    assert_eq!(next.done().await.as_deref(), Some("done"));
}
