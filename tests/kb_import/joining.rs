//! Translations that nothing in a source joins are proposed, joined once somebody says yes, and remembered.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use mondo::encoder::{EncoderSettings, ModelFolder};
use mondo::insights::propose_joins;
use mondo::knowledge::{
    ImportError, ImportFormat, ImportSettings, Joins, KnowledgeBase, ProposedJoin, Verdict,
    articles_apart, import, load_folder, write_proposals,
};
use mondo::language::{Detector, Language};

use super::{Move, titles};

const ROWS: &str = "question,answer,lang\nHow do I pay?,At the counter with cash or a card.,en\nWhere is my parcel?,Look at the tracking page of your order.,en\nCan I send it back?,Yes within thirty days.,en\nお支払い方法を教えてください,レジで現金またはカードでお支払いください。,ja\n荷物はどこですか,ご注文の追跡ページをご覧ください。,ja\n반품할 수 있나요?,네 삼십 일 안에 가능합니다.,ko\n";

fn proposals(settings: &ImportSettings) -> Vec<ProposedJoin> {
    let apart = articles_apart(settings, &Detector::new()).unwrap();
    let folder = ModelFolder::built_in().unwrap();
    let encoder = folder.load(&EncoderSettings::default()).unwrap();
    propose_joins(&apart, encoder.as_ref())
}

#[test]
fn rows_are_joined_after_somebody_has_said_yes() {
    let made = Move::of(&[("faq.csv", ROWS)]);
    let proposed = proposals(&made.settings(ImportFormat::Csv));
    assert!(made.files().is_empty(), "nothing was imported");
    let pairs: BTreeSet<(String, String)> = proposed
        .iter()
        .map(|one| (one.text.2.clone(), one.with.2.clone()))
        .collect();
    let expected = [
        ("お支払い方法を教えてください", "How do I pay?"),
        ("荷物はどこですか", "Where is my parcel?"),
        ("반품할 수 있나요?", "Can I send it back?"),
    ];
    let expected = expected.map(|(text, with)| (text.to_owned(), with.to_owned()));
    assert_eq!(pairs, BTreeSet::from(expected));

    // First apart, as before; then one pair is confirmed, one refused, one left undecided.
    made.import(ImportFormat::Csv);
    assert_eq!(made.knowledge().articles.len(), 6);
    let beside = tempfile::tempdir().unwrap();
    let table = beside.path().join("pairs.csv");
    let decided: Vec<ProposedJoin> = proposed
        .into_iter()
        .map(|one| ProposedJoin {
            verdict: match one.text.1 {
                Language::Korean => Verdict::Undecided,
                _ => Verdict::Yes,
            },
            ..one
        })
        .collect();
    write_proposals(&table, &decided).unwrap();
    let text = fs::read_to_string(&table).unwrap();
    let refused: Vec<String> = text
        .lines()
        .map(|line| match line.contains("荷物") {
            true => line.replacen("yes", "no", 1),
            false => line.to_owned(),
        })
        .collect();
    fs::write(&table, refused.join("\n")).unwrap();
    let (joins, undecided) = Joins::read(&table).unwrap();
    assert_eq!(undecided, 1);
    let settings = ImportSettings {
        joins,
        ..made.settings(ImportFormat::Csv)
    };
    let outcome = import(&settings, &Detector::new()).unwrap();
    assert_eq!(outcome.articles, 5);
    assert_eq!(outcome.joined.len(), 1, "{:?}", outcome.joined);
    let (left, with) = &outcome.joined[0];
    fs::remove_dir_all(made.into.path().join(left)).unwrap();
    assert!(made.file(&format!("{with}/ja.md")).contains("お支払い方法"));

    // The table is not needed again, and what was joined is proposed no more.
    made.import(ImportFormat::Csv);
    let found = titles(&made.knowledge());
    let joined = found.iter().filter(|line| line.contains("how-do-i-pay"));
    assert_eq!(joined.count(), 2, "{found:?}");
    let left = proposals(&made.settings(ImportFormat::Csv));
    assert!(left.iter().all(|one| !one.text.2.contains("お支払い")));
}

