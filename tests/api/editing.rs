//! Authors edit the knowledge folder from the desk: checked, saved in one step, kept, brought back, and served.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::StatusCode;
use mondo::desk::{Desk, DeskSettings, Library};
use mondo::http::{AppState, HttpSettings};
use mondo::staff::Role;
use mondo::store::Store;
use mondo::time::Timestamp;
use serde_json::{Value, json};

use crate::actors::{OPENING, Shop, engine_over};
use crate::colleagues::Colleague;

pub const ARTICLE: &str = "/v1/staff/knowledge/gift-wrapping";

/// A shop with a knowledge folder of its own.
pub async fn library() -> (Shop, PathBuf) {
    library_with(HttpSettings::default()).await
}

/// The same with settings of its own.
pub async fn library_with(settings: HttpSettings) -> (Shop, PathBuf) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge");
    library_of(&source, settings).await
}

/// A shop with a copy of a knowledge folder.
async fn library_of(source: &Path, settings: HttpSettings) -> (Shop, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("knowledge");
    copy(source, &root);
    let now = Timestamp::from_millis(OPENING);
    let store = Store::open(folder.path(), now).await.unwrap();
    let library = Arc::new(Library::new(root.clone(), folder.path()));
    let engine = engine_over(&root);
    let desk = Desk::new(Arc::clone(&engine), store.clone(), DeskSettings::default())
        .with_library(library);
    let app = AppState::new(Arc::new(desk), settings, Arc::new(move || now));
    let shop = Shop {
        app,
        store,
        engine,
        folder,
        moment: Arc::default(),
    };
    (shop, root)
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap().path();
        let target = to.join(entry.file_name().unwrap());
        match entry.is_dir() {
            true => copy(&entry, &target),
            false => drop(std::fs::copy(&entry, &target).unwrap()),
        }
    }
}

pub async fn file(author: &Colleague, name: &str) -> Value {
    let read = author.gets(ARTICLE).await.expect(StatusCode::OK);
    let files = read["files"].as_array().unwrap();
    files
        .iter()
        .find(|file| file["name"] == name)
        .unwrap()
        .clone()
}

fn wording(summary: &str, follows: &str) -> Value {
    json!({ "wording": {
        "title": "Do you wrap gifts?", "alternates": ["gift wrapping"], "summary": summary,
        "body": "Choose **gift**.", "follows": follows,
    } })
}

#[tokio::test]
async fn an_article_is_begun_and_served_at_once() {
    let (shop, root) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let text = |title: &str| json!({ "title": title, "summary": "Yes, \"green\" tea too." });
    let new = |id: &str, category: &str| json!({ "id": id, "category": category, "texts": { "en": text("Do you sell samples?"), "ko": text("샘플도 있나요?") } });
    let path = "/v1/staff/knowledge";
    let made = aki.posts(path, new("tea-samples", "shop")).await;
    let made = made.expect(StatusCode::CREATED);
    let names: Vec<&str> = made["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["article.toml", "en.md", "ko.md"]);
    // It lies beside the others of its category, and nothing else was left.
    assert!(root.join("shop/tea-samples/en.md").is_file());
    let hidden = std::fs::read_dir(root.join("shop")).unwrap();
    let hidden = hidden.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with('.')
    });
    assert_eq!(hidden.count(), 0);
    let visitor = shop.visitor("en");
    let served = visitor.gets("/v1/articles/tea-samples?lang=ko").await;
    assert_eq!(served.expect(StatusCode::OK)["title"], "샘플도 있나요?");
    let asked = visitor.asks("do you sell samples").await;
    assert!(asked.to_string().contains("tea-samples"), "{asked}");
    let kept = aki
        .gets("/v1/staff/knowledge/tea-samples/en.md/revisions")
        .await
        .expect(StatusCode::OK);
    assert_eq!(kept["revisions"][0]["origin"], "edited");
    assert_eq!(kept["revisions"][0]["by"]["name"], "Aki");

    // A category nobody has used before begins with it.
    aki.posts(path, new("newsletter", "letters"))
        .await
        .expect(StatusCode::CREATED);
    assert!(root.join("letters/newsletter/article.toml").is_file());

    let mut silent = new("silence", "shop");
    silent["texts"] = json!({});
    let mut untitled = new("silence", "shop");
    untitled["texts"]["en"]["title"] = json!(" ");
    for (refused, field) in [
        (new("tea-samples", "shop"), Some("id")),
        (new("return-tea", "orders"), Some("id")),
        (new("../../etc", "shop"), Some("id")),
        (new("x", "../.."), Some("category")),
        (silent, Some("texts")),
        (untitled, None),
    ] {
        let told = aki.posts(path, refused.clone()).await;
        assert!(told.status.is_client_error(), "{refused}: {}", told.text);
        if let Some(field) = field {
            assert_eq!(told.json()["field"], field, "{refused}");
        }
    }
    assert!(!root.join("shop/silence").exists());
}

