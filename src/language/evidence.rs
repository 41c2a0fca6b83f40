//! Reads what in a text speaks for a language, and leaves out what does not.
//!
//! Links, mail addresses, identifiers, hashes, tickers, brand names, digits and emoji say nothing of the language.

use unicode_normalization::UnicodeNormalization;

use super::{is_bopomofo, is_han, is_hangul, is_kana, without_addresses};

/// The parts of a text that say something about its language.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) han_runs: Vec<String>,
    pub(super) han: usize,
    /// Kana other than の, which Chinese borrows for its looks.
    pub(super) kana: usize,
    pub(super) kana_no: usize,
    pub(super) hangul: usize,
    pub(super) bopomofo: usize,
    /// Letters of scripts that none of the four languages uses, and ¿ and ¡.
    pub(super) foreign: usize,
    /// Latin words in lower case.
    pub(super) words: Vec<String>,
}

// Longer texts say nothing new, and the cost stays bounded.
const MAX_CHARACTERS: usize = 400;

/// Names typed in every language; a word list of the trade, not of a language.
const NAMES: &[&str] = &[
    "ada", "aml", "api", "arb", "avax", "bch", "bnb", "btc", "busd", "cny", "dai", "doge", "dot",
    "eos", "erc", "etc", "eth", "eur", "fdusd", "gbp", "google", "hkd", "iban", "icp", "jpy",
    "krw", "ltc", "matic", "metamask", "nft", "op", "paypal", "paypay", "pdf", "qr", "sgd", "shib",
    "sms", "sol", "swift", "ton", "trc", "trx", "twd", "uid", "url", "usd", "usdc", "usdt", "visa",
    "wbtc", "wechat", "xlm", "xmr", "xrp",
];

impl Evidence {
    pub(super) fn read(text: &str) -> Self {
        let text: String = text.nfkc().take(MAX_CHARACTERS).collect();
        let mut evidence = Self::default();
        let mut capitals = Vec::new();
        for chunk in without_addresses(&text).split_whitespace() {
            evidence.read_chunk(chunk, &mut capitals);
        }
        // Words in capitals are abbreviations beside other words; alone they may be shouting.
        if evidence.is_empty() {
            evidence.words = capitals;
        }
        evidence
    }

    /// Whether nothing in the text speaks for any language.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.foreign == 0 && self.east_asian() == 0
    }

    /// Counts the characters of East Asian scripts.
    pub(super) fn east_asian(&self) -> usize {
        self.han + self.kana + self.kana_no + self.hangul + self.bopomofo
    }

    fn read_chunk(&mut self, chunk: &str, capitals: &mut Vec<String>) {
        let mut word = String::new();
        let mut after_han = false;
        for character in chunk.chars() {
            if is_latin(character)
                || character.is_ascii_digit()
                || matches!(character, '\'' | '’' | '.' | '_')
            {
                word.push(character);
                after_han = false;
                continue;
            }
            self.take_word(&mut word, capitals);
            self.count(character, after_han);
            after_han = is_han(character);
        }
        self.take_word(&mut word, capitals);
    }

    fn count(&mut self, character: char, after_han: bool) {
        if is_han(character) {
            self.han += 1;
            match self.han_runs.last_mut() {
                Some(run) if after_han => run.push(character),
                _ => self.han_runs.push(character.to_string()),
            }
        } else if character == 'の' {
            self.kana_no += 1;
        } else if is_kana(character) {
            self.kana += 1;
        } else if is_hangul(character) {
            self.hangul += 1;
        } else if is_bopomofo(character) {
            self.bopomofo += 1;
        } else if matches!(character, '¿' | '¡') || character.is_alphabetic() {
            self.foreign += 1;
        }
    }

    /// Sorts a finished word into words, capitals or nothing.
    fn take_word(&mut self, word: &mut String, capitals: &mut Vec<String>) {
        let token = std::mem::take(word);
        let token = token.trim_matches(|c: char| !c.is_alphanumeric());
        let is_identifier = token
            .chars()
            .any(|c| c.is_ascii_digit() || c == '_' || c == '.');
        if token.is_empty() || is_identifier {
            return;
        }
        let lower = token.replace('’', "'").to_lowercase();
        if NAMES.binary_search(&lower.as_str()).is_ok() {
            return;
        }
        let letters = token.chars().count();
        let has_inner_capital = token.chars().skip(1).any(char::is_uppercase);
        let is_all_capitals = !token.chars().any(char::is_lowercase);
        if is_all_capitals && letters > 1 {
            capitals.push(lower);
        } else if !has_inner_capital {
            self.words.push(lower);
        }
    }
}

/// Leaves out what says nothing of the language: addresses and names of the trade.
pub(super) fn without_names(text: &str) -> String {
    let kept: String = text.nfkc().take(MAX_CHARACTERS).collect();
    let kept = without_addresses(&kept);
    let told = kept.split_whitespace().filter(|chunk| {
        let word = chunk.trim_matches(|c: char| !c.is_alphanumeric());
        NAMES.binary_search(&word.to_lowercase().as_str()).is_err()
    });
    told.collect::<Vec<_>>().join(" ")
}

fn is_latin(character: char) -> bool {
    character.is_ascii_alphabetic()
        || (matches!(character, '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
            && character.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_for_the_search() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn what_is_no_evidence_is_left_out() {
        let check = |text: &str| assert_eq!(Evidence::read(text), Evidence::default(), "{text}");
        check("");
        check("12:30 #4711 0xdeadBEEF 🙏!?");
        check("ETH usdt ERC20 mail@shop.example https://shop.example/path?q=word");
    }

    #[test]
    fn scripts_and_words_are_told_apart() {
        let evidence = Evidence::read("iPhone支払の ログ www.shop.exampleを Don’t STOP 잔");
        assert_eq!(evidence.han_runs, ["支払"]);
        assert_eq!(
            (evidence.kana, evidence.kana_no, evidence.hangul),
            (3, 1, 1)
        );
        assert_eq!(evidence.words, ["don't"]);
    }

    #[test]
    fn capitals_alone_are_words() {
        assert_eq!(Evidence::read("GOOD MORNING").words, ["good", "morning"]);
    }
}
