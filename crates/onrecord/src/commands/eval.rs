//! `onrecord eval`: how good the extraction is, on labelled text that lies outside the repository.

mod gold;
mod measure;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use extract::Extractor;
use serde_json::Value;

use crate::{
    exit::{Exit, Failure},
    terminal, watchlist,
};

use self::measure::{MEASURES, Measure, Run, Set};

/// Score the extraction on labelled text, with the scorers that come with it.
///
/// Needs the evaluation data and `python3`; what is absent is said to be, and the rest goes on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord eval
  onrecord eval --data ~/eval-data --labels training/labels/voa-english.jsonl")]
pub(crate) struct Args {
    /// Folder that holds `eval/` and `data/`
    #[arg(
        long,
        value_name = "FOLDER",
        env = "ONRECORD_EVAL_DATA",
        default_value = "../shared"
    )]
    data: PathBuf,
    /// Labels of regional news, spans only
    #[arg(
        long,
        value_name = "FILE",
        default_value = "training/labels/voa-english.jsonl"
    )]
    labels: PathBuf,
    /// Labels of regional news that was labelled before our findings in it were seen
    #[arg(
        long,
        value_name = "FILE",
        default_value = "training/labels/voa-english-untuned.jsonl"
    )]
    untuned_labels: PathBuf,
    /// Quotes in two long reports of regional news
    #[arg(
        long,
        value_name = "FILE",
        default_value = "training/untaught/voa-english-quotes.jsonl"
    )]
    report_labels: PathBuf,
    /// Names in regional news that no model was taught
    #[arg(
        long,
        value_name = "FILE",
        default_value = "training/untaught/voa-english-short.jsonl"
    )]
    untaught_labels: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let extractor = Extractor::new(Vec::new());
    let memory = peak_memory_mb(&extractor);
    let folder = std::env::temp_dir().join(format!("onrecord-eval-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| no_folder(&folder, &error))?;
    let mut output = terminal::output();
    let mut table = terminal::table(["measure", "best peer", "reach", "aim", "today"]);
    let mut absent = Vec::new();
    let mut speed = None;
    for set in Set::ALL {
        let watching = match set {
            Set::Officials => watching(args),
            Set::PolNeAR
            | Set::Regional
            | Set::Untuned
            | Set::Reports
            | Set::Untaught
            | Set::Entities
            | Set::Languages => Ok(None),
        };
        let scores = watching.and_then(|watching| {
            score_set(args, set, watching.as_ref().unwrap_or(&extractor), &folder)
        });
        let scores = match scores {
            Ok((scores, seen)) => {
                if set == Set::PolNeAR {
                    speed = Some(seen);
                }
                Some(scores)
            }
            Err(reason) => {
                absent.push(format!("{}: {reason}", set.name()));
                None
            }
        };
        for measure in MEASURES.iter().filter(|measure| measure.set == set) {
            let today = scores.as_ref().and_then(|scores| measure.read(scores));
            add_row(&mut table, measure, today.as_deref().unwrap_or("absent"));
        }
    }
    let speed = speed.map_or("absent".to_owned(), |speed| format!("{speed:.0}"));
    table.add_row([
        "articles of 600 words per second, one thread",
        "10",
        "400",
        "1,500",
        &speed,
    ]);
    let memory = memory.map_or("unknown".to_owned(), |memory| format!("{memory} MB"));
    table.add_row([
        "peak memory, model loaded",
        "205 MB",
        "60 MB",
        "30 MB",
        &memory,
    ]);
    writeln!(output, "{table}")?;
    for line in &absent {
        writeln!(output, "absent  {line}")?;
    }
    let elsewhere = args.data.join("eval");
    writeln!(
        output,
        "feeds and pages have scorers of their own: {0}/feeds/README.md, {0}/articles/README.md",
        elsewhere.display()
    )?;
    output.flush()?;
    let _gone = std::fs::remove_dir_all(&folder);
    Ok(if absent.is_empty() {
        Exit::Success
    } else {
        Exit::Input
    })
}

/// An extractor that looks for the officials of the evaluation data.
fn watching(args: &Args) -> Result<Option<Extractor>, String> {
    let path = args.data.join("eval/multilingual/officials.toml");
    let officials =
        watchlist::read(&path).map_err(|_failure| format!("{} cannot be read", path.display()))?;
    Ok(Some(Extractor::new(officials)))
}

fn no_folder(folder: &Path, error: &std::io::Error) -> Failure {
    Failure::plain(
        Exit::Failed,
        format!("{} cannot be made: {error}", folder.display()),
        "TMPDIR names another folder for passing files",
    )
}

fn add_row(table: &mut comfy_table::Table, measure: &Measure, today: &str) {
    table.add_row([
        measure.name,
        measure.peer,
        measure.reach,
        measure.aim,
        today,
    ]);
}

/// The scorer's figures for a set, and the articles of 600 words a second while it was read.
fn score_set(
    args: &Args,
    set: Set,
    extractor: &Extractor,
    folder: &Path,
) -> Result<(Vec<Value>, f64), String> {
    let gold = gold::lines(args, set)?;
    let gold_file = folder.join("gold.jsonl");
    let found_file = folder.join("found.jsonl");
    let mut found = Vec::new();
    let mut words = 0_u32;
    let started = Instant::now();
    for line in &gold {
        let document: gold::Document = serde_json::from_str(line)
            .map_err(|error| format!("a line is no document: {error}"))?;
        words += u32::try_from(document.text.split_whitespace().count()).unwrap_or(0);
        found.extend(super::extract::findings_line(
            &document.id,
            &document.text,
            document.lang.as_deref(),
            extractor,
        ));
    }
    let seconds = started.elapsed().as_secs_f64().max(0.001);
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    write(&gold_file, (gold.join("\n") + "\n").as_bytes())?;
    write(&found_file, &found)?;
    let scores: Result<Vec<Value>, String> = set
        .runs(&args.data)
        .iter()
        .map(|run| run_scorer(run, &gold_file, &found_file))
        .collect();
    Ok((scores?, f64::from(words) / 600.0 / seconds))
}

fn run_scorer(run: &Run, gold: &Path, found: &Path) -> Result<Value, String> {
    let Run {
        script,
        task,
        flags,
    } = run;
    if !script.exists() {
        return Err(format!("{} is not there", script.display()));
    }
    let ended = Command::new("python3")
        .arg(script)
        .args(task)
        .args([gold, found])
        .args(flags)
        .arg("--json")
        .output()
        .map_err(|error| format!("python3 does not start: {error}"))?;
    if !ended.status.success() {
        let told = String::from_utf8_lossy(&ended.stderr);
        return Err(told
            .lines()
            .last()
            .unwrap_or("the scorer failed")
            .to_owned());
    }
    serde_json::from_slice(&ended.stdout).map_err(|error| format!("no figures: {error}"))
}

/// The most memory that this process held once the models had read an article, where the system
/// tells.
fn peak_memory_mb(extractor: &Extractor) -> Option<u64> {
    let language = model::Language::undetermined();
    let _warm = extractor.extract("The minister said on Monday that he would stay.", &language);
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}
