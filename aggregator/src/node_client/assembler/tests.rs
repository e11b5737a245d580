use std::collections::BTreeMap;

use vwis_proto::receipt::BadSignature;

use super::*;
use crate::{
    node_client::testing::{Answer, NodeKey, answer, chunk, expected},
    picture::testing::agreement,
};

fn key() -> NodeKey {
    NodeKey::new(9)
}

/// Assembles an answer after `bend` changed it.
fn take(bend: impl FnOnce(&mut Answer)) -> Result<Received, AnswerError> {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let expected = expected("R0A", series, &key());
    let mut answer = answer(&expected, series, 1);
    bend(&mut answer);
    assemble(expected, answer.messages(&key()))
}

fn assemble(
    expected: Expected,
    messages: Vec<v1::MeasureResponse>,
) -> Result<Received, AnswerError> {
    let mut assembler = Assembler::new(expected);
    for message in messages {
        assembler.push(message)?;
    }
    assembler.finish()
}

#[test]
fn a_true_answer_is_taken_as_it_was_sent() {
    let mut sent = Vec::new();
    let received = take(|answer| sent.clone_from(&answer.entries)).unwrap();
    assert_eq!(received.payload.entries(), sent);
    assert_eq!(
        received.receipt.body().payload_hash,
        received.payload.hash()
    );
}

#[test]
fn a_header_about_anything_else_is_refused() {
    let other = |what| Err::<(), _>(AnswerError::Other(what));
    let bent = |bend: fn(&mut v1::MeasurementHeader)| take(|a| bend(&mut a.header)).map(|_| ());
    assert_eq!(
        bent(|h| h.ods_code = "RM3".to_owned()),
        other("organisation")
    );
    assert_eq!(bent(|h| h.agreement_hash = vec![7; 32]), other("agreement"));
    assert_eq!(bent(|h| h.series = "fte".to_owned()), other("series"));
    assert_eq!(bent(|h| h.period = "2026-12".to_owned()), other("period"));
    assert_eq!(bent(|h| h.correction = 1), other("correction"));
    assert_eq!(bent(|h| h.identity = vec![7; 32]), other("identity"));
}

#[test]
fn other_weights_or_noise_than_agreed_are_refused() {
    let bent = |bend: fn(&mut v1::MeasurementHeader)| take(|a| bend(&mut a.header)).unwrap_err();
    let weights = AnswerError::Strategy("weights");
    assert_eq!(bent(|h| h.weights[1] += 1), weights);
    assert_eq!(bent(|h| h.weights.push(1)), weights);
    assert_eq!(bent(|h| h.weights.clear()), weights);
    assert_eq!(bent(|h| h.gamma += 1), AnswerError::Strategy("noise"));
}

#[test]
fn an_announced_length_other_than_the_strategys_is_refused_before_any_integer() {
    for change in [-1, 1, i64::from(u32::MAX)] {
        let error = take(|a| {
            let count = i64::from(a.header.entry_count) + change;
            a.header.entry_count = u32::try_from(count).unwrap_or(u32::MAX);
        });
        assert!(matches!(error, Err(AnswerError::EntryCount { .. })));
    }
}

#[test]
fn too_much_and_too_little_are_refused_and_only_too_little_is_worth_asking_again() {
    let error = take(|a| a.entries.push(0)).unwrap_err();
    assert!(matches!(error, AnswerError::TooMuch(_)) && !error.is_cut_short());
    let error = take(|a| {
        a.entries.pop();
    })
    .unwrap_err();
    assert!(matches!(error, AnswerError::TooLittle { .. }) && error.is_cut_short());
}

#[test]
fn one_changed_integer_is_noticed() {
    assert_eq!(
        take(|a| a.entries[17] ^= 1).unwrap_err(),
        AnswerError::PayloadHash
    );
}

#[test]
fn a_receipt_about_anything_else_is_refused() {
    let other = |what| AnswerError::Receipt(what);
    let bent = |bend: fn(&mut Answer)| take(bend).unwrap_err();
    assert_eq!(
        bent(|a| a.receipt.ods_code = "RM3".parse().unwrap()),
        other("organisation")
    );
    assert_eq!(
        bent(|a| a.receipt.aggregator = "other".parse().unwrap()),
        other("aggregator")
    );
    let id = vwis_model::measurement::MeasurementId::from_bytes([1; 32]);
    assert_eq!(
        take(|a| a.receipt.identity = id).unwrap_err(),
        other("identity")
    );
    let hash = Payload::from_entries(&[1]).hash();
    assert_eq!(
        take(|a| a.receipt.payload_hash = hash).unwrap_err(),
        other("payload")
    );
}

#[test]
fn a_receipt_by_another_key_or_with_a_broken_signature_is_refused() {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let expected = expected("R0A", series, &key());
    let answer = answer(&expected, series, 1);
    let by_other = assemble(expected.clone(), answer.messages(&NodeKey::new(8)));
    assert_eq!(by_other.unwrap_err(), AnswerError::ReceiptKey);
    let mut broken = answer.messages(&key());
    let Some(Part::Header(header)) = &mut broken[0].part else {
        panic!("the header comes first");
    };
    header.receipt.as_mut().unwrap().sequence += 1;
    let error = assemble(expected, broken).unwrap_err();
    assert_eq!(
        error,
        AnswerError::Header(WireError::Signature(BadSignature))
    );
}

#[test]
fn the_header_comes_first_and_once_and_no_message_is_empty() {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let expected = expected("R0A", series, &key());
    let good = answer(&expected, series, 1).messages(&key());
    let refused = |messages| assemble(expected.clone(), messages).unwrap_err();
    assert_eq!(refused(Vec::new()), AnswerError::NoHeader);
    assert_eq!(refused(good[1..].to_vec()), AnswerError::NoHeader);
    assert_eq!(
        refused([&good[..1], &good].concat()),
        AnswerError::SecondHeader
    );
    let nothing = v1::MeasureResponse { part: None };
    assert_eq!(
        refused([&good[..2], &[nothing]].concat()),
        AnswerError::EmptyMessage
    );
    assert_eq!(
        refused([&good[..2], &[chunk(&[])]].concat()),
        AnswerError::EmptyMessage
    );
}

#[test]
fn a_receipt_of_a_shorter_or_cheaper_history_than_the_last_is_refused() {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let year = vwis_model::period::FinancialYear(2026);
    let spent = |nano| BTreeMap::from([(year, vwis_model::rho::Rho::from_nano(nano))]);
    let last = |sequence, nano| {
        let mut body = answer(&expected("R0A", series, &key()), series, sequence).receipt;
        body.spent = spent(nano);
        key().sign(body)
    };
    let take_after = |last: Receipt, sequence, nano| {
        let expected = Expected {
            last_receipt: Some(last),
            ..expected("R0A", series, &key())
        };
        let mut answer = answer(&expected, series, sequence);
        answer.receipt.spent = spent(nano);
        assemble(expected, answer.messages(&key())).map(|_| ())
    };
    assert_eq!(take_after(last(7, 40), 7, 40), Ok(()));
    assert_eq!(take_after(last(7, 40), 9, 60), Ok(()));
    for (sequence, nano) in [(6, 40), (7, 39), (9, 0)] {
        let refused = take_after(last(7, 40), sequence, nano);
        assert_eq!(refused, Err(AnswerError::RolledBack), "{sequence} {nano}");
    }
}
