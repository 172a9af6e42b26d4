//! Speed of reading a large clean feed, beside feed-rs alone on the same bytes, and of a page.
//!
//! The time is that of the processor, not of the clock: what else runs on the machine costs less.

use std::{fmt::Write, fs, hint::black_box, time::Duration};

use criterion::{
    Criterion, Throughput, criterion_group, criterion_main,
    measurement::{Measurement, ValueFormatter, WallTime},
};
use fetcher::{FeedContext, extract_page, parse_feed};

/// Time that this thread has run.
struct ProcessorTime;

impl ProcessorTime {
    /// Linux only: the first number of `schedstat` is nanoseconds on a processor.
    fn now() -> Duration {
        let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let first = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
        Duration::from_nanos(first.expect("a Linux kernel with schedstat"))
    }
}

impl Measurement for ProcessorTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        Self::now()
    }

    fn end(&self, start: Duration) -> Duration {
        Self::now().saturating_sub(start)
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

/// A feed of `items` items whose texts are as long as those of news sites that publish in full.
fn feed(items: usize) -> String {
    let text =
        "&lt;p&gt;The ministry of ports said on Monday that the talks would go on, and that \
                “no decision has been taken” on the sale.&lt;/p&gt;"
            .repeat(20);
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Vell</title>",
    );
    for item in 0..items {
        write!(
            xml,
            "<item><title>Headline {item}</title><link>https://vell.example/{item}</link>\
             <guid>https://vell.example/{item}</guid><pubDate>Sat, 02 May 2026 08:00:00 GMT</pubDate>\
             <category>Ports</category><description>{text}</description></item>"
        )
        .expect("a string takes all that is written");
    }
    xml.push_str("</channel></rss>");
    xml
}

fn page() -> String {
    let paragraph = "<p>The ministry of ports said on Monday that the talks, which had lasted four \
                     hours, would go on, and that “no decision has been taken” on the sale.</p>";
    let links = "<li><a href=\"/a\">Another story</a></li>".repeat(300);
    format!(
        "<html><head><title>Talks</title></head><body><ul>{links}</ul><article>{}</article></body></html>",
        paragraph.repeat(30)
    )
}

fn feeds(criterion: &mut Criterion<ProcessorTime>) {
    let xml = feed(4000);
    let context = FeedContext {
        url: "https://vell.example/feed",
        ..FeedContext::default()
    };
    let mut group = criterion.benchmark_group("feed of 4000 items");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Bytes(xml.len() as u64));
    group.bench_function("onrecord", |bencher| {
        bencher.iter(|| parse_feed(black_box(xml.as_bytes()), &context));
    });
    group.bench_function("feed-rs alone", |bencher| {
        bencher.iter(|| feed_rs::parser::parse(black_box(xml.as_bytes())));
    });
    group.finish();
    let html = page();
    let mut group = criterion.benchmark_group("page");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3));
    group.throughput(Throughput::Bytes(html.len() as u64));
    group.bench_function("extract_page", |bencher| {
        bencher.iter(|| extract_page(black_box(html.as_bytes()), None, "https://vell.example/a"));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = feeds
}
criterion_main!(benches);
