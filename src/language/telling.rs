//! Words and letters that tell one language from its neighbours: Malay from Indonesian, Spanish from Portuguese, any of
//! them from English.
//!
//! Statistics of letters alone confuse neighbours in a text of two words; a native reader looks for one of these.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The codes of the languages that one word speaks for.
pub(super) type Codes = Vec<&'static str>;

/// Everyday words by the code of their language; words that English writes too are left out.
const WORDS: &[(&str, &str)] = &[
    (
        "de",
        "der das den dem ist sind ich du wir ihr mein meine meinen meinem kein keine nicht wer wie wo wann warum \
            mit für auf von zu und ein eine einen kann bitte danke hallo konto geld passwort karte bestellung",
    ),
    (
        "es",
        "el la los las una del al es está están yo mi mis su qué quién cómo cuándo dónde cuánto cuánta cuál por para \
            hola gracias puedo puede quiero tengo cuenta dinero correo contraseña tarjeta ya muy pero hay",
    ),
    (
        "fr",
        "le la les des du une est sont je vous nous mon ma mes votre pas que qui où quand pourquoi combien avec sur \
            dans c'est j'ai n'est d'un bonjour merci quel quelle compte argent carte mot",
    ),
    (
        "id",
        "saya yang dan untuk ini itu dari dengan siapa berapa sudah belum tidak bisa bagaimana gimana kapan mau uang \
            akun kartu sandi nomor ganti karena anda kamu tagihan apakah dana rekening situs sekali surel ponsel gratis \
            toko sepatu rusak ukuran kantor mobil pulsa telepon unduh unggah tautan layar kirim ongkos pembayaran \
            pengiriman pakai hapus kemarin",
    ),
    (
        "it",
        "il lo la gli le una del della dei nel al è sono io mio mia miei non che chi dove quanto quale perché di \
            ciao grazie posso vorrei conto soldi ordine carta",
    ),
    (
        "ms",
        "saya yang dan untuk ini itu dari dengan siapa berapa sudah belum tak nak boleh macam bila kerana wang duit \
            akaun kad laluan nombor tukar telefon mel kod awak kat adakah berapakah bagaimanakah sahkan invois laman \
            percuma baki faham cakap jumpa tengok kedai kasut rosak saiz pejabat kereta pautan skrin hantar \
            penghantaran bayaran guna padam semalam esok",
    ),
    (
        "nl",
        "de het een zijn ik jij wij mijn geen niet wie hoe waar wanneer waarom hoeveel met voor van graag bedankt \
            hallo rekening geld wachtwoord bestelling kaart",
    ),
    (
        "pl",
        "jest są nie mój moja moje czy jak gdzie kiedy dlaczego ile kto na się dla mam mogę chcę proszę dziękuję \
            cześć konto hasło pieniądze karta",
    ),
    (
        "pt",
        "os um uma é são não meu minha meus minhas você vocês eu que quem onde quanto qual por para da dos na em \
            olá obrigado obrigada posso quero tenho conta dinheiro senha saque cartão",
    ),
    (
        "tl",
        "ang ng mga sa ko ako mo ba hindi paano bakit saan kailan magkano sino ano po pera salamat pwede puwede gusto",
    ),
    (
        "tr",
        "bir ve bu nasıl nerede neden kim kaç var yok mı mu mü için ile değil benim hesabım param istiyorum merhaba \
            teşekkürler lütfen şifre kartım",
    ),
    (
        "vi",
        "tôi bạn là không có được của ở đâu sao thế nào bao nhiêu khi làm và cho với tiền tài khoản",
    ),
];

/// Letters that one of the languages alone writes often.
const LETTERS: &[(&str, &str)] = &[
    ("de", "ß"),
    ("es", "ñ"),
    ("pl", "łąęśźżćń"),
    ("pt", "ãõ"),
    ("tr", "ğış"),
    ("vi", "đơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"),
];

static BY_WORD: LazyLock<HashMap<&'static str, Codes>> = LazyLock::new(|| {
    let mut found: HashMap<&str, Codes> = HashMap::new();
    for (code, words) in WORDS {
        for word in words.split_whitespace() {
            found.entry(word).or_default().push(code);
        }
    }
    found
});

/// Returns the languages that each telling word of a text speaks for; words come in lower case.
pub(super) fn told_by(words: &[String]) -> Vec<Codes> {
    let whole = words
        .iter()
        .filter_map(|word| BY_WORD.get(word.as_str()).cloned());
    let lettered = words.iter().filter_map(|word| {
        let holds = |letters: &str| word.contains(|letter| letters.contains(letter));
        let codes = LETTERS.iter().filter(|(_, letters)| holds(letters));
        let codes: Codes = codes.map(|(code, _)| *code).collect();
        (!codes.is_empty()).then_some(codes)
    });
    whole.chain(lettered).collect()
}

/// Returns every code of the tables.
#[cfg(test)]
pub(super) fn codes() -> Codes {
    let codes = WORDS.iter().chain(LETTERS).map(|(code, _)| *code);
    codes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_neighbours_apart() {
        let told = |text: &str| {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            told_by(&words)
        };
        assert_eq!(told("tak boleh"), [["ms"], ["ms"]]);
        assert_eq!(told("saya"), [["id", "ms"]]);
        assert_eq!(told("straße"), [["de"]]);
        assert!(told("the withdrawal fee").is_empty());
    }
}