#[tokio::test]
async fn an_empty_base_is_served_and_takes_its_first_article() {
    let nothing = tempfile::tempdir().unwrap();
    let (shop, root) = library_of(nothing.path(), HttpSettings::default()).await;
    let visitor = shop.visitor("en");
    let page = visitor.gets("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("has no article yet"), "{}", page.text);
    let asked = visitor.asks("do you sell samples").await;
    assert_eq!(asked["decision"], "escalate", "{asked}");
    let aki = shop.colleague("Aki", Role::Author).await;
    for path in ["/console/start", "/console/knowledge", "/help/en/"] {
        assert_eq!(aki.gets(path).await.status, StatusCode::OK, "{path}");
    }
    let text = json!({ "title": "Do you sell samples?", "summary": "Yes, of every tea." });
    let new = json!({ "id": "tea-samples", "category": "shop", "texts": { "en": text } });
    aki.posts("/v1/staff/knowledge", new)
        .await
        .expect(StatusCode::CREATED);
    assert!(root.join("shop/tea-samples/en.md").is_file());
    let asked = visitor.asks("do you sell samples").await;
    assert!(asked.to_string().contains("tea-samples"), "{asked}");
    let page = visitor.gets("/").await;
    assert!(!page.text.contains("has no article yet"), "{}", page.text);
    let first = aki.gets("/console/start").await;
    assert!(
        first.text.contains("Do you sell samples?"),
        "{}",
        first.text
    );
}

#[tokio::test]
async fn a_text_is_replaced_only_by_who_has_read_it() {
    let (shop, root) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let hash = file(&aki, "en.md").await["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("{ARTICLE}/en.md");
    let saved = aki
        .replaces(&path, &hash, wording("For 3 coins.", "as_before"))
        .await
        .expect(StatusCode::OK);
    let on_disk = std::fs::read_to_string(root.join("shop/gift-wrapping/en.md")).unwrap();
    assert_eq!(saved["text"], on_disk.as_str());
    assert!(on_disk.contains("For 3 coins."));

    // Whoever has read the text before it is told, and nothing is overwritten.
    let late = aki
        .replaces(&path, &hash, wording("For free.", "as_before"))
        .await;
    assert_eq!(late.problem(409, "moved-on")["field"], "If-Match");
    let unread = aki.puts(&path, wording("For free.", "as_before")).await;
    assert_eq!(unread.problem(400, "bad-request")["field"], "If-Match");
    let again = std::fs::read_to_string(root.join("shop/gift-wrapping/en.md")).unwrap();
    assert_eq!(again, on_disk);
    let left: Vec<_> = std::fs::read_dir(root.join("shop/gift-wrapping"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 5, "nothing half written lies about: {left:?}");

    // Visitors get it once it is read.
    let library = Arc::clone(shop.app.library().folder().unwrap());
    let engine = Arc::clone(&shop.engine);
    tokio::task::spawn_blocking(move || library.reload(&engine).unwrap())
        .await
        .unwrap();
    let served = shop
        .visitor("en")
        .gets("/v1/articles/gift-wrapping?lang=en")
        .await;
    assert_eq!(served.expect(StatusCode::OK)["summary"], "For 3 coins.");
}

#[tokio::test]
async fn categories_are_named_and_placed() {
    let (shop, root) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let listed = aki.gets("/v1/staff/categories").await;
    let listed = listed.expect(StatusCode::OK)["categories"].clone();
    let of = |code: &str| {
        let lines = listed.as_array().unwrap().iter();
        let mut lines = lines.filter(|line| line["category"] == code);
        lines.next().expect("a category of the base").clone()
    };
    let last = listed.as_array().unwrap().last().unwrap()["category"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/staff/categories/{last}");
    let read = of(&last)["hash"].as_str().unwrap_or("none").to_owned();
    let named = json!({ "titles": { "en": "Odds & \"ends\"", "ja": "その他" }, "place": 0 });
    let saved = aki.replaces(&path, &read, named.clone()).await;
    assert_eq!(saved.status, StatusCode::NO_CONTENT, "{}", saved.text);
    let file = std::fs::read_to_string(root.join(&last).join("category.toml")).unwrap();
    assert!(file.contains("その他"), "{file}");
    let again = aki.gets("/v1/staff/categories").await;
    let first = again.expect(StatusCode::OK)["categories"][0].clone();
    assert_eq!(
        first["category"],
        last.as_str(),
        "the smallest place comes first"
    );
    assert_eq!(first["titles"], named["titles"]);
    let visitor = shop.visitor("en");
    let home = visitor.gets("/help/en/").await;
    assert!(home.text.contains("Odds &amp; "), "{}", home.text);

    // Whoever has read what it said before is told, and what cannot be a name is refused.
    let late = aki.replaces(&path, &read, named.clone()).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(late.json()["field"], "If-Match");
    let nowhere = aki
        .replaces("/v1/staff/categories/nowhere", "none", named)
        .await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    let now = first["hash"].as_str().unwrap();
    for titles in [json!({}), json!({ "en": " " }), json!({ "xx": "x" })] {
        let refused = json!({ "titles": titles, "place": 1 });
        let told = aki.replaces(&path, now, refused).await;
        assert!(told.status.is_client_error(), "{}", told.text);
    }
}

#[tokio::test]
async fn of_two_who_save_at_once_one_wins_and_one_is_told() {
    let (shop, _) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let hash = file(&aki, "ja.md").await["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("{ARTICLE}/ja.md");
    let texts = ["一", "二", "三", "四"];
    let saves = texts.map(|text| aki.replaces(&path, &hash, wording(text, "as_before")));
    let told = futures_util::future::join_all(saves).await;
    let statuses: Vec<u16> = told.iter().map(|told| told.status.as_u16()).collect();
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 409).count(),
        3,
        "{statuses:?}"
    );
}

#[tokio::test]
async fn earlier_texts_are_kept_and_brought_back() {
    let (shop, root) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let before = file(&aki, "ko.md").await;
    let path = format!("{ARTICLE}/ko.md");
    let first = aki
        .replaces(
            &path,
            before["hash"].as_str().unwrap(),
            wording("하나", "as_before"),
        )
        .await
        .expect(StatusCode::OK);
    // What was changed in the folder meanwhile is kept too.
    let by_hand = first["text"].as_str().unwrap().replace("하나", "손으로");
    std::fs::write(root.join("shop/gift-wrapping/ko.md"), &by_hand).unwrap();
    let hash = file(&aki, "ko.md").await["hash"].clone();
    aki.replaces(&path, hash.as_str().unwrap(), wording("둘", "as_before"))
        .await
        .expect(StatusCode::OK);
    let kept = aki
        .gets(&format!("{path}/revisions"))
        .await
        .expect(StatusCode::OK);
    let revisions = kept["revisions"].as_array().unwrap();
    let origins: Vec<&str> = revisions
        .iter()
        .filter_map(|one| one["origin"].as_str())
        .collect();
    assert_eq!(origins, ["edited", "found", "edited", "found"]);
    assert_eq!(
        (&revisions[1]["text"], &revisions[0]["by"]["name"]),
        (&json!(by_hand), &json!("Aki"))
    );

    let oldest = revisions[3]["id"].as_str().unwrap();
    let hash = file(&aki, "ko.md").await["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let restoration = format!("/v1/staff/knowledge/revisions/{oldest}/restoration");
    let response = aki
        .connects_bytes("POST", &restoration, &[("if-match", &hash)], Vec::new())
        .await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(file(&aki, "ko.md").await["text"], before["text"]);
}

#[tokio::test]
async fn a_change_of_meaning_makes_the_other_languages_stale() {
    let (shop, _) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let hash = file(&aki, "en.md").await["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    aki.replaces(
        &format!("{ARTICLE}/en.md"),
        &hash,
        wording("For 3 coins.", "new"),
    )
    .await
    .expect(StatusCode::OK);
    assert!(
        file(&aki, "article.toml").await["text"]
            .as_str()
            .unwrap()
            .contains("rev = 2")
    );
    let library = Arc::clone(shop.app.library().folder().unwrap());
    let engine = Arc::clone(&shop.engine);
    tokio::task::spawn_blocking(move || library.reload(&engine).unwrap())
        .await
        .unwrap();
    let states = |listed: &Value| {
        let articles = listed["articles"].as_array().unwrap();
        let article = articles
            .iter()
            .find(|article| article["id"] == "gift-wrapping");
        article.unwrap()["languages"].clone()
    };
    let listed = aki.gets("/v1/staff/knowledge").await.expect(StatusCode::OK);
    let expected = json!({ "en": "current", "zh": "stale", "ja": "stale", "ko": "stale" });
    assert_eq!(states(&listed), expected);
    let hash = file(&aki, "zh.md").await["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    aki.replaces(
        &format!("{ARTICLE}/zh.md"),
        &hash,
        wording("3 枚", "current"),
    )
    .await
    .expect(StatusCode::OK);
    assert!(
        file(&aki, "zh.md").await["text"]
            .as_str()
            .unwrap()
            .contains("source_rev = 2")
    );
}

#[tokio::test]
async fn what_could_not_be_served_is_refused_and_the_check_says_where() {
    let (shop, root) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    for (name, text) in [
        ("en.md", "no front matter"),
        ("en.md", "+++\ntitle = \"a\"\nsummary = 3\n+++\n"),
        ("article.toml", "id = \"other\"\ncategory = \"shop\"\n"),
        ("article.toml", "id = \n"),
    ] {
        let lying = file(&aki, name).await;
        let path = format!("{ARTICLE}/{name}");
        let told = aki
            .replaces(
                &path,
                lying["hash"].as_str().unwrap(),
                json!({ "text": text }),
            )
            .await;
        assert_eq!(
            told.problem(422, "content-refused")["field"],
            "text",
            "{text}"
        );
        assert_eq!(file(&aki, name).await, lying);
    }
    for (path, expected) in [
        ("../../article.toml", 404),
        ("fr.md", 404),
        ("category.toml", 404),
    ] {
        let path = format!("{ARTICLE}/{}", path.replace('/', "%2F"));
        let told = aki.replaces(&path, "none", json!({ "text": "x" })).await;
        assert_eq!(told.status.as_u16(), expected, "{path}");
    }

    let checks = "/console/knowledge/gift-wrapping/checks/en.md";
    let dead = json!({ "wording": {
        "title": "Do you wrap gifts?", "summary": "Yes, for 2 coins.",
        "body": "First.\n\nSee [the other](article:no-such-article).",
    } });
    let told = aki.posts(checks, dead).await;
    assert_eq!(told.status, StatusCode::OK);
    assert!(
        told.text.contains("shop/gift-wrapping/en.md:"),
        "{}",
        told.text
    );
    assert!(told.text.contains("no-such-article"), "{}", told.text);
    let unread = aki
        .posts(checks, json!({ "text": "+++\ntitle = 3\n" }))
        .await;
    assert!(
        unread.text.contains("shop/gift-wrapping/en.md:1"),
        "{}",
        unread.text
    );
    let drafts = root.parent().unwrap().join("drafts");
    assert_eq!(
        std::fs::read_dir(drafts).unwrap().count(),
        0,
        "copies are removed"
    );
}

#[tokio::test]
async fn an_accepted_proposal_is_written_into_the_article() {
    let (shop, _) = library().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.says("Can you wrap it as a present?").await;
    visitor.wants_a_person("please").await;
    sora.acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    let mut ids = Vec::new();
    for sent in [
        "Yes, for 2 coins, with a card.",
        "Yes, and the card is free.",
    ] {
        let path = format!("/v1/staff/conversations/{}/messages", visitor.conversation);
        let used = json!({ "article": "gift-wrapping", "language": "en", "revision": "x", "text": "Yes." });
        sora.posts(
            &path,
            json!({ "text": sent, "language": "en", "suggestion": used }),
        )
        .await
        .expect(StatusCode::OK);
    }
    let learned = aki.gets("/v1/staff/proposals").await.expect(StatusCode::OK);
    for proposal in learned["proposals"].as_array().unwrap() {
        ids.push(format!(
            "/v1/staff/proposals/{}",
            proposal["id"].as_str().unwrap()
        ));
    }
    let page = aki.gets("/console/proposals").await;
    assert!(page.text.contains("<ins>"), "{}", page.text);
    let alternate =
        json!({ "verdict": "accepted", "apply": { "alternate": "as a present please" } });
    let done = aki.puts(&ids[0], alternate.clone()).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);
    aki.puts(&ids[0], alternate).await.problem(404, "not-found");
    let answer =
        json!({ "verdict": "accepted", "apply": { "answer": "Yes, and the card is free." } });
    let done = aki.puts(&ids[1], answer).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);
    let text = file(&aki, "en.md").await["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(text.contains("\"as a present please\""), "{text}");
    assert!(
        text.contains("summary = \"Yes, and the card is free.\""),
        "{text}"
    );
    let rest = aki.gets("/v1/staff/proposals").await.expect(StatusCode::OK);
    assert_eq!(rest["proposals"], json!([]));
}

#[tokio::test]
async fn everybody_looks_after_their_own_account() {
    let shop = Shop::open().await;
    let mut sora = shop.colleague("Sora", Role::Agent).await;
    let profile = json!({ "name": "김소라", "languages": ["ko", "ja", "ko"], "skills": ["fraud, chains", " ", "l3"] });
    let changed = sora
        .puts("/v1/staff/account", profile)
        .await
        .expect(StatusCode::OK);
    assert_eq!(changed["name"], "김소라");
    assert_eq!(changed["languages"], json!(["ko", "ja"]));
    assert_eq!(changed["skills"], json!(["fraud", "chains"]));

    let elsewhere = {
        let mut other = sora.clone();
        other.signs_in(None).await.expect(StatusCode::OK);
        other
    };
    let path = "/v1/staff/account/password";
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let wrong = sora
        .puts(path, change("wrong", "twelve letters and more"))
        .await;
    assert_eq!(wrong.problem(422, "content-refused")["field"], "current");
    let short = sora.puts(path, change(&sora.password, "short")).await;
    assert_eq!(short.problem(400, "bad-request")["field"], "new");
    let done = sora
        .puts(path, change(&sora.password, "twelve letters and more"))
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);
    sora.gets("/v1/staff/session").await.expect(StatusCode::OK);
    elsewhere
        .gets("/v1/staff/session")
        .await
        .problem(401, "sign-in-needed");
    sora.signs_in(None).await.problem(401, "sign-in-needed");
    sora.password = "twelve letters and more".to_owned();
    sora.signs_in(None).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn agents_see_who_else_looks() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kenji = shop.colleague("Kenji", Role::Agent).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let path = format!("/v1/staff/conversations/{}/presence", visitor.conversation);
    let piece = format!("/console/conversations/{}/presence", visitor.conversation);
    let told = kenji.sends("PUT", &path, None).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    assert!(sora.gets(&piece).await.text.contains("Kenji"));
    assert!(
        !kenji.gets(&piece).await.text.contains("Kenji"),
        "not oneself"
    );
    kenji.sends("DELETE", &path, None).await;
    assert!(!sora.gets(&piece).await.text.contains("Kenji"));
}

