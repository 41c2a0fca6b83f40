//! The built-in second encoder computes what the transformers library computes of the same weights in floats.

use half::f16;
use mondo::encoder::{Embedding, Encoder, EncoderSettings, ModelFolder, TextRole};

/// Texts with their vectors, half floats in hexadecimal: `TransformerModel.encode` of `models/train/transformer_folder.py`.
const KNOWN: [(TextRole, &str, &str); 5] = [
    (
        TextRole::Query,
        "My parcel has not arrived yet.",
        "f51cc89e758cd4ad0b2e77ac5da23428982b05283c1f2626f12a19a542acf129e32b36aa1fa83badc624e228fba76b266928b52c6d9d462a4d2a1dae7cabc3a1e02980aafb2bae2401a84fa85b2e57ab9d241d26c42ad32d2629232810a8432585abf2a5b18c9a2845a17c2be425c5ac8ea869ab2fac2023502956a373257129112dc42c0922192dddaaa8a71baa94296e21baa79b89a4a63827dfa8a6280ea794a95ca612a88e265dac092c53279da96e2aa1a3782a322d588d5fac01ae29abe5ab001e8a2da5a68228cea46a29ffa985a61e292a2690acb5298ba596aa302ab529832d72ab84a6e52829abd02782a97d242ba66badfba8bea83129ac2cbc299b265ba09d29202271276d25eb297f2981a93ea6839056a5b9ab292df2ac52253f2aed1ff82c7e9fdb2e17a82228d0aa082cc227f02559a86cae40a93326f52d51ad93ae4dadaaa4bca9df24b520392b99a507268aa9732a40ad2d2abd1fe02d38a90b29552ba029efa623a9c1ac74ad2b9711acfaa52729901da9219aa6382a5ba616a9b0ac26212facba290e2d2429092792a437281f2c83210027b4aa0d2beda5d12c392c04aa0fab992e9ead39165f22732dd9a6f52bff2c23a38d28e5ad6facdb223225c9ac5dab092c82aafdabd4a859af0fa84dac229a2b2c512c03aa7b9f359ff72b17aa6228e19cd6ae9b2835a64124842c79ac86ab23aba5a8fc297e28112c96aad92a1d9c96944e303e18472b632213ac87a9a6ad83aa8bab0c2ea8283da9dbac05ad2fa80f2cf6ab9b98642d19204524f42be22b23a87e21262504ab40a836a1b8aa0a26afae272b7228f9a2b72deda8622c0baca2abff2a3a2ceaad172059226c261627612bc32a112e65ac22a938286c2a08a3329c52a77daa7da892aab6a377aa3e2cf62551aa4daccf27f6a9ea28cea6969db22c52a5c1a8b4a9b32921a79da9b626962a37a8622be9aae2acc22be5a411a9f82514262caea5999c2bc9a20d2f01a77eac502191246aab18a4b12a6b24e8299429f011af23ae2a3fa8f029b12502a88ea8ecacebaccbadab2196acb9a9d6298c2bc0a9242b",
    ),
    (
        TextRole::Query,
        "怎么把手机号换成新的？",
        "4b2defa8d6a23ba54f2dcba8d2a8c22401231ca79227b2247d2de4a513add929592deba50ea4bfaa7a28d828c8ad7628b02c9722beaa552ca82bafa807a86ba82e2ce3aa1d2ad5249aabcaa1432c6eaab7aacc261529142d9424f7244ca8b82c21a983a4e3a71f2ad22a6b2abd15e3aa08aadfab68aee82d61297f1c97252727b82df324ca2cb729f9a9ad2029a8892e5a27cdaa2527769aa823d2acf824d4a7edadb5a965aa9b2988ac78252c2c8aa96c2ac21d2924a42bc9a773ac2bac89a824a0b92ca8280fa9282c0ca86e19cbb03aa5ec2d492be194cd2734a987a93b29b12b6022bead32a61c25d4ac7d2925ab072ae89838a666a534aa0eaa2b2ec6244aabd02453229b2a9525b32a6c289b2bc5a4ab0e21a80ea7a894032c57a94d2c8325112bd2280fa83c2bc0ac0f2a8a9d732ee42b122997aaefabb2294b24b42baea93ea801ab3daab7ac19adb92ccc2c9baaa8ace2a9ab2497995d2046298f29c326d91d472b212cbba9c99aacad89a785aaea9eedabec28e522ada983a75729aeaabbac60a8c31d4ba89f294e28912b06aad8ab13a87c28c1287324b7a9b220d7a68924682517ac11ab982c3aaa0ea85728782447a7bc25d32b439ad9298ab0a7aa9d29ed298fa99daa542c70ac501dfeac6facb8abfaaeb029c42ab92e69aa2fa35ea9902678aee92c3aa711aa162393a46d26c22549aa71a964a88c172a27382c942a05aba91df425ee1e4230b32c452d5da32cae719c4ba8b7a2ccaa5f2af82b32ad8daa4aaac329d22da1a458a8f527022c03a42d2c702c88a8fea2622a86220da1ada9f8aa2f27119ec425a526f520002cc5ac9d2758a6b2a37e940d9aceadcf2cc81ef41f0d27082ce22b432b90a451a7e19e5d2c859c5622d7abb1a977ad799d7ea48aab182c7728e5ac60aacb2e4f2a84ab93abe5ac9a2b90a35ba99aa9152b30aa5fad4a26102638a86d2c59a812ab7c2a77a94cac0b25be240aad66204629aead1b2cc7ac54ab152c7e2837acb7abaa2b5e2c0b2827279f1de224ce29beac6f294f29c0aa45a625a7d3aac0acbd297ba805a9432c4d2c610d8628",
    ),
    (
        TextRole::Query,
        "ログインできません",
        "5c297ea5cfa8e4a8722c46ade522b92c3227c01a1628ab2ae52a1ea644a7d327372d94a884a9e8ac9327a229e0ac22293a2c9d2d2d9b252c272b05ae3aaed9a9d429b5ac0c2cc42c6aa849aa3e2c83abc2aaf02ae72896309928f029e4a9ef2a7da813a486a4b927bf1f5f2c382c54ac99aaa5ab95ae542cb12bb2a9ab24f5288c2b3c2a8526582b44aa90aac3a53c27e02382a84c1e4921be0e9fa0332825a981ab35a7b7abd823950a972d6b2bc6a8a41d2a81c726522ac6aac6aaa5a5c0a991a52d2c2b261ba8c02b37adaf2c3daf3ba9cb2a042c9caaa928bfac02adfe297f2c4f283eab3da7249e68a8a92b4eac3a2cf8a991ab97aba0a907a3aa22fe2701a0c9242c298a1b279db1299328882ba9ad411f22a848aac2a62328bea95b2d07295a29bd2f8e19c12dc0ac992d36aa4e2e7226402709a6a4a84aa08924182a3ba66dac8bacbeaae6a969a74229dc2c87aae7a902a91f2c3fac6f2aa423d22b2aa9ad2c942dc328b4a4eba6f5ac80adf3a8cbad84ac8e213c2854a522a95e2593a83eae331fe20850a95829622b7528b8a6eea6b027222baa2794171fab1f9dd4a7dc245f2934a9bcab592c3fab57a8122ad92887a8212c092a96a8611f5bae3fac3f2acd2901ac9da9852aada970ac97a828ac90a8eead2021942ade2b40a89faa121a6f26afac5828a5a5dea9072019183827a12b37ac4fa65ba755a93f2cf42bdf2b25abdb251d266aa76d2c2c278128db2281aeffa549ab5ba9bea8c31f3a2b99a9dba506ac93a85d2e32aa1ba8812cae29132a7f29592d3eaa30aafe285ca95fa3659e7aa628a194ade12c7924f9257126eca5b32c39a2b3a9f529b02be3aba31d8b26cd29112985265f29442a9c9fe5ac3aa2122e6d8e722798ab1cac49abd7a8da9c02acbd25262cb7ab0fad23228a266b2340aae69f2e2ae1ab52a9c6a46e2d70a969a6b4217625d9ab032241aa7aad1a2efca1caadd229aa2b22aa08289225629c1d2cb0ac68a92926e42af7acb5a9591d9f280d23182b63a4ea18df26cdacf22a462affa887a7eda8daa948aec626d5a582aafa2eb22cf2988f2a",
    ),
    (
        TextRole::Query,
        "환불은 언제 되나요?",
        "c32d4fa937aae4a92626d2a83225b024ce2fca24a82b5b9e802ab1a22daaf8265a2b0ea56423b4aa329fd6247dacc7297829582767aa6e28e12a5eacd5ac15ac60a208ab942ab22c77a621a9ad2a3faab4a8de2bd7250f2bbe2d3d2ca9a9a02d8ba8ea136da68b2a542bce2cd224f9ab62952dadf9aba029112d8529a524ac25f728912c5725bd29a2a874aa52a963261f273ea7781e0e1e5028d1ad26a05baa37ac55a858aa9124a1adb52c3c2ad4a9c92d8d9a5a2f372f43aba3ace71f4da7faa40724b22c21a67a2ccaab4b271fa8fdaa4d25832912aa772f5aab0aaaf92ac62b212b0ab00ca4a4a4f7adaa1d48aac52c7ba717ade2a887a9629b922ae9255f20b7233b2408a87720c52de12cdc278ba8892a6babb8a469a7da202c9df228af25142b702d16a5532e9dabe02b62a7f72e1528aaa224a963a835ab0a29c92ac9a93fac94ad6dac91a8beaac02a942b53adc2a5c7a5002789ac042a1c29aa2607acb421c82c422758ac41a8dca9e4ae56ad0faa89ab6829bb25c8ac26a6a22478a863a77a97b219b9ad402a542de61c7b1fa6a8c829132a7f282b224fa5ec2b45acae29942a9aa40aad122deca542aa3226f92abdaa5b2c2b2ad5a036208aadc4ab7c27c6243eac82a8572671aafaa8eaa321abef1e25adf29b222e34292aaca0ab7f9d0f2d16aaf19faca4ffa88f1e50a17ca1232a5eae31aadbadd3a8d42c0819982e5fac8f21e825a224cd2d9f20ba2932a7b5a41525cfad97a00bab3b29c22ae2acd1ace6183d245c2dc3a4bfa5b5298529c228482d7525e8a56eaaa92cdbab0dae512706a0c82d339f58280b2819983a2b28aa2f2443a9f9aa0d18b22675ae1326ef266225afa286287629541d7fa99babd625452c69ab2c2dc8a45aa87bacada5839d86ad0b2a8d1f02ac22a67b26221c21a71aacbfa8702c43a7a1a8531ef62a0a9cfaa60a263a25e0a5e3285bade1a9542a15aa06af102b289fe6addda1af26dfa893253ca86da008293b29fc9fdda93a28c628ac2b2b2419a5162575280aac40288f2b2baa111b03a301a061aeff2abfa8359d662d7c2eb2236627",
    ),
    (
        TextRole::Passage,
        "You can move your booking up to two days before it starts. Open your bookings, choose the date and press Move; what you paid is carried over. Later than that, only a person at the desk can help, and there is a fee of 5 EUR.",
        "e4967daa2ba8c6abd92d59a957a645285d2ede9d6f24ad25e32962a667a19c2ab62a12aa04a89aab5a24b2a892a9001eaf2ab22c5aa88b28472ae1af8cac10acb628b1acdb26d1224aa7cbaad32baeafc5a89e2ad6296528b52acc2805aa7c2871a6e1a1d1a76f294b28b92acf1a8bacd6ace0ae66aaee25c22cdba5b92203a1ce2aba2c122c49285caaf81ddeac2a2c231f84a9aca59d25ea21b7ac6ca4c0ad11ad0aa802a44c2266a8ab2b6b2ae8abf3297819842dbb2c3ca7baaa75aa40ad65a4df27452bb8a10c2c77a79f22cdad7ba9b32490281ca9a52993ac1baeb028f22c442a47aca2a7f7a49eada22856a24a28d6aa57a9dba786aae29eb528852870a5cfa61926dc27072c5128892b742c2ba8be223fa25e9c189ad92ad021172c102a362dfb2c19a646309aad1f2dc3a9f425972b678d75ab63aeb9a95d24a427e7a0e6a448ac44a100ad9ea3852a662a69a64bac4ba82d2737ac0f2453a46e2b8fa7e72a2529192ceb9e9da5efa824adeeaaaea206a7ec213229fca8ac99342b63a42caa4aa81e1d62ab402b5a2c5f2b6aa68ca7bb2a602a09a2481032a6c12bd2aa8727662c82a862ac162b0a29eb943123352cbcaaf927632c2ba7f52b4bae69aeae29b72899ae72276727119e6ba437abd9ad2d1e88ac2ea66c2c232cd9aaf2aae1a2ac28e0a6192cb7a50baab1256d24aca25727f4a93caca3a373a81e2e112a252e76aca22a6c9b90a8c52e4225bb226c29fcace8a343a951ac15aa919f742ad6aa9eaea5ac6a21bd2838a6a2a7532aa527c0247d2d442d139cd118d8287bac74a236a5f6a7a62e10a6472de4289e28c32d45ac55278aa843a8b126dc289eade428a8254e274627492b462b352ceaa8a7ab72257e2db7a42d2bcfaaa0acf1aa15acae9de9a88127ba2b48ad7cabfc28bea88426eea390a8472c67a5e1209699672c3dac60aab1263f9f3118cf2515ab31ac3829009fc4a5512b032e7cac4a296d2269a0052c95aa27aca629872899aca7a326284829142d402d94a9ac14a5298aa90229292ce0ac3aa676a5baaef4aa992b11a166aa1928a72da3a8a22d",
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
