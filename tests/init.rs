//! `mondo init`: from an empty folder to a first answer, by the commands a newcomer types.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn mondo(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mondo"))
        .current_dir(folder)
        .env("MONDO__ENCODER__MODE", "fast")
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn an_empty_folder_answers_after_one_command() {
    let folder = tempfile::tempdir().unwrap();
    let made = mondo(
        folder.path(),
        &[
            "init",
            "shop",
            "--name",
            "Blue Door",
            "--languages",
            "en,ko",
            "--domains",
            "bluedoor.example",
            "--admin",
            "mina@bluedoor.example",
        ],
    );
    let (password, told) = said(&made);
    assert!(made.status.success(), "{told}");
    assert!(password.trim().len() >= 12, "{password}");
    assert!(told.contains("cd shop && mondo serve"), "{told}");
    // Ten questions at once, and the line for the site.
    for part in [
        "support asked for my password\n  answers, ",
        "how many moons does Jupiter have\n  offers a person, ",
        "<script async src=\"http://127.0.0.1:8090/widget/v1/widget.js\"></script>",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }

    let shop = folder.path().join("shop");
    let checked = mondo(&shop, &["kb", "check"]);
    assert!(checked.status.success(), "{:?}", said(&checked));
    for (question, answer) in [
        (
            "do you ever ask for my password",
            "Nobody of our team ever asks",
        ),
        ("여기서 뭘 물어볼 수 있어요?", "편하게 물어보세요"),
    ] {
        let (text, told) = said(&mondo(&shop, &["ask", question]));
        assert!(text.contains(answer), "{question}: {text} {told}");
        let all = format!("{text}\n{told}");
        let id = all.split("mondo explain ").nth(1).unwrap();
        let (why, told) = said(&mondo(
            &shop,
            &["explain", id.split_whitespace().next().unwrap()],
        ));
        let first = why.lines().next().unwrap_or_default();
        assert!(first.contains("was given: mondo was"), "{why} {told}");
    }
    let (accounts, _) = said(&mondo(&shop, &["user", "list"]));
    assert!(accounts.contains("mina@bluedoor.example"), "{accounts}");
    let (settings, _) = said(&mondo(&shop, &["config", "check", "--print"]));
    assert!(
        settings.contains("http.site.name = \"Blue Door\""),
        "{settings}"
    );

    // What is there stays as it is.
    let again = mondo(folder.path(), &["init", "shop", "--name", "Other"]);
    assert_eq!(again.status.code(), Some(3));
    assert!(
        said(&again).1.contains("there already"),
        "{:?}",
        said(&again)
    );
}

