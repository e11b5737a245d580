use super::*;
use crate::{
    establishment::Establishment,
    http::testing::{NOW_S, released_of},
    picture::testing::{DRAFT, agreement},
};
use vwis_model::{agreement::Draft, here};

async fn store() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Store::create(folder.path()).await.unwrap(), folder)
}

#[tokio::test]
async fn archives_under_one_agreement_share_their_pictures_whatever_was_dropped_between() {
    let (store, _folder) = store().await;
    let agreement = Arc::new(agreement());
    let headline = released_of(&store, &agreement.series()[0], &["R0A"]).await;
    released_of(&store, &agreement.series()[1], &["R0A"]).await;
    let archives = Archives::of(store);
    let all = archives.archive(&agreement, None).await.unwrap().archive;
    assert_eq!(all.releases().len(), 2);
    archives.pictures.invalidate_all();
    archives.pictures.run_pending_tasks().await;
    let until = Some(headline[0].id);
    let some = archives.archive(&agreement, until).await.unwrap().archive;
    assert_eq!(some.releases().len(), 1);
    assert!(Arc::ptr_eq(&some.releases()[0], &all.releases()[0]));
}

#[tokio::test]
async fn archives_that_questions_name_do_not_pile_up() {
    let (store, _folder) = store().await;
    let agreement = Arc::new(agreement());
    let codes = ["R0A", "RM3", "RW6", "RXA", "RXB", "RXC", "RXD", "RXE"];
    let made = released_of(&store, &agreement.series()[0], &codes).await;
    let archives = Archives::of(store);
    archives.archive(&agreement, None).await.unwrap();
    for release in &made {
        let until = Some(release.id);
        let cached = archives.archive(&agreement, until).await.unwrap();
        let last = cached.archive.releases().last().unwrap();
        assert_eq!(last.release.id, release.id);
    }
    archives.pinned.run_pending_tasks().await;
    assert_eq!(archives.pinned.entry_count(), MOST_PINNED);
    // A release that is the last anyway is no archive of its own.
    archives.latest.run_pending_tasks().await;
    assert_eq!(archives.latest.entry_count(), 1);
}

#[tokio::test]
async fn posts_that_are_given_anew_are_in_the_next_archive() {
    let (store, _folder) = store().await;
    let agreement = Arc::new(agreement());
    released_of(&store, &agreement.series()[1], &["R0A"]).await;
    let archives = Archives::of(store.clone());
    let before = archives.archive(&agreement, None).await.unwrap();
    assert!(before.archive.establishment().is_empty());
    let csv = "ods_code,staff_group,funded_fte\nR0A,students,40\n";
    let given = Establishment::parse(csv, "2026-09".parse().unwrap()).unwrap();
    store.keep_establishment(&given).await.unwrap();
    let after = archives.archive(&agreement, None).await.unwrap();
    assert_eq!(after.archive.establishment(), &given);
    assert_ne!(before.posts, after.posts);
}

#[tokio::test]
async fn what_was_published_stays_at_its_address_when_an_agreement_more_is_there() {
    let (store, _folder) = store().await;
    let first = Arc::new(agreement());
    let now = Timestamp::from_second(NOW_S).unwrap();
    for code in ["R0A", "RM3", "RW6"] {
        let code = code.parse().unwrap();
        let added = store.add_node(&code, "https://127.0.0.1:1", now);
        added.await.unwrap();
    }
    let codes = ["R0A", "RM3", "RW6"];
    let headline = released_of(&store, &first.series()[0], &codes).await;
    let fte = released_of(&store, &first.series()[1], &codes).await;
    let (archives, fresh) = (Archives::of(store.clone()), Archives::of(store));
    let known = [Arc::clone(&first)];
    // Somebody reads what is newest; nobody these addresses yet.
    let newest = archives.published(&known, &first, None, now);
    newest.await.unwrap();
    let until = [&headline, &fte].map(|made| made.last().unwrap().id);
    let ids = |cached: CachedArchive| {
        let releases = cached.archive.releases().iter();
        releases.map(|one| one.release.id).collect::<Vec<_>>()
    };
    let mut before = Vec::new();
    for release in until {
        let cached = fresh.published(&known, &first, Some(release), now);
        before.push(ids(cached.await.unwrap()));
    }
    // Its first day is over long ago: a step of its own, before all others.
    let text = DRAFT.replace("version = 1", "version = 2\npublished_after_days = 1");
    let text = text.replace("first_period = \"2026-", "first_period = \"2025-");
    let draft = Draft::parse(&text).unwrap();
    let second = Arc::new(draft.compile(here::dictionary()).unwrap().0);
    let known = [first.clone(), second];
    for (release, before) in until.into_iter().zip(before) {
        let cached = archives.published(&known, &first, Some(release), now);
        assert_eq!(ids(cached.await.unwrap()), before);
    }
}
