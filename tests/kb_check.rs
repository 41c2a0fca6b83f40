//! The knowledge check finds each kind of fault where it is, and finds none in a sound base.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use mondo::encoder::{ModelFolder, StaticEncoder};
use mondo::insights::{CheckReport, CheckSettings, check, check_with};
use mondo::knowledge::{Fault, Level, load_folder};
use mondo::language::Language;
use tempfile::TempDir;

/// What is done to a sound base.
enum Edit {
    /// Replaces a text that stands in a file.
    Replace(&'static str, &'static str, &'static str),
    /// Writes a file anew.
    Write(&'static str, &'static str),
    /// Removes a file.
    Remove(&'static str),
}

use Edit::{Remove, Replace, Write};

/// One fault: what breaks the base, and the check, file and line that must be reported.
struct Case {
    edit: Edit,
    check: &'static str,
    level: Level,
    path: &'static str,
    line: Option<usize>,
}

const HOURS: &str = "shop/hours/en.md";
const RETURNS: &str = "shop/returns/en.md";
const MATTER: &str = "shop/hours/article.toml";

fn error(edit: Edit, check: &'static str, path: &'static str, line: usize) -> Case {
    Case {
        edit,
        check,
        level: Level::Error,
        path,
        line: Some(line),
    }
}

fn warning(edit: Edit, check: &'static str, path: &'static str, line: usize) -> Case {
    Case {
        level: Level::Warning,
        ..error(edit, check, path, line)
    }
}

fn cases() -> Vec<Case> {
    vec![
        error(
            Replace(HOURS, "title", "titel"),
            "bad-front-matter",
            HOURS,
            2,
        ),
        error(
            Replace(HOURS, "source_rev = 1", "source_rev = x"),
            "bad-front-matter",
            HOURS,
            9,
        ),
        error(
            Replace(MATTER, "rev = 1", "rev = -1"),
            "bad-front-matter",
            MATTER,
            3,
        ),
        Case {
            line: None,
            ..error(
                Write("shop/hours/fr.md", "+++\n+++\n"),
                "unknown-language",
                "shop/hours/fr.md",
                0,
            )
        },
        Case {
            line: None,
            ..error(Remove(MATTER), "no-article-toml", "shop/hours", 0)
        },
        Case {
            line: None,
            ..warning(
                Remove("shop/hours/ko.md"),
                "missing-translation",
                "shop/hours",
                0,
            )
        },
        warning(
            Replace(MATTER, "rev = 1", "rev = 2"),
            "stale-translation",
            HOURS,
            9,
        ),
        warning(
            Replace(HOURS, "source_rev = 1", "source_rev = 3"),
            "revision-ahead",
            HOURS,
            9,
        ),
        warning(
            Replace(HOURS, "  \"are you open on sunday\",\n", ""),
            "few-alternates",
            HOURS,
            3,
        ),
        warning(
            Replace(HOURS, "are you open on sunday", "Opening TIMES"),
            "repeated-alternate",
            HOURS,
            6,
        ),
        error(
            Replace(RETURNS, "money back", "Opening times"),
            "shared-alternate",
            RETURNS,
            4,
        ),
        warning(
            Replace(RETURNS, "money back", "times opening"),
            "near-duplicate",
            HOURS,
            4,
        ),
        warning(
            Replace(HOURS, "When is the shop open?", LONG_TITLE),
            "long-title",
            HOURS,
            2,
        ),
        warning(
            Replace(HOURS, "We are open", LONG_SUMMARY),
            "long-summary",
            HOURS,
            8,
        ),
        error(
            Replace(HOURS, "Doors open at nine.", ""),
            "empty-body",
            HOURS,
            11,
        ),
        error(
            Replace(MATTER, "category = \"shop\"", "category = \"shops\""),
            "category-mismatch",
            MATTER,
            2,
        ),
        error(
            Replace(
                MATTER,
                "valid_until = 2027-01-01",
                "valid_until = 2025-01-01",
            ),
            "never-valid",
            MATTER,
            5,
        ),
        error(
            Replace(MATTER, "\"returns\"", "\"refunds\""),
            "unknown-follow-up",
            MATTER,
            6,
        ),
        error(
            Replace(HOURS, "Doors", "\n\nSee [this](article:refunds).\n\nDoors"),
            "dead-link",
            HOURS,
            13,
        ),
        error(
            Replace(HOURS, "Doors", "[x](https://kumora) Doors"),
            "dead-link",
            HOURS,
            11,
        ),
        error(
            Replace(HOURS, "Doors", "[x](kumora.example) Doors"),
            "dead-link",
            HOURS,
            11,
        ),
        error(
            Replace(HOURS, "Doors", "![](door.png) Doors"),
            "image-without-alt",
            HOURS,
            11,
        ),
        error(
            Replace(HOURS, "Doors", "![The door](door.png) Doors"),
            "missing-image",
            HOURS,
            11,
        ),
        warning(
            Replace(HOURS, "10 to 18", "10 to 19"),
            "different-numbers",
            HOURS,
            8,
        ),
        warning(
            Replace(HOURS, "We are open", "This page lists when we are open"),
            "summary-says-nothing",
            HOURS,
            8,
        ),
        warning(
            Replace(HOURS, "Doors", "!!! note\n\nDoors"),
            "raw-markup",
            HOURS,
            11,
        ),
        warning(
            Replace(
                HOURS,
                "Doors",
                "열한 시부터 여섯 시까지 문을 열어 둡니다. 언제든 오세요.\n\nDoors",
            ),
            "untranslated",
            HOURS,
            11,
        ),
        warning(
            Replace(HOURS, "Doors", "Above 1,500 yen we wrap it. Doors"),
            "different-numbers",
            HOURS,
            11,
        ),
    ]
}

const LONG_TITLE: &str = "When exactly, on which days of the week and at which hours of the day, and in which of the seasons of the year, is the shop of ours open?";
const LONG_SUMMARY: &str = "We are open whenever the lights are on, and the lights are on whenever somebody is there to switch them on, which is most of the time, because somebody usually is, except when nobody is, which happens too, for instance on holidays, or when it snows, or when the trains do not run, or when everybody is ill, or when there is a wedding in the village, or when the baker has run out of bread and we all go looking for some. That is, we are open";

static ENCODER: LazyLock<StaticEncoder> = LazyLock::new(|| {
    let model = ModelFolder::built_in().expect("the built-in model is sound");
    StaticEncoder::load(model).expect("the built-in model is sound")
});

#[test]
fn a_sound_base_has_no_fault() {
    let base = sound_base();
    let report = check_folder(base.path());
    assert_eq!(listed(&report.faults), "");
    assert!(!report.has_error());
    assert_eq!(report.coverage.rows.len(), 2);
}

#[test]
fn every_fault_is_found_where_it_is() {
    for case in cases() {
        let base = sound_base();
        apply(base.path(), &case.edit);
        let report = check_folder(base.path());
        let found = report.faults.iter().any(|fault| {
            fault.check == case.check
                && fault.level == case.level
                && fault.path == Path::new(case.path)
                && fault.line == case.line
        });
        assert!(
            found,
            "no {} at {}:{:?} in:\n{}",
            case.check,
            case.path,
            case.line,
            listed(&report.faults)
        );
        assert_eq!(
            report.has_error(),
            report
                .faults
                .iter()
                .any(|fault| fault.level == Level::Error)
        );
    }
}

#[test]
fn a_base_of_one_language_owes_no_translation() {
    let base = sound_base();
    for article in ["hours", "returns"] {
        for language in ["zh", "ja", "ko"] {
            let path = base.path().join(format!("shop/{article}/{language}.md"));
            fs::remove_file(path).expect("file of the sound base");
        }
    }
    let report = check_folder(base.path());
    assert_eq!(listed(&report.faults), "");
    assert!(!report.coverage.to_string().contains("gaps"));
}

#[test]
fn pictures_of_sites_that_are_not_allowed_are_found() {
    let base = sound_base();
    let picture = "![The door](https://cdn.example.com/door.png) Doors";
    apply(base.path(), &Replace(HOURS, "Doors", picture));
    let checked = |sites: &[String]| {
        let loaded = load_folder(base.path()).unwrap();
        let settings = CheckSettings {
            languages: &Language::ALL,
            picture_sites: Some(sites),
        };
        check_with(
            base.path(),
            &loaded.knowledge,
            loaded.faults,
            &*ENCODER,
            settings,
        )
    };
    let blocked = checked(&[]);
    let found = listed(&blocked.faults);
    assert!(found.contains("blocked-picture"), "{found}");
    assert!(found.contains("https://cdn.example.com"), "{found}");
    let allowed = checked(&["https://cdn.example.com".to_owned()]);
    assert_eq!(listed(&allowed.faults), "");
}

#[test]
fn texts_without_alternates_are_one_line_where_they_are_many() {
    let base = sound_base();
    for path in base_texts(base.path()) {
        let text = fs::read_to_string(&path).unwrap();
        let (front, rest) = text.split_once("alternates = [").unwrap();
        let (_, rest) = rest.split_once(']').unwrap();
        fs::write(&path, format!("{front}alternates = []{rest}")).unwrap();
    }
    let report = check_folder(base.path());
    let few: Vec<&Fault> = report
        .faults
        .iter()
        .filter(|fault| fault.check == "few-alternates")
        .collect();
    assert_eq!(few.len(), 1, "{}", listed(&report.faults));
    assert!(few[0].message.contains("suggest-alternates"));
}

#[test]
fn a_check_that_does_not_exist_is_refused_and_others_can_be_chosen() {
    let base = sound_base();
    apply(base.path(), &Remove("shop/hours/ko.md"));
    apply(base.path(), &Replace(HOURS, "Doors", "![](door.png) Doors"));
    let run = |flags: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_mondo"))
            .args(["kb", "check", "--kb", base.path().to_str().unwrap()])
            .args(flags)
            .env("MONDO__ENCODER__MODE", "fast")
            .current_dir(base.path())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text)
    };
    let (code, text) = run(&["--only", "missing-translation"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("missing-translation") && !text.contains("image-without-alt"));
    let (code, text) = run(&["--ignore", "missing-translation"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("image-without-alt") && !text.contains("missing-translation"));
    assert_eq!(run(&["--only", "missing-translations"]).0, Some(2));
    let decision = "[[ignore]]\ncheck = \"image-without-alt\"\npath = \"shop/hours\"\nreason = \"drawn anew in May\"\n";
    fs::write(base.path().join("kb-check.toml"), decision).unwrap();
    let (code, text) = run(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("1 ignored by kb-check.toml"), "{text}");
}

fn base_texts(root: &Path) -> Vec<std::path::PathBuf> {
    let folders = fs::read_dir(root.join("shop")).unwrap();
    let folders = folders
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
    files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect()
}

#[test]
fn all_faults_are_reported_at_once_in_order() {
    let base = sound_base();
    apply(base.path(), &Remove("shop/hours/ko.md"));
    apply(base.path(), &Replace(HOURS, "Doors", "![](door.png) Doors"));
    apply(base.path(), &Replace(RETURNS, "title", "titel"));
    let report = check_folder(base.path());
    let checks: Vec<&str> = report.faults.iter().map(|fault| fault.check).collect();
    assert_eq!(
        checks,
        [
            "missing-translation",
            "image-without-alt",
            "missing-translation",
            "bad-front-matter"
        ],
        "{}",
        listed(&report.faults)
    );
}

#[test]
fn a_body_under_the_wrong_title_is_noticed() {
    let base = TempDir::new().expect("temporary folder");
    copy_english(&demo_base(), base.path());
    let read =
        |path: &str| fs::read_to_string(base.path().join(path)).expect("article of the demo base");
    let sign_up = read("account/sign-up/en.md");
    let fees = read("fees/trading-fees/en.md");
    let (matter, _) = sign_up.rsplit_once("+++").expect("front matter");
    let (_, body) = fees.rsplit_once("+++").expect("front matter");
    fs::write(
        base.path().join("account/sign-up/en.md"),
        format!("{matter}+++{body}"),
    )
    .expect("temporary file");
    let report = check_folder(base.path());
    let mismatches: Vec<&Fault> = report
        .faults
        .iter()
        .filter(|fault| fault.check == "title-body-mismatch")
        .collect();
    assert!(
        mismatches
            .iter()
            .any(|fault| fault.path == Path::new("account/sign-up/en.md") && fault.line == Some(2)),
        "{}",
        listed(&report.faults)
    );
}

#[test]
fn the_demo_base_has_no_error() {
    let report = check_folder(&demo_base());
    let errors: Vec<Fault> = report
        .faults
        .into_iter()
        .filter(|fault| fault.level == Level::Error)
        .collect();
    assert_eq!(listed(&errors), "");
}

fn demo_base() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge_base")
}

fn check_folder(root: &Path) -> CheckReport {
    let loaded = load_folder(root).expect("a readable folder");
    check(root, &loaded.knowledge, loaded.faults, &*ENCODER)
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{fault}\n")).collect()
}

fn apply(root: &Path, edit: &Edit) {
    match edit {
        Replace(path, from, to) => {
            let path = root.join(path);
            let text = fs::read_to_string(&path).expect("file of the sound base");
            assert!(text.contains(from), "{from} is not in {}", path.display());
            fs::write(&path, text.replacen(from, to, 1)).expect("temporary file");
        }
        Write(path, text) => fs::write(root.join(path), text).expect("temporary file"),
        Remove(path) => fs::remove_file(root.join(path)).expect("file of the sound base"),
    }
}

/// Copies a base in one language, which is enough to know what is usual and four times as fast.
fn copy_english(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("temporary folder");
    for entry in fs::read_dir(from).expect("readable folder") {
        let path = entry.expect("readable entry").path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy_english(&path, &target);
        } else if !is_translation(&path) || path.ends_with("en.md") {
            fs::copy(&path, &target).expect("temporary file");
        }
    }
}

