//! Trees of Markdown as programs that make sites and keep notes lay them out.

use mondo::knowledge::ImportFormat;

use super::{Move, titles};

#[test]
fn collections_of_jekyll_are_pages_and_pieces_are_not() {
    let made = Move::of(&[
        (
            "_articles/pay.md",
            "---\ntitle: How do I pay?\n---\nAt the counter.\n",
        ),
        (
            "_articles/ja/pay.md",
            "---\ntitle: 支払い方法は？\n---\nレジで払えます。\n",
        ),
        ("_includes/menu.md", "Menu of the site, on every page.\n"),
    ]);
    made.import(ImportFormat::Markdown);
    assert_eq!(
        titles(&made.knowledge()),
        ["pay en How do I pay?", "pay ja 支払い方法は？"]
    );
    assert!(made.file("articles/pay/ja.md").contains("レジで払えます"));
}

#[test]
fn links_from_the_root_of_a_site_are_followed_into_the_part_that_is_imported() {
    let made = Move::of(&[
        (
            "content/en/docs/pay.md",
            "# How do I pay?\n\nSee [returns](/docs/returns/#when) or [hours](/hours).\n",
        ),
        (
            "content/en/docs/returns.md",
            "# Returns\n\n## When\n\nWithin a week.\n",
        ),
        (
            "content/ja/docs/returns.md",
            "# 返品\n\n一週間以内です。[払う](/ja/docs/pay)\n",
        ),
        ("content/en/shop/hours.md", "# Shop hours\n\nNine to six.\n"),
        (
            "content/en/office/hours.md",
            "# Office hours\n\nTen to four.\n",
        ),
    ]);
    made.import(ImportFormat::Markdown);
    let page = |name: &str| {
        let files = made.files();
        let path = files.iter().find(|path| path.ends_with(name));
        made.file(path.expect("it was imported"))
    };
    let pay = page("pay/en.md");
    assert!(pay.contains("[returns](article:returns#when)"), "{pay}");
    // Two pages end so: none of them is meant for certain.
    assert!(pay.contains("or hours."), "{pay}");
    assert!(page("returns/ja.md").contains("[払う](article:pay)"));
}

#[test]
fn pages_and_pictures_are_found_below_the_name_and_the_language_of_a_site() {
    let made = Move::of(&[
        (
            "content/till/_index.en.md",
            "# The till\n\nIt takes cards: ![a till](/docs/en/till/images/till.png?width=300px)\n",
        ),
        ("content/till/images/till.png", "a picture"),
        (
            "content/till/_index.ko.md",
            "# 계산대\n\n카드로 계산할 수 있습니다.\n",
        ),
        (
            "content/pay/_index.ko.md",
            "# 결제 방법\n\n[계산대](/docs/ko/till/)에서 결제하세요. [조립](/docs/ko/build/)\n",
        ),
        ("content/build/_index.ko.md", "# 조립\n\n나사로 조입니다.\n"),
        ("build/out.md", "# What a program made\n\nFrom the pages.\n"),
    ]);
    made.import(ImportFormat::Markdown);
    assert!(
        made.file("general/till/en.md")
            .contains("![a till](till.png)")
    );
    assert!(
        made.file("general/pay/ko.md")
            .contains("[계산대](article:till)")
    );
}

