//! Speed of the extraction, by stage: `cargo bench -p extract`.

#![allow(missing_docs, reason = "criterion's macros make undocumented items")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use extract::{Document, Extractor};

/// Ten paragraphs of the kind that news is made of, about 600 words in all.
fn article() -> String {
    let paragraph = "Prime Minister Tomas Reyl said on Monday that the bridge over the Veld would \
        be rebuilt before winter, and that nobody would have to pay for it. “We will not ask the \
        villages for money,” he told reporters in Veldra. “They have paid enough.” Ada Morrow, who \
        leads the Harbour Party, said the plan was “a mess,” adding that the council had not been \
        asked. The storm broke forty masts in March, according to the Harbour Office.\n\n";
    paragraph.repeat(9)
}

fn stages(criterion: &mut Criterion) {
    let text = article();
    let language = "en".parse().expect("a language tag");
    let extractor = Extractor::new(Vec::new());
    let mut group = criterion.benchmark_group("article");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("document", |bencher| {
        bencher.iter(|| black_box(Document::new(black_box(&text))));
    });
    group.bench_function("all", |bencher| {
        bencher.iter(|| black_box(extractor.extract(black_box(&text), &language)));
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
