//! Which script a character belongs to.

/// Whether the character is a Han character (hanzi, kanji, hanja), including the iteration mark 々.
pub fn is_han(character: char) -> bool {
    matches!(character,
        '々' | '〇'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}')
}

/// Whether the character is hiragana or katakana, of either width, including the long vowel mark ー.
pub fn is_kana(character: char) -> bool {
    matches!(character,
        '\u{3041}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{FF66}'..='\u{FF9F}'
        | '\u{1B000}'..='\u{1B16F}')
}

/// Whether the character is hangul: a syllable or a letter.
pub fn is_hangul(character: char) -> bool {
    matches!(character,
        '\u{AC00}'..='\u{D7FB}'
        | '\u{1100}'..='\u{11FF}'
        | '\u{3131}'..='\u{318E}'
        | '\u{A960}'..='\u{A97C}'
        | '\u{FFA0}'..='\u{FFDC}')
}

/// Whether the character is bopomofo, the phonetic letters of Taiwan.
pub fn is_bopomofo(character: char) -> bool {
    matches!(character, '\u{3105}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_belong_to_their_script() {
        assert!("出金々〇𠮷".chars().all(is_han));
        assert!("あアーｱ゛".chars().all(is_kana));
        assert!("한ㅋᄒ".chars().all(is_hangul));
        assert!("ㄅㄆ".chars().all(is_bopomofo));
        assert!(
            !"aé1・、。 "
                .chars()
                .any(|c| is_han(c) || is_kana(c) || is_hangul(c) || is_bopomofo(c))
        );
    }
}