fn is_translation(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

fn sound_base() -> TempDir {
    let base = TempDir::new().expect("temporary folder");
    for (path, text) in SOUND_BASE {
        let path = base.path().join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("temporary folder");
        fs::write(path, text).expect("temporary file");
    }
    base
}

const SOUND_BASE: [(&str, &str); 10] = [
    (
        "shop/hours/article.toml",
        r#"id = "hours"
category = "shop"
rev = 1
valid_from = 2026-01-01
valid_until = 2027-01-01
follow_ups = ["returns"]
"#,
    ),
    (
        "shop/hours/en.md",
        r#"+++
title = "When is the shop open?"
alternates = [
  "opening times",
  "what time do you close",
  "are you open on sunday",
]
summary = "We are open from 10 to 18 on weekdays."
source_rev = 1
+++
Doors open at nine.
"#,
    ),
    (
        "shop/hours/zh.md",
        r#"+++
title = "商店几点开门？"
alternates = ["营业时间", "几点关门", "周日开吗"]
summary = "工作日 10 点到 18 点营业。"
+++
九点开门。
"#,
    ),
    (
        "shop/hours/ja.md",
        r#"+++
title = "お店は何時に開きますか？"
alternates = ["営業時間", "何時に閉まる", "日曜日はやってる"]
summary = "平日は１０時から１８時までです。"
+++
九時に開きます。
"#,
    ),
    (
        "shop/hours/ko.md",
        r#"+++
title = "매장은 언제 여나요?"
alternates = ["영업시간", "몇 시에 닫아요", "일요일에도 하나요"]
summary = "평일 10시부터 18시까지입니다."
+++
아홉 시에 문을 엽니다.
"#,
    ),
    (
        "shop/returns/article.toml",
        "id = \"returns\"\ncategory = \"shop\"\nrev = 1\n",
    ),
    (
        "shop/returns/en.md",
        r#"+++
title = "How do I send a parcel back?"
alternates = [
  "money back",
  "it does not fit",
  "return label",
]
summary = "Return it within 30 days; above 10,000 yen we pay the postage."
+++
Print the label and hand the parcel in.
"#,
    ),
    (
        "shop/returns/zh.md",
        r#"+++
title = "怎么退货？"
alternates = ["想退款", "尺码不合适", "退货单"]
summary = "30 天内可退；满 1万 日元由我们付运费。"
+++
打印退货单，把包裹交给快递。
"#,
    ),
    (
        "shop/returns/ja.md",
        r#"+++
title = "返品するにはどうすればいいですか？"
alternates = ["返金してほしい", "サイズが合わない", "返送ラベル"]
summary = "三十日以内にお送りください。10000円以上は送料を負担します。"
+++
ラベルを印刷して荷物を出してください。
"#,
    ),
    (
        "shop/returns/ko.md",
        r#"+++
title = "상품을 어떻게 반품하나요?"
alternates = ["환불해 주세요", "사이즈가 안 맞아요", "반송 라벨"]
summary = "30일 안에 보내 주세요. 1만 엔 이상은 배송비를 저희가 냅니다."
+++
라벨을 인쇄해서 맡겨 주세요.
"#,
    ),
];
