//! The built-in second encoder computes what the transformers library computes of the same weights in floats.

use half::f16;
use mondo::encoder::{Embedding, Encoder, EncoderSettings, ModelFolder, TextRole};

/// Texts with their vectors, half floats in hexadecimal: `TransformerModel.encode` of `models/train/transformer_folder.py`.
const KNOWN: [(TextRole, &str, &str); 5] = [
    (
        TextRole::Query,
        "My parcel has not arrived yet.",
        "461c5996351695ad382e31accfa48727d52b192897222526042bcba458ac2c2aa02b88aa6ba830adc525f82883a86326a328a52c4113cd29aa2a48aef1aa8ca3e629aeaae62bfa204da795a80d2ea6aa8d25e626882a432e9c289c261ba7042594abcba5799cc82867a30c2c2726abac45a952ab43acfd254b2968a48b257528f42cde2cb9224f2d90aad3a743aaf629131d18a8679172a6bb2631a8422892a52ba9d3a6a7a74f2651acd62b4c28cba9762a5ca0542a3c2d579719ac66ae32ab2facb521352d91a6a52801a64e2912aa1ba7ac2895269baca72819a6f4aac729fb29322d2fabffa6bc284fabf62711aada2599a425ad22a98ea8dd28f82cf9284c2771a2c729011e79260a24da29112ac8a91aa73f927ca5e6aa0f2de0ac46253a2a451cb42c439fbc2ec7a8dd2849ac312cf12679255ca88daeb4a8e6276f2d4aad78ae20ad20a639a923249020342bd5a54c275da98b2aa6adca29d01fef2d11aacc29952bef2929a71ea9ccac45adcd1f6eac11a7af283e22b422aba65e2aaea6b1a950ac7c1db9ab9429ef2ce628ee264fa4e5279f2b9022632706ab762ae4a6942c252ca6a927ab9d2e02ae1a1db121522d6fa51c2c9e2c45a4ad29edad51acf82256269dacceab062c4eaa30ab13a84faf9da859ac8d9bd92b492cefa9339994a1192bceaa64282a9c6aaefc283ba6e3215f2d4aac4dab90ab51a8c52a7c29712c16aab32ade959d1d5a30c41fc12a232306acdea8aaad12aaceabe92d132945a9ddacddaca2a8992b4cacc194ac2dd7249622e82a8a2bfba82c21602556ab68a776a0d3a9b126d0aeda2ab127e0a17a2d6ba88b2cfeab7eabc12b372cf5ad1c23a92439262727362bf52ace2d73ac9da80d273e2a08a4b19653a79aaa2ca8ddaab7a4a1aae92bf4250aab10ac2d27caa8df297ea62fa0ef2ce7a43ea827aa582a5fa740a90b26bd2a22a8402bd8ab32adc72b58a49aa9db25d625b4ad6f9d3c2c1ea3c52eeba591aca320692611ac98a47c2a0f26802ae629eb1be6212a2a19a9172a3b2620a8baa527adbfac1aaeac20b2ace2aa2a2ad82acaa9852b",
    ),
    (
        TextRole::Query,
        "怎么把手机号换成新的？",
        "232ddfa8efa3d7a45a2d89a87ba874247c25e9a7ec272e24a22d16a520adac29562d51a50ca475aa562857290dae2028b02c00239aaa192ce72b91a8dba749a8d32b64ab682a0e25d6ab88a15a2cabaa9daa8b260a29072d23246a2443a8df2c72a935a454a6da295f2a5f2a119ea3ab5baa08ac40aeef2d1629851de124d727e72dbc24e02c8a2984aabe20c4a7752eb027cdaae026be927523d2ace62526a7eaadfca9fca9af296fac2325312c7ca96e2a7a1f90245d2b3ca75dac20acf4a808a0b32c0e2953a92b2c33a84691bdb01ba5dc2d632b36991e28efa868a92229562b3623d7adc9a563261aadff292fab302add0f31a5bca4eca9b5aa712e312591ab4d249620142b6524742a3028612ba9a4571944a801a77e86d22b39a9432cb825562b2d29d8a71b2bf4ac5729799e5a2e112c1929ebaaa5abba296f247c2bd4a9b3a840ab11aabeac12ad982cb62c4cab91ac28a9d024fe14421f2c290f2a9126c70a462b532c43a91e9ad1ad56a7f1aa85a092abe5280d226da90da82629afaa84ac93a8681d6ca863291628912bfaa9feabdba79a278d28642491a92c1f48a78c24ec24c8abe3aaa72c7eaa37a81728a124d0a68426c92b7b8ed52980b0a4aa232adb298ca9c3aa2f2c71acbc20bbacaaacb1ab27afb729f32a962eadaa5ca39fa93a264eaef92c7aa742aa9f22caa466260826abaac1a919a95398aa26452ca02ab1aa511c66254a204030b72c032d1ca401aeff9924a88ea0f1aa202a532cfaacabaabaa9ce29d92d01a478a7d127a92bb2a4492cb72c27a8cfa24f2ac4214c9fb1a9e8aace262b9ed3249625d01e152cbdac232727a5b7a35982f49ecfadd62cf31efd1de126012c182c4b2bf9a25ca73b9e8a2c579f412203ac8ba96eadd79d8fa43fab362c8128deac38aaf32e462a73ab86abb9aca72be1a370a988a98e2adea945ad2626bc2673a7622c5aa82babe42964a937acc6252824e0ac3a203229e2ad232cb2ac36ab252cd42844acfcabc72b722cbe28ec25c31f4025d529eeac1529f728bfaaa6a6dca789aaf7acc02985a87da9402c4f2c7115ad28",
    ),
    (
        TextRole::Query,
        "ログインできません",
        "15293ba5e6a8dba8bd2ccbac2720d12c4c28581de828b42acf2a40a454a76927fe2cf9a860a9e2ac3027632ad7ac6129f02b5e2da29b2a2c832b0fae2cae35aa8829d8ac2b2c672c26a861aa622c59abdcaae82ab728a130a328ce296daaa32acfa8fda3e7a3b4277f1c6b2c192c73ac8aaa00ac8cae4b2c502b60aa83241729092c4a2a8b26592b34aa30ab86a5af26632481a8631e9420da1455a1de286ba896aba6a731ac1d220e9e7a2d552b0fa9c81c9499d6268e2adfaa46aaa2a542a974a5f72bdf256ca8df2b24ad992c53af93a9a42ac12b07ab8828bbacafacce29352c2e283fab48a66299cea8ce2b81ac532c7ca96dab6eabb6a934a21c240627fd9fe42407290120a6a211296728a52b41adce209aa8d7a983a6b327dda97c2dce288729952fd21cc82dd7ac982d57aa402e0c27be2619a6c7a8489e3f25482a13a66dac77ac57ab30a96ba82e29f12c0cab3baa91a87f2c5eac202a7523262ca9a9b32c8f2d9a2818a414a71fada2ad53a82cae84aca9219c28f0a4a4a82d25dea84cae5c1e800146a98029442b592870a6afa738282b2a4928001a23ab959983a8eb25402957a8dcaa992cfaab67a8b829aa283ba8702c022a89a886208aae06ac4d2aea2933ab4ea9812a6da912ac1ba81eacbda81aae06219b2a522b97a891aab507f12694aca82834a6c3a9fe204016b826182c46ace0a64ea828aa7e2cd12b142c44ab1e266d273ba6a92cc32783282f2367aeeda571abdea828a9f621e12b1da941a5beab0aa83f2ee2a925a8842c8d29b5298d29712d6faa9aa9122951a9afa33ea075a7d6a0deadb22cc221522506273ea5e62ce19ecba9c929682ba5abdc2245264c29c528db26af29102a7da09bace7a2062e900eb42707ac35acf2aad0a806a03cac44260d2c76abe5acb5224827472314ab669f022b11acbba9a7a4832d17a91fa6a5225924e2abba2242aa8eade32d2fa1eeadcf29c62aada9f827bc252e9ea22b99ac21a9c026db2ac3aca9a9c31d9c28c222d12a22a323800f26e0acba2a552a1ba919a694a873a982ae112635a635abd92eae2c819ba52a",
    ),
    (
        TextRole::Query,
        "환불은 언제 되나요?",
        "df2d69a99baae8a92b264ca894256c2425308c24192cf6a0072b1ba15faaf326522be7a4622284aa5f9ee625b5acc0298829f927d0aa5e280b2b37acaaac07aca8a423abf32ab32ca3a614a97e2a59aa9fa8ae2bc825922bb12d9d2b74a98c2dc2a89f1c5ea6d32a442bf22c052319ac5c0029adababf229fd2c6f291623c025b228822c0625c62985a884aa4da92226282704a863203520cf28c5ad3a9afea99bac66a8a0aadf23a1ad752c622a0eaad12dd4932c2f202fe6aaa9acf41b36a722a5f123a62c2ca6442cf1ab6f26c3a760abd625702983a9952f5eaba9a9322b652b792a02b0e5a286a2f4ad922287aae52cd3a7d2acb8a853a9979bb42a43258c1cef23f42329a72e1c782d3c2dd6271ca8f52aa3abdaa4ada6dd213b9d10297d25182ba02ddea4302e9fab4c2b8da7b12efb27eea221a930a7bcaa0a29f52ab7a94aacabad7dac2ca8b3abb32a242c81ad12a621a56826c3ac79292f29af27e5ab4f21b32cd42710acb5a729aae1ae8dad09aa17ac5a298726cfac7da6b724b6a8e5a7b398e016b9ad072a4b2d3b1e761ea5a8ec299429c428a720c2a4822b72acae298d2a7ca2ffacfd2c92a755aa2826bb2afaaa752c722ada9e461cc9ad58ab3a271d250eac95a8c92642aa16a844a112ab8e2037add896212e19298fac58aba09f112d68aacca124a5bda8472049a133a23d2a8dae03aa57ae33a9b52c421e9d2e4eac302044266c24db2df321fe28e2a7c6a46d25b9adab9d6dabef28832bb1ac5bace8181325352d55a44ea480297029f928432d0125f6a55faa952ca5abbaadd12772a0b92d7ba06028f226b49afe2a42aa1d22e0a89faa3f921726caaea2269e268b2417a47f2883295a1c3fa919acbf25272c0bab122d17a65da850acbfa4d09e76ad452aed188eab5aa55626bc21a8a728accaa8862c92a6d6a85c1efd2a1397bea6d0259825d7a550285badcea95c2972aa55af452b55a4a2ad36a3452792a83b2517a8339fe328c229f99f1daa4428d328272c98230fa46125d62809ac79273f2b0eaab11f99a26a9fc0aedf2ac6a8929e302d522ee923ee27",
    ),
    (
        TextRole::Passage,
        "You can move your booking up to two days before it starts. Open your bookings, choose the date and press Move; what you paid is carried over. Later than that, only a person at the desk can help, and there is a fee of 5 EUR.",
        "c38c12aa3fa895aaba2d0da912a53f28a52edd9ef325de24e42904a719a1fc2a022bdaa9aea7c4ab212430a7c9a9211da82aa22cbaa82628f329acaf9aacf4ab442807ad3b27df1d37a8b2aa122ce2af05a9962a352a3528d729432844a95c2851a56fa15da83e29c627a32a661db7ac3aadc5ae66aab525682cbba73a2382a0a62bd42cae2be22893abb21debac782c5f1ff6a9a3a75c288221aeac0aa498ad06ad2da8a3a4751fa4a86a2b7a2aa9abb32a678c1b2d892c09a6c0aa92aa71ade5a38828b52a63a4872b11a72b24bbadd0a9ce25a1286aa9f82932ac5aae0429412d392a2eac63a793a45dadab28eb9e702896aa06a9eda7fea9dfa1d728632827a5aaa6c2231228092c58290f2c942cfca7ec20dca3e99c8499132ba6212e2c322a072d0c2d06a7153063ad4f2d04aa50275b2b078889ab28aecfa9702465273aa234a62dac779eefac81a0882af2299da719ac79a87127d0ab39251aa3632b33a8412bd328822c519c5da6eca8f7ac09abfea447a72824b8293fa9a49f2d2b31a69eaa65a82420abaa6b2b602c5d2b7ea658a68b2ae8291da04c9367a6e02b93aaa127762c59a70dac642b0829151ac523162c85aa1c295c2ce0a6dc2b3cae9eae41293729c0ae9726c4275b9e41a459abd1ad7d1bb5ac33a5c72c3a2c81aa70ab17a49e2818a8512c47a641aaab252f240aa365280faa62ac33a4e2a8662e9e2a0e2e6cac412a3392c2a8f42ea92515227429d7ac8ba5e6a8a5ac52aa009fba29b9aa35ae84ac88174c2847a5e0a6442aa9264624622d7e2d489e98201529a1ac4ea0aaa527a8572e98a5232d7a287f28b72d48abe326a6a89ea8eb265628b6add7281c2765268526542a362b2e2c58a887aba925b22d5aa4052a66ab52acc9aafeab929d7ea80a27e92b0cad8dabf92896a71c25dfa431a8412ce7a43f1f10906a2cb6ac1fab822687a1f19f682427ab4dac8b281fa0cda5c42a242e28acd2297c240ea42f2cdaa975ac592a8a282fac42a369274f29552dc82d90a9951dc82917aa39281e2ccdac08a55ba6eeae95aa9c2bf6a149aa0427a72d26a9b82d",
    ),
];

