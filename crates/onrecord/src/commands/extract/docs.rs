//! Documents as JSON Lines: read, handled on several threads, written in order.

use std::{
    io::{self, BufRead, Read, Write},
    thread,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    exit::{Exit, Failure},
    terminal,
};

/// Longest line, so that a file without line ends cannot fill the memory.
const MAX_LINE_BYTES: u64 = 64 << 20;
/// Lines go to the threads in chunks of about this size: small enough to share a small file out.
const CHUNK_BYTES: usize = 64 << 10;

/// One line; other keys are ignored.
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    /// Given back with the findings.
    pub(super) id: Value,
    /// Language tag; found out where missing or unknown.
    pub(super) lang: Option<String>,
    /// What to extract from.
    pub(super) text: String,
}

/// Lines that follow each other.
#[derive(Default)]
struct Chunk {
    lines: Vec<(u64, Vec<u8>)>,
    bytes: usize,
}

/// What became of a chunk.
struct Rendered {
    output: Vec<u8>,
    mistakes: Vec<(u64, String)>,
}

type Job = (Chunk, Sender<Rendered>);

/// Writes what `render` makes of each line to `output`, in order; the number of bad lines.
///
/// A bad line is told of with its number, and the rest goes on.
///
/// # Errors
/// Where the input cannot be read or the output cannot be written.
pub(super) fn run(
    name: &str,
    input: impl BufRead + Send,
    threads: usize,
    render: &(impl Fn(&Document) -> Vec<u8> + Sync),
    output: &mut impl Write,
) -> Result<u64, Failure> {
    // A job waits for a thread in one queue and for the writer in another, which keeps the order.
    let (job_tx, job_rx) = bounded::<Job>(threads);
    let (order_tx, order_rx) = bounded::<Receiver<Rendered>>(threads * 2);
    thread::scope(|scope| {
        let reader = scope.spawn(move || read_chunks(input, &job_tx, &order_tx));
        for _ in 0..threads {
            let jobs = job_rx.clone();
            scope.spawn(move || {
                for (chunk, done) in jobs {
                    // Where the writer has ended early, nobody waits for the result.
                    done.send(render_chunk(&chunk, render)).ok();
                }
            });
        }
        drop(job_rx);
        let bad_lines = write_in_order(name, order_rx, output)?;
        match reader.join() {
            Ok(Ok(())) => Ok(bad_lines),
            Ok(Err(error)) => Err(Failure::plain(
                Exit::Input,
                format_args!("input cannot be read: {name}: {error}"),
                "name a file of JSON Lines, or give it on standard input",
            )),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Ends at the end of the input, or early where the writer is gone.
fn read_chunks(
    mut input: impl BufRead,
    jobs: &Sender<Job>,
    order: &Sender<Receiver<Rendered>>,
) -> io::Result<()> {
    let mut number = 0;
    loop {
        let mut chunk = Chunk::default();
        while chunk.bytes < CHUNK_BYTES {
            let mut line = Vec::new();
            if input
                .by_ref()
                .take(MAX_LINE_BYTES)
                .read_until(b'\n', &mut line)?
                == 0
            {
                break;
            }
            number += 1;
            if line.len() as u64 == MAX_LINE_BYTES {
                input.skip_until(b'\n')?;
            }
            chunk.bytes += line.len();
            chunk.lines.push((number, line));
        }
        if chunk.lines.is_empty() {
            return Ok(());
        }
        let (done_tx, done_rx) = bounded(1);
        if order.send(done_rx).is_err() || jobs.send((chunk, done_tx)).is_err() {
            return Ok(());
        }
    }
}

fn render_chunk(chunk: &Chunk, render: &impl Fn(&Document) -> Vec<u8>) -> Rendered {
    let mut output = Vec::with_capacity(chunk.bytes);
    let mut mistakes = Vec::new();
    for (number, line) in &chunk.lines {
        if line.trim_ascii().is_empty() {
            continue;
        }
        if line.len() as u64 == MAX_LINE_BYTES {
            mistakes.push((*number, "the line is longer than 64 MiB".to_owned()));
            continue;
        }
        match serde_json::from_slice(line) {
            Ok(document) => output.append(&mut render(&document)),
            Err(error) => mistakes.push((*number, error.to_string())),
        }
    }
    Rendered { output, mistakes }
}

fn write_in_order(
    name: &str,
    order: Receiver<Receiver<Rendered>>,
    output: &mut impl Write,
) -> io::Result<u64> {
    let mut bad_lines = 0;
    for done in order {
        let Ok(rendered) = done.recv() else {
            // The thread has panicked; the scope passes that on.
            break;
        };
        for (number, mistake) in rendered.mistakes {
            bad_lines += 1;
            terminal::tell(format_args!("error: {name}, line {number}: {mistake}"));
        }
        output.write_all(&rendered.output)?;
    }
    Ok(bad_lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_and_a_bad_line_does_not_end_the_rest() {
        let mut lines: Vec<String> = (0..3000).map(line).collect();
        lines.insert(7, "{\"id\": 7}".into());
        lines.insert(8, String::new());
        let mut output = Vec::new();
        let render = |document: &Document| format!("{}\n", document.id).into_bytes();
        let input = lines.join("\n");
        let Ok(bad_lines) = run("test", input.as_bytes(), 4, &render, &mut output) else {
            panic!("the input is readable");
        };
        let ids: Vec<String> = (0..3000).map(|number| number.to_string()).collect();
        assert_eq!(bad_lines, 1);
        assert_eq!(String::from_utf8(output).unwrap(), ids.join("\n") + "\n");
    }

    fn line(number: usize) -> String {
        let text = "word ".repeat(number % 40);
        format!("{{\"id\":{number},\"text\":\"{text}\",\"more\":1}}")
    }
}
