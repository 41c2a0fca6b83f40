//! Simplified Chinese in traditional characters, for what mondo says itself.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

/// Writes simplified Chinese in the traditional characters and words of Taiwan. The first call reads tables, which takes
/// some milliseconds.
pub fn in_traditional_characters(text: &str) -> String {
    static TABLES: LazyLock<OpenCC> = LazyLock::new(|| {
        OpenCC::from_config(BuiltinConfig::S2twp)
            .expect("the conversion tables are part of the crate")
    });
    TABLES.convert(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_converted() {
        assert_eq!(
            in_traditional_characters("系统维护，提现暂停。头发"),
            "系統維護，提現暫停。頭髮"
        );
    }
}
