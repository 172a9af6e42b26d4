//! Texts built to be slow, at one and at four megabytes: `cargo run --release -p extract --example
//! hostile [NAME]`.
//!
//! Prints for each the seconds of processor time a megabyte and by how much four megabytes took
//! longer than one: about four where the work is linear. The exit status is that of the findings:
//! a second a megabyte, or a ratio above five, is a failure.

#![allow(clippy::print_stdout, reason = "a command that reports to its user")]

use std::{env, fs, path::Path, process::ExitCode};

use extract::Extractor;
use fastrand::Rng;
use model::{Language, Official, OfficialId};

#[path = "../benches/support/cpu_time.rs"]
mod cpu_time;

use cpu_time::cpu_time;

const MEGABYTE: usize = 1 << 20;
/// Most seconds a megabyte may take.
const SLOWEST: f64 = 1.0;
/// Times that each text is read at either size.
const TURNS: usize = 3;
/// Most times as long that four times as much text may take.
const STEEPEST: f64 = 5.0;

fn main() -> ExitCode {
    let only = env::args().nth(1);
    let extractor = Extractor::new(officials());
    let mut is_sound = true;
    println!(
        "{:<40} {:>9} {:>9} {:>6}",
        "text", "s/MB", "4 MB s", "ratio"
    );
    for text in english().into_iter().chain(packs()) {
        if only.as_ref().is_some_and(|only| !text.name.contains(only)) {
            continue;
        }
        // Once to warm up, since models are read at the first use; a text that is quadratic beyond
        // hope shows it here.
        let _ = text.seconds(&extractor, MEGABYTE / 64);
        let little = text.seconds(&extractor, MEGABYTE / 16) * 16.0;
        if little > 8.0 * SLOWEST {
            is_sound = false;
            println!(
                "{:<40} {little:>9.3} at a sixteenth of a megabyte  SLOW",
                text.name
            );
            continue;
        }
        let one = text.seconds(&extractor, MEGABYTE);
        if one > 4.0 * SLOWEST {
            is_sound = false;
            let ratio = one / little;
            println!(
                "{:<40} {one:>9.3} {ratio:>16.1} times that of a sixteenth  SLOW",
                text.name
            );
            continue;
        }
        // In turns, and the best of each: the first also pays for the memory that the system hands
        // out, and other work slows one or the other down.
        let mut four = f64::INFINITY;
        let mut one = one;
        for _ in 0..TURNS {
            one = one.min(text.seconds(&extractor, MEGABYTE));
            four = four.min(text.seconds(&extractor, 4 * MEGABYTE));
        }
        let ratio = four / one.max(1e-3);
        // What takes a hundredth of a second is not measured well enough for a ratio.
        let is_slow = four / 4.0 > SLOWEST || ratio > STEEPEST && four > 0.1;
        is_sound &= !is_slow;
        let mark = if is_slow { "  SLOW" } else { "" };
        println!(
            "{:<40} {one:>9.3} {four:>9.3} {ratio:>6.1}{mark}",
            text.name
        );
    }
    if is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A text made of one unit again and again.
struct Hostile {
    name: String,
    language: Language,
    unit: String,
}

impl Hostile {
    fn new(name: &str, language: &str, unit: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            language: language.parse().expect("a language tag"),
            unit: unit.into(),
        }
    }

    /// The processor time that a text of about `bytes` takes.
    fn seconds(&self, extractor: &Extractor, bytes: usize) -> f64 {
        let mut text = self.unit.repeat(bytes / self.unit.len() + 1);
        text.truncate(text.floor_char_boundary(bytes));
        let start = cpu_time();
        let found = extractor.extract(&text, &self.language);
        let taken = cpu_time().saturating_sub(start);
        assert!(found.quotes.len() <= bytes);
        taken.as_secs_f64()
    }
}

/// Watched: names that the texts repeat.
fn officials() -> Vec<Official> {
    let official = |id: &str, name: &str, aliases: &[&str], weak: &[&str]| Official {
        id: OfficialId::new(id),
        name: name.to_owned(),
        aliases: [(
            "und".to_owned(),
            aliases.iter().map(|&name| name.to_owned()).collect(),
        )]
        .into(),
        weak_aliases: weak.iter().map(|&name| name.to_owned()).collect(),
        offices: Vec::new(),
        organisations: vec!["Harbour Party".to_owned()],
        country: Some("KH".to_owned()),
        context: vec!["bridge".to_owned()],
        wikidata: None,
        note: None,
    };
    vec![
        official(
            "ada-morrow",
            "Ada Morrow",
            &["អេដា មរ៉ូ", "阿达莫罗"],
            &["Morrow", "មរ៉ូ"],
        ),
        official("tomas-reyl", "Tomas Reyl", &["តូម៉ាស រ៉ែល"], &["Reyl", "May"]),
    ]
}