#[test]
fn a_table_that_fits_no_more_is_refused_with_its_lines() {
    let made = Move::of(&[("faq.csv", ROWS)]);
    let proposed = proposals(&made.settings(ImportFormat::Csv));
    let table = made.into.path().join("pairs.csv");
    let heading = "join,similarity,language,title,with_language,with_title,text,with\n";
    let english: Vec<&str> = proposed.iter().map(|one| one.with.0.as_str()).collect();
    let check = |rows: String, line: usize, check: &str| {
        fs::write(&table, rows).unwrap();
        let refused = match Joins::read(&table) {
            Err(refused) => refused,
            Ok((joins, _)) => {
                let settings = ImportSettings {
                    joins,
                    ..made.settings(ImportFormat::Csv)
                };
                import(&settings, &Detector::new()).unwrap_err()
            }
        };
        let ImportError::Faulty { faults } = refused else {
            panic!("{refused}");
        };
        assert_eq!((faults[0].line, faults[0].check), (Some(line), check));
    };
    let row = |join: &str, text: &str, with: &str| format!("{join},1,en,a,en,b,{text},{with}\n");
    let (one, other) = (english[0], english[1]);
    check(
        format!("{heading}{}", row("yes", "gone", one)),
        2,
        "unknown-text",
    );
    check(
        format!("{heading}{}", row("yes", other, one)),
        2,
        "same-language",
    );
    check(
        format!("{heading}{}", row("maybe", other, one)),
        2,
        "bad-decision",
    );
    check(format!("{heading}{}", row("yes", "", one)), 2, "empty-cell");
    let twice = row("yes", other, one);
    check(format!("{heading}{twice}{twice}"), 3, "joined-twice");
    check("a,b\n".to_owned(), 1, "no-heading");
    assert!(!made.into.path().join("general").exists());
}

fn demo() -> KnowledgeBase {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge_base");
    load_folder(&root).unwrap().into_served().unwrap()
}

/// The demo's articles as a table without ids: of what is proposed with yes, nearly all must belong together.
#[test]
fn what_is_filled_in_as_yes_belongs_together() {
    let knowledge = demo();
    let mut rows = String::from("question,answer,lang\n");
    let mut owner = std::collections::BTreeMap::new();
    let mut texts = 0;
    for article in &knowledge.articles {
        for (language, text) in &article.translations {
            let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            rows += &format!("{},{},{language}\n", cell(&text.title), cell(&text.body));
            owner.insert((*language, text.title.clone()), article.id.clone());
            texts += 1;
        }
    }
    let made = Move::of(&[("faq.csv", &rows)]);
    let proposed = proposals(&made.settings(ImportFormat::Csv));
    let is_right = |one: &&ProposedJoin| {
        let of = |(_, language, title): &(String, Language, String)| {
            owner.get(&(*language, title.clone()))
        };
        of(&one.text) == of(&one.with)
    };
    let of = |verdict: Verdict| -> Vec<&ProposedJoin> {
        let all = proposed.iter();
        all.filter(|one| one.verdict == verdict).collect()
    };
    let (sure, unsure) = (of(Verdict::Yes), of(Verdict::Undecided));
    let right = |all: &[&ProposedJoin]| all.iter().filter(|one| is_right(one)).count();
    println!(
        "{texts} texts of {} articles: {} with yes, {} of them right; {} with ?, {} of them right",
        knowledge.articles.len(),
        sure.len(),
        right(&sure),
        unsure.len(),
        right(&unsure)
    );
    let possible = texts - knowledge.articles.len();
    assert!(
        right(&sure) * 100 >= sure.len() * 99,
        "yes is nearly always right"
    );
    assert!(right(&sure) * 100 >= possible * 90, "most pairs are found");
}

#[test]
fn translations_kept_beside_the_site_are_joined_with_and_without_its_settings() {
    let places = "i18n/ja/docusaurus-plugin-content-docs/current";
    let page = |title: &str| format!("# {title}\n\nOne sentence that says something.\n");
    let tree = Move::of(&[
        ("docs/fees/cards.md", &page("How are cards charged?")),
        (
            &format!("{places}/fees/cards.md"),
            &page("カードの手数料はいくらですか？"),
        ),
    ]);
    let joined = |tree: &Move| {
        tree.import(ImportFormat::Markdown);
        let knowledge = tree.knowledge();
        let languages: Vec<usize> = knowledge
            .articles
            .iter()
            .map(|article| article.translations.len())
            .collect();
        assert_eq!(languages, [2]);
    };
    joined(&tree);
    tree.write("docusaurus.config.js", "module.exports = {};\n");
    joined(&tree);
}