/// As Obsidian keeps it: every language has names of its own for folders and files, titles are the names of files, and only
/// the permalink says which pages are one.
#[test]
fn a_vault_of_notes_is_joined_by_permalinks_and_its_links_are_followed() {
    let made = Move::of(&[
        (
            "en/Paying/Sales tax.md",
            "---\npermalink: tax\n---\n%%ask the office%%Prices include it. See [[How to pay#At the counter|the counter]].\n\n> [!tip] Abroad\n> Ask us.\n",
        ),
        (
            "en/Paying/How to pay.md",
            "---\npermalink: pay\n---\nPay here, or see [[Sales tax]].\n\n## At the counter\n\nWith a card: ![[card.png|200]] ^card\n",
        ),
        ("en/Attachments/card.png", "a picture"),
        (
            "ko/결제/부가세.md",
            "---\npermalink: tax\n---\n가격에 포함되어 있습니다. [[결제 방법]]을 보세요.\n",
        ),
        // Alone with its number, which is a part of its name.
        (
            "en/Paying/2-factor payment.md",
            "---\npermalink: two\n---\nSay the code.\n",
        ),
        (
            "ko/결제/결제 방법.md",
            "---\npermalink: pay\n---\n카드로 결제하세요.\n",
        ),
        (
            "ja/支払い/消費税.md",
            "---\npermalink: /ja/tax\n---\n価格に含まれています。\n",
        ),
        // Two of one language: which of them the permalink means, nobody can tell.
        (
            "ja/支払い/支払い方法.md",
            "---\npermalink: pay\n---\nカードで払えます。\n",
        ),
        (
            "ja/支払い/払う場所.md",
            "---\npermalink: pay\n---\nレジで払えます。\n",
        ),
    ]);
    let outcome = made.import(ImportFormat::Markdown);
    assert_eq!(outcome.articles, 5, "{}", outcome.losses);
    let mut found = titles(&made.knowledge());
    found.retain(|title| !title.contains("払"));
    assert_eq!(
        found,
        [
            "2-factor-payment en 2-factor payment",
            "how-to-pay en How to pay",
            "how-to-pay ko 결제 방법",
            "sales-tax en Sales tax",
            "sales-tax ja 消費税",
            "sales-tax ko 부가세",
        ],
        "{}",
        outcome.losses
    );
    let tax = made.file("paying/sales-tax/en.md");
    assert!(
        tax.contains("[the counter](article:how-to-pay#at-the-counter)"),
        "{tax}"
    );
    assert!(
        tax.contains("> [!TIP]\n> **Abroad**\n>\n> Ask us."),
        "{tax}"
    );
    assert!(!tax.contains("office"), "{tax}");
    let pay = made.file("paying/how-to-pay/en.md");
    assert!(pay.contains("[Sales tax](article:sales-tax)"), "{pay}");
    assert!(pay.contains("![How to pay](card.png)\n"), "{pay}");
    assert!(
        made.file("paying/sales-tax/ko.md")
            .contains("[결제 방법](article:how-to-pay)")
    );
}

#[test]
fn what_a_shortcode_names_stays() {
    let made = Move::of(&[(
        "terms.md",
        "# Terms\n\n{{% def id=\"CA\" name=\"Authority\" %}} Signs keys. {{% /def %}}\n",
    )]);
    let outcome = made.import(ImportFormat::Markdown);
    assert!(
        made.file("general/terms/en.md")
            .contains("**Authority** Signs keys.")
    );
    assert!(
        outcome.losses.to_string().contains("def"),
        "{}",
        outcome.losses
    );
}

#[test]
fn an_export_of_notion_has_names_without_its_numbers() {
    let (fees, limits) = (
        "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "ffeeddccbbaa99887766554433221100",
    );
    let folder = format!("Help centre {limits}");
    let made = Move::of(&[
        (
            &format!("{folder}/Fees {fees}.md"),
            &format!(
                "# What does it cost?\n\nNothing. See [limits](../Help%20centre%20{limits}/Limits%20{limits}.md).\n"
            ),
        ),
        (
            &format!("{folder}/Limits {limits}.md"),
            "A thousand a day.\n",
        ),
    ]);
    made.import(ImportFormat::Markdown);
    assert_eq!(
        titles(&made.knowledge()),
        ["fees en What does it cost?", "limits en Limits"]
    );
    assert!(
        made.file("help-centre/fees/en.md")
            .contains("[limits](article:limits)")
    );
}

#[test]
fn pages_of_one_title_are_told_apart_by_their_category_or_their_folder() {
    let page = "# Install\n\nRun it.\n";
    let made = Move::of(&[
        ("content/server/docker/install.md", page),
        ("content/server/windows/install.md", page),
        ("content/client/install.md", page),
        (
            "content/client/hours.md",
            "# Hours\n\nNine to six. <us@example.com>\n",
        ),
    ]);
    made.import(ImportFormat::Markdown);
    let found = titles(&made.knowledge());
    let mut found: Vec<&str> = found
        .iter()
        .filter_map(|one| Some(one.split_once(" en ")?.1))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "Hours",
            "Install (client)",
            "Install (docker)",
            "Install (windows)"
        ]
    );
}

#[test]
fn a_permalink_joins_translations_to_the_language_that_has_no_folder() {
    let made = Move::of(&[
        (
            "fees.md",
            "---\npermalink: /fees\n---\n# What does it cost?\n\nNothing.\n",
        ),
        (
            "hours.md",
            "---\npermalink: /hours\n---\n# When are you open?\n\nAlways.\n",
        ),
        (
            "ko/요금.md",
            "---\npermalink: /ko/fees\n---\n# 요금이 얼마인가요?\n\n없습니다.\n",
        ),
    ]);
    made.import(ImportFormat::Markdown);
    assert_eq!(
        titles(&made.knowledge()),
        [
            "fees en What does it cost?",
            "fees ko 요금이 얼마인가요?",
            "hours en When are you open?"
        ]
    );
}
