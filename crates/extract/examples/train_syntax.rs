//! Trains the grammar of English: `train_syntax TREES_DIR MODEL [--hold-out]`.
//!
//! With `--hold-out` every eighth document is kept back and measured; without, all are used.

#![allow(clippy::print_stderr, reason = "a command that reports to its user")]

use std::{env, error::Error, fs, path::PathBuf};

use extract::syntax::train::{Recipe, measure, read_trees, train};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [trees, model, options @ ..] = arguments.as_slice() else {
        return Err("usage: train_syntax TREES_DIR MODEL [--hold-out]".into());
    };
    let mut files: Vec<PathBuf> = fs::read_dir(trees)
        .map_err(|error| format!("no treebank at {trees}: {error}"))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "conllu"))
        .collect();
    files.sort();
    let number = |name: &str, default: u32| {
        env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let recipe = Recipe {
        epochs: number("EPOCHS", 15) as usize,
        tagger_bits: number("TAGGER_BITS", 16),
        label_bits: number("LABEL_BITS", 16),
        own_moves: number("OWN_MOVES", 90) as usize,
        least: f32::from(u16::try_from(number("LEAST", 250))?) / 100.0,
    };
    let holds_out = options.iter().any(|option| option == "--hold-out");
    let (mut learnt, mut held) = (Vec::new(), Vec::new());
    for (place, file) in files.iter().enumerate() {
        let read = read_trees(&fs::read_to_string(file)?);
        if holds_out && place % 8 == 3 {
            held.extend(read);
        } else {
            learnt.extend(read);
        }
    }
    let bytes = train(&learnt, recipe);
    eprintln!("{} sentences, {} bytes", learnt.len(), bytes.len());
    if holds_out {
        eprintln!("{:?}", measure(&bytes, &held));
    }
    fs::write(model, bytes)?;
    Ok(())
}
