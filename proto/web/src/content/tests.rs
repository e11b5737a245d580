use super::*;

fn file_compressed(file: &Content) -> usize {
    match &file.bytes {
        Forms::Both { compressed, .. } => compressed.len(),
        other => panic!("{other:?} is not both forms"),
    }
}

#[test]
fn bytes_are_compressed_once_however_often_they_are_sent() {
    let before = compressed_here();
    let kept = Content::written("text/csv", "staff_group,estimate\n".repeat(1000));
    assert_eq!(compressed_here(), before + 1);
    let headers =
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"))]);
    for _ in 0..100 {
        let answer = kept.answer(&headers, Freshness::Immutable);
        assert_eq!(answer.headers()[header::CONTENT_ENCODING], "gzip");
    }
    assert_eq!(compressed_here(), before + 1);
    assert!(
        kept.bytes() * 10 < kept.plain().len(),
        "it is kept compressed"
    );
    let file = Content::of_program(HeaderValue::from_static("text/css"), kept.plain());
    assert_eq!(file.bytes(), kept.plain().len() + file_compressed(&file));
}

#[test]
fn what_compressing_does_not_make_shorter_is_sent_as_it_is() {
    let noise: Vec<u8> = (0..4096_u32)
        .flat_map(|number| <sha2::Sha256 as sha2::Digest>::digest(number.to_le_bytes()))
        .collect();
    let headers =
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"))]);
    for (media_type, bytes) in [
        ("text/csv", b"short".to_vec()),
        ("text/csv", noise),
        (ARCHIVES[0], vec![0; 10_000]),
    ] {
        let kept = Content::written(media_type, bytes);
        let answer = kept.answer(&headers, Freshness::Immutable);
        assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(kept.bytes(), kept.plain().len());
    }
}
