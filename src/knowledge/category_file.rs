//! `category.toml` as authors' acts write it.

use super::article::Category;
use super::front_matter::{CategoryMatter, parse_toml};

/// Returns the text of `category.toml` for a category: its place, and its name in each language that has one.
pub fn category_file(category: &Category) -> String {
    let mut text = format!("place = {}\n\n[title]\n", category.place);
    for (language, title) in &category.titles {
        let title = toml::Value::String(title.clone());
        text.push_str(&format!("{} = {title}\n", language.code()));
    }
    debug_assert!(parse_toml::<CategoryMatter>(&text).is_ok(), "{text}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn what_is_written_is_read_back() {
        let titles = [
            (Language::English, "Cards \"and\" more \\ less"),
            (Language::Chinese, "提现"),
        ];
        let category = Category {
            titles: titles
                .map(|(language, title)| (language, title.to_owned()))
                .into(),
            place: 40,
        };
        let text = category_file(&category);
        let read: CategoryMatter = parse_toml(&text).expect(&text);
        assert_eq!((read.title, read.place), (category.titles, 40));
    }
}
