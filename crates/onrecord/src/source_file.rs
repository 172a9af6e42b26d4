//! A file that the user wrote, and the place in it where something is wrong.

use std::{ops::Range, sync::Arc};

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use thiserror::Error;

/// A mistake in a file, shown with its line and a caret.
#[derive(Debug, Error)]
#[error("{message}")]
pub(crate) struct Mistake {
    message: String,
    help: Option<String>,
    // Shared: a long list may hold thousands of mistakes.
    file: NamedSource<Arc<str>>,
    place: Option<Range<usize>>,
}

impl Mistake {
    /// A mistake in `text`, which is what the file `name` holds.
    pub(crate) fn new(name: &str, text: impl Into<Arc<str>>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            file: NamedSource::new(name, text.into()).with_language("TOML"),
            place: None,
        }
    }

    /// Where in the text, as a byte range.
    pub(crate) fn at(mut self, place: Option<Range<usize>>) -> Self {
        self.place = place;
        self
    }

    /// What to do about it.
    pub(crate) fn with_help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }
}

/// The same words about the same place.
impl PartialEq for Mistake {
    fn eq(&self, other: &Self) -> bool {
        (&self.message, &self.place) == (&other.message, &other.place)
    }
}

impl Diagnostic for Mistake {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place.as_ref()?;
        Some(&self.file)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.place.clone()?;
        let label = LabeledSpan::new_with_span(Some("here".to_owned()), place);
        Some(Box::new(std::iter::once(label)))
    }
}

/// All mistakes of one run, told together.
#[derive(Debug, Error)]
#[error("{} mistakes", .0.len())]
pub(crate) struct Mistakes(pub(crate) Vec<Mistake>);

impl Diagnostic for Mistakes {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let mistakes = self.0.iter().map(|mistake| mistake as &dyn Diagnostic);
        Some(Box::new(mistakes))
    }
}
