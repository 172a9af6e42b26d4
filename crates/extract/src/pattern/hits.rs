//! Where the words of a pack stand in a text.

use std::ops::Range;

/// Raw byte ranges, each list in order and without overlaps.
#[derive(Debug)]
pub(super) struct Hits {
    pub(super) cues: Vec<Range<usize>>,
    pub(super) complementizers: Vec<Range<usize>>,
    pub(super) quotatives: Vec<Range<usize>>,
    pub(super) honorifics: Vec<Range<usize>>,
    /// Titles and honorifics before a name.
    pub(super) titles_before: Vec<Range<usize>>,
    pub(super) titles_after: Vec<Range<usize>>,
    pub(super) pronouns: Vec<Range<usize>>,
    pub(super) subject_markers: Vec<Range<usize>>,
    pub(super) breaks: Vec<Range<usize>>,
    pub(super) prepositions: Vec<Range<usize>>,
    /// Words that open the sentence behind a quotation and name its speaker.
    pub(super) trailers: Vec<Range<usize>>,
}

/// The hits that lie wholly inside `region`, in order.
pub(super) fn inside<'h>(
    hits: &'h [Range<usize>],
    region: &Range<usize>,
) -> impl DoubleEndedIterator<Item = &'h Range<usize>> {
    let first = hits.partition_point(|hit| hit.start < region.start);
    let end = hits.partition_point(|hit| hit.end <= region.end);
    hits.get(first..end).unwrap_or_default().iter()
}