#[test]
fn what_a_script_leaves_out_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let refused = mondo(folder.path(), &["init", "shop"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused).1.contains("--name"));
    assert!(!folder.path().join("shop").exists(), "nothing half-written");
    let refused = mondo(
        folder.path(),
        &["init", "shop", "--name", "X", "--languages", "en,fr"],
    );
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn everything_that_is_asked_can_be_said_by_flags() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("faq.csv"),
        "question,answer,lang\nHow do I pay for my order?,At the counter with cash or a card.,en\nWhere is my parcel?,Look at the tracking page.,en\n",
    )
    .unwrap();
    let flags = [
        "init",
        "shop",
        "--name",
        "Blue Door",
        "--languages",
        "en",
        "--domains",
        "bluedoor.example",
        "--mails",
        "post@blue.example",
        "--phones",
        "+82 2 000 0000",
        "--profiles",
        "t.me/bluedoor",
        "--address",
        "https://help.bluedoor.example",
        "--color",
        "#AA2200",
        "--hours",
        "mon-fri 09:00-12:00 13:00-18:00",
        "--hours",
        "sat 10:00-14:00",
        "--zone",
        "Asia/Seoul",
        "--import",
        "csv",
        "faq.csv",
        "--no-admin",
    ];
    let (_, told) = said(&mondo(folder.path(), &flags));
    assert!(
        told.contains("2 articles") && told.contains("data-color=\"#aa2200\""),
        "{told}"
    );
    let shop = folder.path().join("shop");
    let (settings, told) = said(&mondo(&shop, &["config", "check", "--print"]));
    for line in [
        "http.site.color = \"#aa2200\"",
        "http.site.address = \"https://help.bluedoor.example\"",
        "schedule.file = \"schedule.toml\"",
        "\"post@blue.example\"",
        "\"+82 2 000 0000\"",
        "\"t.me/bluedoor\"",
    ] {
        assert!(settings.contains(line), "{line} in {settings} {told}");
    }
    let hours = fs::read_to_string(shop.join("schedule.toml")).unwrap();
    assert!(hours.contains("sat = [\"10:00-14:00\"]"), "{hours}");
    let (answer, told) = said(&mondo(&shop, &["ask", "how do i pay for my order"]));
    assert!(answer.contains("At the counter"), "{answer} {told}");

    // The same ten questions at any time, or questions of one's own.
    fs::write(shop.join("own.txt"), "where is my parcel?\n").unwrap();
    let (tried, told) = said(&mondo(&shop, &["kb", "try", "own.txt"]));
    assert!(
        tried.starts_with("where is my parcel?\n  answers, ") && tried.contains("tracking page"),
        "{tried} {told}"
    );

    // A source that cannot be read leaves nothing behind.
    for (flag, value) in [("--color", "teal"), ("--hours", "daily 9-5")] {
        let refused = mondo(
            folder.path(),
            &[
                "init",
                "other",
                "--name",
                "X",
                "--zone",
                "UTC",
                "--hours",
                "mon 09:00-10:00",
                flag,
                value,
            ],
        );
        assert_eq!(refused.status.code(), Some(3), "{:?}", said(&refused));
    }
    let broken = [
        "init",
        "other",
        "--name",
        "X",
        "--no-admin",
        "--import",
        "csv",
        "gone.csv",
    ];
    assert_eq!(mondo(folder.path(), &broken).status.code(), Some(3));
    assert!(!folder.path().join("other").exists());
}

#[test]
fn translations_are_proposed_shown_and_joined_by_the_commands_that_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("site");
    for (path, text) in [
        (
            "en/pay.md",
            "# How do I pay?\n\nAt the counter with cash or a card.\n",
        ),
        (
            "en/parcel.md",
            "# Where is my parcel?\n\nLook at the tracking page of your order.\n",
        ),
        (
            "ja/shiharai.md",
            "# お支払い方法を教えてください\n\nレジで現金またはカードでお支払いください。\n",
        ),
        (
            "ja/nimotsu.md",
            "# 荷物はどこですか\n\nご注文の追跡ページをご覧ください。\n",
        ),
    ] {
        fs::create_dir_all(pages.join(path).parent().unwrap()).unwrap();
        fs::write(pages.join(path), text).unwrap();
    }
    let import = |flags: &[&str]| {
        let common = ["kb", "import", "markdown", "site", "--into", "kb"];
        said(&mondo(folder.path(), &[&common, flags].concat()))
    };
    let (told, _) = import(&["--dry-run"]);
    assert!(told.contains("--propose-translations pairs.csv"), "{told}");
    let (shown, told) = import(&["--propose-translations", "pairs.csv"]);
    assert!(
        shown.contains("お支払い方法を教えてください  =  en How do I pay?"),
        "{shown} {told}"
    );
    assert!(told.contains("nothing was imported"), "{told}");
    assert!(!folder.path().join("kb").exists());
    // Whoever looks at the table says yes to all of it.
    let table = folder.path().join("pairs.csv");
    let decided = fs::read_to_string(&table)
        .unwrap()
        .replace("\n?,", "\nyes,");
    fs::write(&table, decided).unwrap();
    let (told, _) = import(&["--join-translations", "pairs.csv"]);
    assert!(told.starts_with("2 articles (en 2, ja 2)"), "{told}");
    let (told, _) = import(&[]);
    assert!(told.starts_with("2 articles (en 2, ja 2)"), "{told}");
    assert!(told.contains("6  files unchanged"), "{told}");
}