fn english() -> Vec<Hostile> {
    let texts = [
        (
            "no full stop",
            "the minister said that we go to the harbour and ",
        ),
        (
            "no cue",
            "the bridge over the river at the harbour is long and ",
        ),
        ("straight marks", "\" "),
        ("glued straight marks", "\""),
        ("opening marks", "“"),
        ("opening marks and words", "“We go, "),
        ("pairs", "“”"),
        ("short quotations", "\"a\" "),
        ("single marks", "‘a’ s’ "),
        ("nesting", "“‘"),
        ("brackets", "(“["),
        (
            "quotation after quotation",
            "“We go to the harbour,” he said. ",
        ),
        ("one paragraph a quotation", "“We go to the harbour.\n\n"),
        ("one endless word", "a"),
        ("endless hyphens", "a-"),
        ("endless apostrophes", "a'"),
        ("endless clitics", "'s"),
        ("endless initials", "A."),
        ("endless small initials", "a.b"),
        ("endless numbers", "1,"),
        ("endless accents", "\u{301}"),
        ("endless zero-width", "\u{200b}"),
        ("endless handles", "@a#"),
        ("endless addresses", "http://a"),
        ("spaces", " "),
        ("lines", "\n"),
        ("stops", "."),
        ("commas", ", "),
        ("one name", "Ada Morrow "),
        ("one surname", "Morrow "),
        ("one name in sentences", "Ada Morrow said. "),
        ("weak names", "May Morrow. "),
        (
            "names and titles",
            "President Ada Morrow of the Harbour Party, ",
        ),
        ("capitals", "HARBOUR PARTY "),
        ("title case", "Hun Sen Said John Smith Told "),
        ("acronyms", "The Harbour Office (HO) "),
        ("relative clauses", "Smith, who said Jones, who said "),
        ("according to", "according to "),
        ("parted cues", ", said "),
        ("refusals", "declined to comment, "),
        ("verbs behind marks", "“no,” he fretted, the man "),
        ("bare questions", "“No.”\n\nWhy not?\n\n"),
        ("found and ruled", "found in the ruled on held at "),
        ("semicolons", "found that; according to "),
        ("pronouns", "He said she said they said. "),
        (
            "stories",
            "A villager said he left. “No,” he said in a statement on Tuesday. ",
        ),
        ("Khmer as English", "ហ៊ុនសែន"),
        ("Chinese as English", "阿达莫罗说"),
    ];
    let mut hostile: Vec<Hostile> = texts
        .iter()
        .map(|(name, unit)| Hostile::new(&format!("en {name}"), "en", *unit))
        .collect();
    hostile.push(Hostile::new("en random", "en", random(0, 0x3_0000)));
    hostile.push(Hostile::new("und random", "und", random(0, 0x11_0000)));
    hostile.push(Hostile::new("und random low", "und", random(0x20, 0x3000)));
    hostile.push(Hostile::new("en different names", "en", names()));
    hostile.push(Hostile::new(
        "en introduced names",
        "en",
        "The Council of Vell Harbours (CVH) met Ada Moss. ",
    ));
    hostile.extend(passes());
    hostile.push(Hostile::new(
        "en different quotes",
        "en",
        different_quotes(),
    ));
    hostile.push(Hostile::new("km random", "km", random(0x1780, 0x17f0)));
    hostile.push(Hostile::new("my random", "my", random(0x1000, 0x10a0)));
    hostile.push(Hostile::new("my endless virama", "my", "\u{1039}"));
    hostile.push(Hostile::new("km endless coeng", "km", "ក\u{17d2}"));
    hostile.push(Hostile::new(
        "ko endless jamo",
        "ko",
        "\u{1112}\u{1161}\u{11ab}",
    ));
    hostile
}