#[tokio::test]
async fn a_draft_is_tried_before_it_is_saved() {
    let (shop, root) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let trials = "/console/knowledge/gift-wrapping/trials/en";
    let served = file(&aki, "en.md").await;
    let draft = |alternates: &[&str]| {
        json!({ "wording": {
            "title": "Do you wrap gifts?", "summary": "Yes, for 2 coins.", "alternates": alternates,
        } })
    };
    let asked = "engraving of initials on a teapot";
    let body = json!({ "draft": draft(&[asked]), "questions": format!("{asked}\n\nDo you wrap gifts?\n") });
    let told = aki.posts(trials, body).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    let [first, second] = told.text.split("<li ").skip(1).collect::<Vec<_>>()[..] else {
        panic!("two trials: {}", told.text);
    };
    assert!(
        first.contains("data-same=\"false\"") && first.contains(asked),
        "{first}"
    );
    assert!(first.contains("did_answer"), "{first}");
    assert!(second.contains("data-same=\"true\""), "{second}");

    // Without questions, those of the base are asked, and only those that would change are shown.
    let same = json!({ "draft": { "text": served["text"] } });
    let told = aki.posts(trials, same).await;
    assert!(!told.text.contains("<li "), "{}", told.text);
    let hijacks = json!({ "draft": { "wording": {
        "title": "When are you open?", "summary": "We wrap gifts.", "alternates": ["opening hours"],
    } } });
    let told = aki.posts(trials, hijacks).await;
    assert!(told.text.contains("data-same=\"false\""), "{}", told.text);

    // So is what visitors asked lately.
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.says(asked).await;
    let told = aki.posts(trials, json!({ "draft": draft(&[asked]) })).await;
    let changed = told
        .text
        .split("<li ")
        .any(|one| one.contains(asked) && one.contains("data-same=\"false\""));
    assert!(changed, "{}", told.text);

    // What could not be served is told as the check tells it, and nothing was written.
    let told = aki
        .posts(trials, json!({ "draft": { "text": "+++\ntitle = 3\n" } }))
        .await;
    assert!(
        told.text.contains("shop/gift-wrapping/en.md:"),
        "{}",
        told.text
    );
    assert_eq!(file(&aki, "en.md").await, served);
    let lying = std::fs::read_to_string(root.join("shop/gift-wrapping/en.md")).unwrap();
    assert_eq!(lying, served["text"].as_str().unwrap());
    let sora = shop.colleague("Sora", Role::Agent).await;
    let refused = sora.posts(trials, json!({ "draft": draft(&[]) })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
