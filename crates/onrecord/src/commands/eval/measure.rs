//! The measures of the table, and where the scorers' figures hold them.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A set of labelled text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// Political news in English.
    PolNeAR,
    /// Regional news, labels of our own.
    Regional,
    /// Regional news, labelled before anything was chosen by it.
    Untuned,
    /// Two long reports of regional news, quotes only.
    Reports,
    /// Regional news whose names no model was taught.
    Untaught,
    /// English entities of several genres; the model was trained on most of them.
    Entities,
    /// Quotations in other languages.
    Languages,
    /// Officials in all languages.
    Officials,
}

/// A scorer, what it is to score where it can do several things, and its flags.
pub(super) struct Run {
    pub(super) script: PathBuf,
    pub(super) task: Option<&'static str>,
    pub(super) flags: Vec<&'static str>,
}

impl Set {
    pub(super) const ALL: [Self; 8] = [
        Self::PolNeAR,
        Self::Regional,
        Self::Untuned,
        Self::Reports,
        Self::Untaught,
        Self::Entities,
        Self::Languages,
        Self::Officials,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PolNeAR => "PolNeAR",
            Self::Regional => "regional news",
            Self::Untuned => "six more articles",
            Self::Reports => "two long reports",
            Self::Untaught => "thirteen short texts",
            Self::Entities => "entities",
            Self::Languages => "quotations in other languages",
            Self::Officials => "mentions of officials",
        }
    }

    /// The scorers to run, in the order that measures count them.
    pub(super) fn runs(self, data: &Path) -> Vec<Run> {
        let quotes = data.join("eval/quotes/score.py");
        let entities = data.join("eval/entities/score.py");
        let languages = data.join("eval/multilingual/score.py");
        let run = |script: &PathBuf, flags: &[&'static str]| Run {
            script: script.clone(),
            task: None,
            flags: flags.to_vec(),
        };
        let task = |task| Run {
            script: languages.clone(),
            task: Some(task),
            flags: Vec::new(),
        };
        match self {
            Self::PolNeAR => vec![
                run(&quotes, &["--speech"]),
                run(&quotes, &["--speech", "--spans"]),
            ],
            Self::Regional | Self::Untuned => {
                vec![run(&quotes, &["--speech"]), run(&entities, &[])]
            }
            Self::Reports => vec![run(&quotes, &["--speech"])],
            Self::Untaught => vec![run(&entities, &[])],
            Self::Entities => vec![run(&entities, &["--by", "source"])],
            Self::Languages => vec![task("quotes")],
            Self::Officials => vec![task("mentions")],
        }
    }
}

/// A row of the table.
pub(super) struct Measure {
    pub(super) set: Set,
    pub(super) name: &'static str,
    /// The best figure of others.
    pub(super) peer: &'static str,
    pub(super) reach: &'static str,
    pub(super) aim: &'static str,
    /// Which run of the set's scorers holds it.
    run: usize,
    /// Where in its figures, as a JSON pointer.
    at: &'static str,
    form: Form,
}

/// How a figure is written.
enum Form {
    /// A share, in per cent.
    Percent,
    /// How many of how many.
    Count,
}

impl Measure {
    /// Today's figure, where the scorers gave one.
    pub(super) fn read(&self, scores: &[Value]) -> Option<String> {
        let value = scores.get(self.run)?.pointer(self.at)?;
        match self.form {
            Form::Percent => Some(format!("{:.1}", value.as_f64()? * 100.0)),
            Form::Count => {
                let part = value.get(0)?.as_u64()?;
                let whole = value.get(1)?.as_u64()?;
                Some(format!("{part} of {whole}"))
            }
        }
    }
}