/// Products in whole numbers move a vector by so much at most.
const AGREEMENT: f32 = 0.999;

fn second() -> std::sync::Arc<dyn Encoder> {
    let folder = ModelFolder::built_in_second().expect("the built-in model is sound");
    folder
        .load(&EncoderSettings::default())
        .expect("its runtime is part of every build")
}

fn embedding(hexadecimal: &str) -> Embedding {
    let byte = |at: usize| u8::from_str_radix(&hexadecimal[at..at + 2], 16).expect("two digits");
    let bytes: Vec<u8> = (0..hexadecimal.len()).step_by(2).map(byte).collect();
    let halves = bytes.chunks_exact(2);
    Embedding::normalised(
        halves
            .map(|pair| f16::from_le_bytes([pair[0], pair[1]]).to_f32())
            .collect(),
    )
}

#[test]
fn vectors_are_those_of_the_transformers_library() {
    let encoder = second();
    for (role, text, known) in KNOWN {
        let cosine = encoder
            .encode_one(role, text)
            .similarity(&embedding(known))
            .0;
        println!("{cosine} {text}");
        assert!(cosine >= AGREEMENT, "{text}: {cosine}");
    }
}

#[test]
fn a_text_alone_and_among_others_has_one_vector() {
    let encoder = second();
    let texts = KNOWN.map(|(_, text, _)| text);
    let together = encoder.encode(TextRole::Query, &texts);
    for (text, among_others) in texts.iter().zip(together) {
        let alone = encoder.encode_one(TextRole::Query, text);
        assert!(alone.similarity(&among_others).0 > 0.999_99, "{text}");
    }
}

#[test]
fn half_width_kana_and_full_width_letters_read_as_the_usual_ones() {
    let encoder = second();
    let check = |one: &str, other: &str| {
        let [one, other] = [one, other].map(|text| encoder.encode_one(TextRole::Query, text));
        assert!(one.similarity(&other).0 > 0.999_99, "{one:?}");
    };
    check("ｶﾞｿﾘﾝの代金を支払う", "ガソリンの代金を支払う");
    check("ＰＩＮを忘れた", "PINを忘れた");
    check("  too   many spaces ", "too many spaces");
}
