//! Speed of the extraction, by stage: `cargo bench -p extract`.

#![allow(missing_docs, reason = "criterion's macros make undocumented items")]
#![allow(
    clippy::indexing_slicing,
    reason = "positions are taken modulo the length"
)]

use std::{
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use criterion::{
    BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::{Measurement, ValueFormatter, WallTime},
};
use extract::{Extractor, Matcher};
use model::{Official, OfficialId};

#[path = "support/article.rs"]
mod article;
#[path = "support/cpu_time.rs"]
mod cpu_time;

use article::article;
use cpu_time::cpu_time;

/// Measures processor time, so that figures of a busy machine mean something.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        cpu_time()
    }

    fn end(&self, start: Duration) -> Duration {
        cpu_time().saturating_sub(start)
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// The whole of an English article, and each of its stages. `cargo run --example stages` has the
/// same in one table, and reads real articles too.
fn stages(criterion: &mut Criterion<CpuTime>) {
    let text = article();
    let language = "en".parse().expect("a language tag");
    let extractor = Extractor::new(Vec::new());
    let mut group = criterion.benchmark_group("article");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("all", |bencher| {
        bencher.iter(|| black_box(extractor.extract(black_box(&text), &language)));
    });
    let mut stages = Vec::new();
    extractor.explain_by_stage(&text, &language, &mut |stage| {
        if !stages.contains(&stage) {
            stages.push(stage);
        }
    });
    for stage in stages {
        group.bench_function(stage, |bencher| {
            bencher.iter_custom(|rounds| {
                let mut spent = Duration::ZERO;
                for _ in 0..rounds {
                    // Stages are too short for the clock of the processor.
                    let mut last = Instant::now();
                    extractor.explain_by_stage(black_box(&text), &language, &mut |ended| {
                        let now = Instant::now();
                        if ended == stage {
                            spent += now - last;
                        }
                        last = now;
                    });
                }
                spent
            });
        });
    }
    group.finish();
}

/// Each language with the examples of its pack, to be held against English per byte.
fn languages(criterion: &mut Criterion<CpuTime>) {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let mut files: Vec<_> = fs::read_dir(packs)
        .expect("the packs are in the repository")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    let extractor = Extractor::new(Vec::new());
    let mut group = criterion.benchmark_group("language");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    for file in files {
        let pack = fs::read_to_string(&file).expect("a pack is text");
        let pack: toml::Table = toml::from_str(&pack).expect("a pack is TOML");
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let text = match pack.get("example").and_then(toml::Value::as_array) {
            _ if name == "en" => article(),
            Some(examples) => paragraphs(examples),
            None => continue,
        };
        let language = name.parse().expect("a language tag");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(
            BenchmarkId::from_parameter(&name),
            &text,
            |bencher, text| {
                bencher.iter(|| black_box(extractor.extract(black_box(text), &language)));
            },
        );
    }
    group.finish();
}

/// The examples again and again, up to the length of an article.
fn paragraphs(examples: &[toml::Value]) -> String {
    let texts: Vec<&str> = examples
        .iter()
        .filter_map(|example| example.get("text")?.as_str())
        .collect();
    let once = texts.join(" ") + "\n\n";
    once.repeat(6_000 / once.len() + 1)
}

/// The matcher alone, with ten thousand officials of twenty names each: text without any of them,
/// and text that names one in every line.
fn officials(criterion: &mut Criterion<CpuTime>) {
    let officials: Vec<Official> = (0..10_000).map(official).collect();
    let matcher = Matcher::new(officials.clone());
    let language = "en".parse().expect("a language tag");
    let mut group = criterion.benchmark_group("officials");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3));
    let plain = article().repeat(20);
    let mut named = String::new();
    for official in officials.iter().step_by(20) {
        named.push_str("The minister ");
        named.push_str(&official.name);
        named.push_str(" went to the harbour, where nobody had mended the bridge over the Veld.\n");
    }
    for (name, text) in [("plain", plain), ("named", named)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(name), &text, |bencher, text| {
            bencher.iter(|| black_box(matcher.find(black_box(text), &language)));
        });
    }
    for (name, script) in SCRIPTS {
        let text = word(7, script).repeat(3) + " " + &word(11, script) + "។ " + &word(13, script);
        let text = text.repeat(100_000 / text.len());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(name), &text, |bencher, text| {
            bencher.iter(|| black_box(matcher.find(black_box(text), &language)));
        });
    }
    group.finish();
}

/// Syllables from which names of each script are made.
const SCRIPTS: [(&str, &str); 8] = [
    (
        "latin",
        "ba da ga ka la ma na pa ra sa ta va bo do go ko lo mo no po",
    ),
    (
        "cyrillic",
        "ба да га ка ла ма на па ра са та ва бо до го ко ло мо но по",
    ),
    (
        "arabic",
        "با دا كا لا ما نا را سا تا بو دو كو لو مو نو رو سو تو بي دي",
    ),
    ("khmer", "បា ដា កា លា មា ណា រ៉ា សា តា វ៉ា បូ ដូ កូ លូ មូ ណូ រូ សូ តូ វូ"),
    (
        "burmese",
        "ဗာ ဒါ ဂါ ကာ လာ မာ နာ ရာ သာ တော ဘို ဒို ဂို ကို လို မို နို ရို သို တွေ",
    ),
    (
        "thai",
        "บา ดา กา ลา มา นา รา สา ตา วา โบ โด โก โล โม โน โร โส โต โว",
    ),
    (
        "hangul",
        "바 다 가 라 마 나 사 자 차 타 보 도 고 로 모 노 소 조 초 토",
    ),
    (
        "han",
        "巴 达 加 拉 马 纳 帕 萨 塔 瓦 博 多 戈 科 洛 莫 诺 波 罗 索",
    ),
];

fn official(number: usize) -> Official {
    let alias = |place: usize| {
        let (_, script) = SCRIPTS[place % SCRIPTS.len()];
        let seed = number * 31 + place / SCRIPTS.len() * 7_919;
        capitalised(&format!(
            "{} {}",
            word(seed, script),
            word(seed / 19 + place, script)
        ))
    };
    Official {
        id: OfficialId::new(format!("official-{number}")),
        name: alias(0),
        aliases: [("und".to_owned(), (0..20).map(alias).collect())].into(),
        weak_aliases: Vec::new(),
        offices: Vec::new(),
        organisations: Vec::new(),
        country: None,
        context: Vec::new(),
        wikidata: None,
        note: None,
    }
}

fn word(seed: usize, script: &str) -> String {
    let syllables: Vec<&str> = script.split(' ').collect();
    let mut rest = seed.wrapping_mul(2_654_435_761) % 160_001;
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(syllables[rest % syllables.len()]);
        rest /= syllables.len();
    }
    word
}

fn capitalised(name: &str) -> String {
    let words = name.split(' ').map(|word| {
        let mut characters = word.chars();
        let first = characters
            .next()
            .map(|first| first.to_uppercase().to_string());
        first.unwrap_or_default() + characters.as_str()
    });
    words.collect::<Vec<_>>().join(" ")
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = stages, languages, officials
}
criterion_main!(benches);
