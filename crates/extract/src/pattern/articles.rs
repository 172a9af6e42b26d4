//! Whole articles, of people and places that do not exist: speakers over several paragraphs.

use model::QuoteKind;

use super::quotes;

/// Expects rows of kind, speaker's name and content.
#[track_caller]
fn check(language: &str, paragraphs: &[&str], expected: &[&str]) {
    let text = paragraphs.join("\n\n");
    let language = language.parse().unwrap();
    let found: Vec<String> = quotes(&text, &language)
        .iter()
        .map(|quote| {
            let kind = match quote.kind {
                QuoteKind::Direct => "direct",
                QuoteKind::Mixed | QuoteKind::Indirect => "indirect",
            };
            let name = quote.speaker.as_ref().map_or("-", |speaker| &speaker.name);
            let content = quote.content.iter().filter_map(|span| span.text(&text));
            format!(
                "{kind} | {name} | {}",
                content.collect::<Vec<_>>().join(" … ")
            )
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn khmer_speakers_are_carried_over_paragraphs() {
    check(
        "km",
        &[
            "អភិបាលខេត្តសែលីន សន្យាសង់ស្ពានឡើងវិញ",
            "លោក សៅ វណ្ណា អភិបាលខេត្តសែលីន មានប្រសាសន៍ប្រាប់អ្នកសារព័ត៌មាន កាលពីថ្ងៃចន្ទថា ស្ពានដែលបាក់ដោយសារទឹកជំនន់ នឹងត្រូវសាងសង់ឡើងវិញ មុនរដូវវស្សាក្រោយ។",
            "លោកបានបន្ថែមថា៖ «យើងនឹងមិនយកលុយពីអ្នកភូមិទេ។ គាត់បានបង់គ្រប់គ្រាន់ហើយ»។",
            "ស្ថានភាពនៅតាមដងទន្លេវ៉ែលនៅតែលំបាក។ អ្នកស្រី កែវ ម៉ារ៉ា ដែលជាម្ចាស់ហាងបាយ បានរត់ចេញពីផ្ទះកាលពីយប់ថ្ងៃអាទិត្យ។",
            "អ្នកស្រីបាននិយាយថា៖ «ទឹកឡើងលឿនណាស់ ខ្ញុំយកបានតែកូន»។",
            "ក្រុមអ្នកជំនាញមកពីពិភពលោកនឹងមកដល់នៅសប្ដាហ៍ក្រោយ។",
            "លោក សៅ វណ្ណា បន្ថែមថា៖",
            "«ខ្ញុំសុំឲ្យបងប្អូនអត់ធ្មត់។ ជំនួយកំពុងមកដល់»។",
            "«យើងមិនទុកអ្នកណាម្នាក់ចោលទេ»។",
        ],
        &[
            "indirect | សៅ វណ្ណា | ស្ពានដែលបាក់ដោយសារទឹកជំនន់ នឹងត្រូវសាងសង់ឡើងវិញ មុនរដូវវស្សាក្រោយ",
            "direct | សៅ វណ្ណា | យើងនឹងមិនយកលុយពីអ្នកភូមិទេ។ គាត់បានបង់គ្រប់គ្រាន់ហើយ",
            "direct | កែវ ម៉ារ៉ា | ទឹកឡើងលឿនណាស់ ខ្ញុំយកបានតែកូន",
            "direct | សៅ វណ្ណា | ខ្ញុំសុំឲ្យបងប្អូនអត់ធ្មត់។ ជំនួយកំពុងមកដល់",
            "direct | សៅ វណ្ណា | យើងមិនទុកអ្នកណាម្នាក់ចោលទេ",
        ],
    );
}

#[test]
fn khmer_speech_is_given_back_to_its_speaker_behind_it() {
    check(
        "km",
        &[
            "មន្ត្រីបដិសេធការចោទប្រកាន់",
            "អ្នកនាំពាក្យរដ្ឋាភិបាល លោក ឡុង ពិសិដ្ឋ បានច្រានចោលការចោទប្រកាន់របស់គណបក្សកំពង់ផែ។ លោកថ្លែងថា ការបោះឆ្នោតនឹងប្រព្រឹត្តទៅតាមច្បាប់។",
            "“គ្មានអ្នកណាអាចបង្ខំយើងបានទេ គ្មានអ្នកណាទាំងអស់”។ នេះជាការលើកឡើងរបស់លោក ឡុង ពិសិដ្ឋ។",
            "យ៉ាងណាក៏ដោយ ប្រធានគណបក្សកំពង់ផែ លោកស្រី អេដា មរ៉ូ ឲ្យដឹងថា “គេបានបិទទ្វារការិយាល័យរបស់យើងតាំងពីព្រឹកម៉្លេះ”។ លោកស្រីបន្តថា គណបក្សនឹងប្ដឹងទៅតុលាការ។",
            "លោក ឡុង ពិសិដ្ឋ៖ «សូមប្ដឹងមកចុះ យើងត្រៀមខ្លួនរួចហើយ»។",
            "ប៉ុន្តែ លោកថា តុលាការមានការងារច្រើនណាស់ហើយ។",
        ],
        &[
            "indirect | ឡុង ពិសិដ្ឋ | ការបោះឆ្នោតនឹងប្រព្រឹត្តទៅតាមច្បាប់",
            "direct | ឡុង ពិសិដ្ឋ | គ្មានអ្នកណាអាចបង្ខំយើងបានទេ គ្មានអ្នកណាទាំងអស់",
            "direct | អេដា មរ៉ូ | គេបានបិទទ្វារការិយាល័យរបស់យើងតាំងពីព្រឹកម៉្លេះ",
            "indirect | អេដា មរ៉ូ | គណបក្សនឹងប្ដឹងទៅតុលាការ",
            "direct | ឡុង ពិសិដ្ឋ | សូមប្ដឹងមកចុះ យើងត្រៀមខ្លួនរួចហើយ",
            "indirect | ឡុង ពិសិដ្ឋ | តុលាការមានការងារច្រើនណាស់ហើយ",
        ],
    );
}

#[test]
fn a_thai_pronoun_means_the_person_named_last() {
    check(
        "th",
        &[
            "นายสมชัย ใจกล้า ผู้ว่าราชการจังหวัดเซลิน เดินทางไปดูสะพานที่พังเมื่อวันจันทร์",
            "เขากล่าวว่า \"เราจะสร้างสะพานใหม่ก่อนฤดูฝน และจะไม่เก็บเงินจากชาวบ้าน\"",
            "นางสาวมารา เวนน์ กล่าวว่า \"ราคาข้าวสูงกว่าปีที่แล้ว เราไม่มีเงินเหลือแล้ว\"",
        ],
        &[
            "direct | สมชัย ใจกล้า | เราจะสร้างสะพานใหม่ก่อนฤดูฝน และจะไม่เก็บเงินจากชาวบ้าน",
            "direct | มารา เวนน์ | ราคาข้าวสูงกว่าปีที่แล้ว เราไม่มีเงินเหลือแล้ว",
        ],
    );
}

#[test]
fn a_german_pronoun_means_the_person_named_last() {
    check(
        "de",
        &[
            "Brücke über die Veld wird neu gebaut",
            "Ministerpräsident Tomas Reyl besuchte am Montag die Baustelle. Er sagte: „Die Brücke wird vor dem Winter fertig sein.“",
            "„Wir werden die Dörfer nicht um Geld bitten“, fügte er hinzu. „Sie haben genug gezahlt.“",
            "Parteichefin Ada Morrow war nicht eingeladen. Sie sagte: „Das ist ein Durcheinander, das niemand versteht.“",
        ],
        &[
            "direct | Tomas Reyl | Die Brücke wird vor dem Winter fertig sein.",
            "direct | Tomas Reyl | Wir werden die Dörfer nicht um Geld bitten",
            "direct | Tomas Reyl | Sie haben genug gezahlt.",
            "direct | Ada Morrow | Das ist ein Durcheinander, das niemand versteht.",
        ],
    );
}

#[test]
fn a_language_without_a_pack_is_never_silent() {
    for (language, text, expected) in [
        (
            "sw",
            "Waziri alizungumza. “Daraja litajengwa kabla ya majira ya baridi,” alisema Reyl.",
            "Daraja litajengwa kabla ya majira ya baridi,",
        ),
        (
            "pl",
            "Premier przyjechał. „Most będzie gotowy przed zimą” – powiedział Reyl.",
            "Most będzie gotowy przed zimą",
        ),
        (
            "am",
            "ጠቅላይ ሚኒስትሩ «ድልድዩ ከክረምት በፊት ዝግጁ ይሆናል ብለን እናምናለን» ብለዋል።",
            "ድልድዩ ከክረምት በፊት ዝግጁ ይሆናል ብለን እናምናለን",
        ),
    ] {
        let found = quotes(text, &language.parse().unwrap());
        assert_eq!(found.len(), 1, "{language}");
        assert_eq!(found[0].content[0].text(text), Some(expected));
        assert!(found[0].confidence < 0.5);
    }
}