const fn percent(
    set: Set,
    name: &'static str,
    [peer, reach, aim]: [&'static str; 3],
    run: usize,
    at: &'static str,
) -> Measure {
    Measure {
        set,
        name,
        peer,
        reach,
        aim,
        run,
        at,
        form: Form::Percent,
    }
}

/// How many speakers that are pronouns are resolved to the name.
const fn pronouns(set: Set, name: &'static str) -> Measure {
    Measure {
        set,
        name,
        peer: "",
        reach: "80 %",
        aim: "95 %",
        run: 0,
        at: "/scores/all/pron",
        form: Form::Count,
    }
}

/// The measures, in the order of the table. Reach and aim of regional news are those of the share
/// that is kept back.
pub(super) const MEASURES: [Measure; 27] = [
    percent(
        Set::PolNeAR,
        "PolNeAR speech, J>=.8 F1, all",
        ["55", "62", "72"],
        0,
        "/scores/all/J80/2",
    ),
    percent(
        Set::PolNeAR,
        "PolNeAR speech, attribution F1, all",
        ["57", "65", "75"],
        0,
        "/scores/all/att_f1/2",
    ),
    percent(
        Set::PolNeAR,
        "PolNeAR speech, direct attribution F1, span by span",
        ["80", "87", "92"],
        1,
        "/scores/direct/att_f1/2",
    ),
    percent(
        Set::Regional,
        "regional news, J>=.8 F1, all",
        ["", "", ""],
        0,
        "/scores/all/J80/2",
    ),
    percent(
        Set::Regional,
        "regional news, attribution F1",
        ["", "78", "90"],
        0,
        "/scores/all/att_f1/2",
    ),
    pronouns(Set::Regional, "regional news, pronoun speakers resolved"),
    percent(
        Set::Regional,
        "regional news entities, exact F1 (trained on)",
        ["88.2", "88.5", "92"],
        1,
        "/ALL/exact/ALL/f",
    ),
    percent(
        Set::Regional,
        "regional news entities, persons (trained on)",
        ["86", "92", "96"],
        1,
        "/ALL/exact/PERSON/f",
    ),
    percent(
        Set::Regional,
        "name coreference, predicted names, CoNLL F (trained on)",
        ["87", "90", "94"],
        1,
        "/ALL/coref_names/conll",
    ),
    percent(
        Set::Untuned,
        "six more articles, J>=.8 F1, all",
        ["", "", ""],
        0,
        "/scores/all/J80/2",
    ),
    percent(
        Set::Untuned,
        "six more articles, attribution F1",
        ["", "78", "90"],
        0,
        "/scores/all/att_f1/2",
    ),
    pronouns(Set::Untuned, "six more articles, pronoun speakers resolved"),
    percent(
        Set::Untuned,
        "six more articles, entities, exact F1 (trained on)",
        ["88.2", "88.5", "92"],
        1,
        "/ALL/exact/ALL/f",
    ),
    percent(
        Set::Untuned,
        "six more articles, persons (trained on)",
        ["86", "92", "96"],
        1,
        "/ALL/exact/PERSON/f",
    ),
    percent(
        Set::Untuned,
        "six more articles, name coreference, CoNLL F (trained on)",
        ["87", "90", "94"],
        1,
        "/ALL/coref_names/conll",
    ),
    percent(
        Set::Reports,
        "two long reports, J>=.8 F1, all (first look 88.5)",
        ["", "", ""],
        0,
        "/scores/all/J80/2",
    ),
    percent(
        Set::Reports,
        "two long reports, attribution F1 (first look 88.5)",
        ["", "78", "90"],
        0,
        "/scores/all/att_f1/2",
    ),
    pronouns(
        Set::Reports,
        "two long reports, pronoun speakers resolved (first look 56 of 58)",
    ),
    percent(
        Set::Untaught,
        "thirteen short texts, entities, exact F1 (not trained on)",
        ["88.2", "88.5", "92"],
        0,
        "/ALL/exact/ALL/f",
    ),
    percent(
        Set::Untaught,
        "thirteen short texts, persons (not trained on)",
        ["86", "92", "96"],
        0,
        "/ALL/exact/PERSON/f",
    ),
    percent(
        Set::Untaught,
        "thirteen short texts, name coreference, CoNLL F (likewise)",
        ["87", "90", "94"],
        0,
        "/ALL/coref_names/conll",
    ),
    percent(
        Set::Entities,
        "UNER English-EWT, exact F1 (trained on)",
        ["", "", ""],
        0,
        "/source=UniversalNER~1UNER_English-EWT/exact/ALL/f",
    ),
    percent(
        Set::Entities,
        "CrossNER, exact F1 (trained on)",
        ["", "", ""],
        0,
        "/source=zliucr~1CrossNER/exact/ALL/f",
    ),
    percent(
        Set::Languages,
        "quotations in 27 languages, J>=.8 F1",
        ["", "", ""],
        0,
        "/J80_f1",
    ),
    percent(
        Set::Languages,
        "quotations in 27 languages, right speaker",
        ["", "", ""],
        0,
        "/speaker",
    ),
    percent(
        Set::Officials,
        "officials in 27 languages, found",
        ["", "", ""],
        0,
        "/found",
    ),
    percent(
        Set::Officials,
        "officials in 27 languages, look-alikes hit",
        ["", "", ""],
        0,
        "/false",
    ),
];
