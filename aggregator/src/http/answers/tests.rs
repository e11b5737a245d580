use std::sync::{
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use tokio::sync::oneshot;

use super::*;

fn key(question: &str) -> Key {
    let address = Canonical::new(format!("/api/v1/{question}"), Vec::new());
    Key {
        question: address,
        form: "csv",
        archive: [0; 32],
        release: None,
        posts: 0,
    }
}

fn who(number: i64) -> &'static Via {
    Box::leak(Box::new(Via::Token(number)))
}

fn written(body: &'static str) -> Written {
    Written::plain("text/csv", body)
}

#[tokio::test]
async fn a_question_asked_by_several_at_once_is_computed_once() {
    let answers = Answers::with_places(4);
    let computed = Arc::new(AtomicUsize::new(0));
    let ask = || {
        let computed = Arc::clone(&computed);
        answers.made(who(1), key("tables"), move |_| {
            computed.fetch_add(1, Ordering::Relaxed);
            Ok(written("a"))
        })
    };
    let (one, other, third) = tokio::join!(ask(), ask(), ask());
    let kept = answers.kept(&key("tables")).unwrap();
    assert_eq!(kept.body.plain(), "a");
    for answer in [one, other, third] {
        assert_eq!(answer.unwrap().body.plain(), "a");
    }
    assert_eq!(computed.load(Ordering::Relaxed), 1);
}

/// The bound counts the memory that an answer takes compressed, not the length of its text.
#[tokio::test]
async fn an_answer_is_weighed_as_it_is_kept() {
    let answers = Answers::with_places(1);
    let long = "staff_group,estimate\n".repeat(10_000);
    let plain = u64::try_from(long.len()).unwrap();
    let work = move |_: &Stop| {
        Ok(Written {
            body: Content::written("text/csv", long),
            ..written("")
        })
    };
    let answer = answers.made(who(1), key("tables"), work).await.unwrap();
    answers.kept.run_pending_tasks();
    let kept = u64::try_from(answer.body.bytes()).unwrap();
    assert!(kept * 10 < plain, "{kept} of {plain}");
    assert!((kept..plain).contains(&answers.kept.weighted_size()));
}

#[tokio::test]
async fn a_problem_is_told_to_whoever_asks_and_not_kept() {
    let answers = Answers::with_places(1);
    let refused = answers.made(
        who(1),
        key("tables"),
        |_| Err(Kind::BAD_QUERY.problem("no")),
    );
    assert_eq!(refused.await.unwrap_err().kind(), Kind::BAD_QUERY);
    let answered = answers.made(who(1), key("tables"), |_| Ok(written("a")));
    assert_eq!(answered.await.unwrap().body.plain(), "a");
}

#[tokio::test]
async fn no_more_are_computed_at_once_than_there_are_places() {
    let answers = Answers::with_places(1);
    let (begun, is_begun) = oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let first = {
        let answers = answers.clone();
        tokio::spawn(async move {
            let work = move |_: &Stop| {
                begun.send(()).unwrap();
                may_go_on.recv().unwrap();
                Ok(written("first"))
            };
            answers.made(who(1), key("first"), work).await
        })
    };
    is_begun.await.unwrap();
    assert_eq!(answers.queue.free(), 0);
    let mut second = std::pin::pin!(answers.made(who(1), key("second"), |_| Ok(written("second"))));
    assert!(futures_util::poll!(&mut second).is_pending());
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap().unwrap().body.plain(), "first");
    assert_eq!(second.await.unwrap().body.plain(), "second");
    assert_eq!(answers.queue.free(), 1);
}

#[tokio::test]
async fn whoever_computes_for_nobody_is_told_to_stop() {
    let answers = Answers::with_places(1);
    let (begun, is_begun) = oneshot::channel();
    let (ended, is_ended) = oneshot::channel();
    let asked = {
        let answers = answers.clone();
        tokio::spawn(async move {
            let work = move |stop: &Stop| {
                begun.send(()).unwrap();
                while !stop.is_called() {
                    std::thread::yield_now();
                }
                ended.send(()).unwrap();
                Ok(written("for nobody"))
            };
            answers.made(who(1), key("tables"), work).await
        })
    };
    is_begun.await.unwrap();
    asked.abort();
    is_ended.await.unwrap();
    // An answer that was given up is not kept, and its place is free again.
    let next = answers.made(who(1), key("tables"), |_| Ok(written("for somebody")));
    assert_eq!(next.await.unwrap().body.plain(), "for somebody");
}