/// Texts for the passes over names, headings, interviews and sources.
fn passes() -> impl Iterator<Item = Hostile> {
    let texts = [
        (
            "nicknames",
            "Ada “the Hammer” Moss, also known as Oren Vell, left. ",
        ),
        (
            "spelled names",
            "Kelm Council for Vell Harbours (CVH) and (CVH), ",
        ),
        (
            "headings",
            "Ada Moss Compares Harbour Talks With Vell Talks\n\nAda Moss left.\n\n",
        ),
        ("endless heading", "Ada Moss Compares Harbour Talks "),
        ("interview", "Moss: We left.\n\nKelm: They stayed.\n\n"),
        (
            "sources",
            "“No,” Moss said, according to Kelm, who said that a man who asked Moss said, ",
        ),
        ("fronted", "Asked whether Moss knew, Kelm laughed, "),
    ];
    texts
        .into_iter()
        .map(|(name, unit)| Hostile::new(&format!("en {name}"), "en", unit))
}

/// Four megabytes of characters between two code points, the same each time.
fn random(from: u32, to: u32) -> String {
    let mut chance = Rng::with_seed(7);
    let mut text = String::with_capacity(4 * MEGABYTE);
    while text.len() < 4 * MEGABYTE {
        text.extend(char::from_u32(chance.u32(from..to)));
    }
    text
}

/// Four megabytes of names that do not repeat.
fn names() -> String {
    let mut chance = Rng::with_seed(7);
    let mut text = String::with_capacity(4 * MEGABYTE);
    while text.len() < 4 * MEGABYTE {
        for part in [&word(&mut chance), " ", &word(&mut chance), " said so. "] {
            text.push_str(part);
        }
    }
    text
}

/// Four megabytes of quotations, each with a speaker of its own.
fn different_quotes() -> String {
    let mut chance = Rng::with_seed(11);
    let mut text = String::with_capacity(4 * MEGABYTE);
    while text.len() < 4 * MEGABYTE {
        let (given, family) = (word(&mut chance), word(&mut chance));
        for part in [
            "“We go to the harbour,” said minister ",
            &given,
            " ",
            &family,
            ". He added that it rains.\n\n",
        ] {
            text.push_str(part);
        }
    }
    text
}

fn word(chance: &mut Rng) -> String {
    let mut word = String::new();
    for place in 0..6 {
        word.push(if place == 0 {
            chance.uppercase()
        } else {
            chance.lowercase()
        });
    }
    word
}

/// For each pack its own examples without a stop, a line or a mark, its words without spaces, and
/// its cues alone.
fn packs() -> Vec<Hostile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the packs are in the repository")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    let mut hostile = Vec::new();
    for file in files {
        let pack = fs::read_to_string(&file).expect("a pack is text");
        let pack: toml::Table = toml::from_str(&pack).expect("a pack is TOML");
        let Some(language) = pack.get("language").and_then(toml::Value::as_str) else {
            continue;
        };
        let list = |key: &str| -> Vec<&str> {
            let values = pack.get(key).and_then(toml::Value::as_array);
            values
                .into_iter()
                .flatten()
                .filter_map(toml::Value::as_str)
                .collect()
        };
        let examples = pack.get("example").and_then(toml::Value::as_array);
        let text: String = examples
            .into_iter()
            .flatten()
            .filter_map(|example| example.get("text")?.as_str())
            .collect();
        if text.is_empty() {
            continue;
        }
        let endless = text.replace(
            ['.', '。', '។', '။', '।', '།', '۔', '!', '?', '؟', '\n'],
            " ",
        );
        let unspaced: String = text
            .chars()
            .filter(|c| c.is_alphabetic() || is_mark(*c))
            .collect();
        let opened = text.replace(['”', '»', '」', '"', '“', '„'], "«");
        let mut add = |kind: &str, unit: String| {
            if !unit.is_empty() {
                hostile.push(Hostile::new(&format!("{language} {kind}"), language, unit));
            }
        };
        add("no stop", endless.clone() + " ");
        add("no space", unspaced);
        add("opened", opened + " ");
        add("plain", text + "\n\n");
        add("cues", list("cues").join(" ") + " ");
        add("titles", list("titles_before").join(" ") + " ");
        add("honorifics", list("honorifics").concat());
        add("pronouns", list("pronouns").concat());
        add(
            "words",
            [
                list("complementizers"),
                list("quotatives"),
                list("subject_markers"),
            ]
            .concat()
            .concat(),
        );
    }
    hostile
}

/// Vowel signs and other marks that hang on letters.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{10ff}' | '\u{1780}'..='\u{17ff}')
        && !c.is_ascii()
}
