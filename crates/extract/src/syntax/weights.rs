//! The weights of a linear classifier over hashed features, eight bits each.
//!
//! A tree asks for tens of thousands of rows out of megabytes, so that what it costs is waiting
//! for memory. Most rows hold a handful of weights, which lie in the table of rows itself: one
//! place is read for them. Those of up to eight weights stand apart, and the others are rows of
//! full width, each in a cache line of its own. All rows of a score are looked up before the first
//! is added, and all of those that stand apart, so that they are waited for together.

use thiserror::Error;

/// Classes that there may be.
pub(crate) const WIDTH: usize = 64;

/// Scores of all classes; those that a model does not have stay at zero and are never looked at.
pub(crate) type Scores = [i16; WIDTH];

/// Rows of (class, weight) pairs, one per feature bucket.
#[derive(Debug)]
pub(crate) struct Weights {
    rows: Vec<Row>,
    middle: Vec<MiddleRow>,
    wide: Vec<WideRow>,
    mask: u32,
}

/// Up to [`MOST_PAIRS`] pairs, two bytes each, lowest first, and pairs of nothing behind them; or
/// [`MIDDLE`] or [`WIDE`] and, in the upper half, the place of such a row.
type Row = u64;

/// Twice as many pairs: most rows that a row has no room for.
type MiddleRow = [[u8; 2]; 2 * MOST_PAIRS];

/// These stand where the first class would.
const WIDE: u64 = 0xff;
const MIDDLE: u64 = 0xfe;
const MOST_PAIRS: usize = 4;

/// A weight for each class, of which each number holds two, that of class `n` below that of class
/// `n + 32`: so they are added up in sixteen bits without being taken apart. Each has [`BIAS`] on
/// top, since signs would get in the way.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct WideRow([u16; HALF]);

const HALF: usize = WIDTH / 2;
const BIAS: u8 = 128;

/// Numbers of a wide row that are added up at once: as many as registers hold the sums of.
const LANES: usize = 16;

/// Why the bytes of a model cannot be read.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("model file is cut short or damaged at byte {0}")]
pub(crate) struct DamagedModel(pub(crate) usize);

impl Weights {
    /// Adds up the rows of `features`, at most 64; each must be a hash, its low bits choose the
    /// row.
    pub(crate) fn score<const N: usize>(&self, features: &[u32; N], scores: &mut Scores) {
        let mut rows = [0; N];
        for (row, feature) in rows.iter_mut().zip(features) {
            let found = self.rows.get((feature & self.mask) as usize);
            *row = found.copied().unwrap_or_default();
        }
        let mut narrow = Places::<N, Row>::new();
        let mut middle = Places::<N, u32>::new();
        let mut wide = Places::<N, u32>::new();
        for row in rows {
            let place = (row >> 32) as u32;
            let kind = row & 0xff;
            wide.push_if(place, kind == WIDE);
            middle.push_if(place, kind == MIDDLE);
            narrow.push_if(row, kind < MIDDLE && row != 0);
        }
        // Read before any is added, as the rows were.
        let mut pairs = [MiddleRow::default(); N];
        for (pairs, place) in pairs.iter_mut().zip(middle.all()) {
            let found = self.middle.get(*place as usize);
            *pairs = found.copied().unwrap_or_default();
        }
        self.add_wide(wide.all(), scores);
        for row in pairs.iter().take(middle.len) {
            add_pairs(row, scores);
        }
        for row in narrow.all() {
            add_pairs(row.to_le_bytes().as_chunks().0, scores);
        }
    }

    /// Sets the scores to the sums of the wide rows at `places`.
    fn add_wide(&self, places: &[u32], scores: &mut Scores) {
        #[expect(clippy::cast_possible_truncation, reason = "at most 64 places")]
        let bias = places.len() as u16 * u16::from(BIAS);
        let (lower, upper) = scores.split_at_mut(HALF);
        let (lower, upper) = (lower.as_chunks_mut().0, upper.as_chunks_mut().0);
        for (part, (lower, upper)) in lower.iter_mut().zip(upper).enumerate() {
            let mut low_sums = [0_u16; LANES];
            let mut high_sums = [0_u16; LANES];
            for place in places {
                let row = self.wide.get(*place as usize);
                let Some(weights) = row.and_then(|row| row.0.as_chunks::<LANES>().0.get(part))
                else {
                    continue;
                };
                // At most 64 times 255: no overflow.
                for ((low, high), both) in low_sums.iter_mut().zip(&mut high_sums).zip(weights) {
                    *low += both & 0xff;
                    *high += both >> 8;
                }
            }
            let without_bias = |scores: &mut [i16; LANES], sums: [u16; LANES]| {
                for (score, sum) in scores.iter_mut().zip(sums) {
                    *score = sum.wrapping_sub(bias).cast_signed();
                }
            };
            without_bias(lower, low_sums);
            without_bias(upper, high_sums);
        }
    }

    /// Weights of which each row is empty.
    fn empty(bits: u32) -> Self {
        Self {
            rows: vec![0; 1 << bits],
            middle: Vec::new(),
            wide: Vec::new(),
            mask: (1 << bits) - 1,
        }
    }

    /// Sets the row of `bucket`, a weight for each class of which `pairs` are not zero; `None`
    /// where there is no such bucket.
    fn set(&mut self, bucket: usize, weights: &[i8; WIDTH]) -> Option<()> {
        let row = self.rows.get_mut(bucket)?;
        let pairs = (0_u8..).zip(weights).filter(|(_, weight)| **weight != 0);
        let pairs = pairs.map(|(class, weight)| [class, weight.cast_unsigned()]);
        let fill = |to: &mut [[u8; 2]]| {
            for (to, pair) in to.iter_mut().zip(pairs.clone()) {
                *to = pair;
            }
        };
        let refer =
            |kind: u64, place: usize| Some(u64::from(u32::try_from(place).ok()?) << 32 | kind);
        let count = pairs.clone().count();
        if count <= MOST_PAIRS {
            let mut bytes = [0; 8];
            fill(bytes.as_chunks_mut().0);
            *row = u64::from_le_bytes(bytes);
        } else if count <= 2 * MOST_PAIRS {
            let mut middle = [[0; 2]; 2 * MOST_PAIRS];
            fill(&mut middle);
            *row = refer(MIDDLE, self.middle.len())?;
            self.middle.push(middle);
        } else {
            *row = refer(WIDE, self.wide.len())?;
            let (lower, upper) = weights.split_at(HALF);
            let mut wide = [0; HALF];
            for ((both, low), high) in wide.iter_mut().zip(lower).zip(upper) {
                let biased = |weight: &i8| weight.cast_unsigned().wrapping_add(BIAS);
                *both = u16::from_le_bytes([biased(low), biased(high)]);
            }
            self.wide.push(WideRow(wide));
        }
        Some(())
    }

    /// Reads what [`Self::write`] makes: bits, row count, then per row the distance from the last
    /// row, the number of pairs, and (class, weight) pairs.
    pub(crate) fn read(reader: &mut Reader) -> Result<Self, DamagedModel> {
        let bits = reader.number()?;
        if bits > 22 {
            return Err(DamagedModel(reader.place));
        }
        let mut weights = Self::empty(bits);
        let mut bucket = 0_usize;
        for _ in 0..reader.number()? {
            bucket += reader.number()? as usize;
            let damaged = DamagedModel(reader.place);
            let mut row = [0; WIDTH];
            for _ in 0..reader.byte()? {
                let class = usize::from(reader.byte()?);
                let weight = reader.byte()?.cast_signed();
                *row.get_mut(class).ok_or(damaged)? = weight;
            }
            weights.set(bucket, &row).ok_or(damaged)?;
        }
        weights.middle.shrink_to_fit();
        weights.wide.shrink_to_fit();
        Ok(weights)
    }

    /// Makes weights from averaged floating-point rows: scaled so that the largest becomes 127,
    /// which keeps their order where clipping does not.
    #[cfg(feature = "training")]
    pub(crate) fn quantize(averages: &[[f32; WIDTH]], least: f32) -> Self {
        let largest = averages
            .iter()
            .flatten()
            .fold(f32::MIN_POSITIVE, |a, b| a.max(b.abs()));
        let scale = 127.0 / largest;
        let mut weights = Self::empty(averages.len().trailing_zeros());
        for (bucket, averages) in averages.iter().enumerate() {
            let mut row = [0; WIDTH];
            for (weight, average) in row.iter_mut().zip(averages) {
                let scaled = average * scale;
                if scaled.abs() >= least {
                    #[expect(clippy::cast_possible_truncation, reason = "scaled to 127")]
                    let rounded = scaled.round() as i8;
                    *weight = rounded;
                }
            }
            weights.set(bucket, &row).expect("as many buckets as rows");
        }
        weights
    }

    /// Writes the sparse form of what [`Self::quantize`] made.
    #[cfg(feature = "training")]
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        push_number(out, self.mask.count_ones());
        let filled =
            || (0..=self.mask).filter(|bucket| self.rows.get(*bucket as usize) != Some(&0));
        #[expect(clippy::cast_possible_truncation, reason = "at most 2^22 rows of 64")]
        push_number(out, filled().count() as u32);
        let mut last = 0;
        for bucket in filled() {
            let mut scores = [0; WIDTH];
            self.score(&[bucket], &mut scores);
            let pairs: Vec<[u8; 2]> = (0_u8..)
                .zip(scores)
                .filter(|(_, weight)| *weight != 0)
                .map(|(class, weight)| {
                    let weight = i8::try_from(weight).expect("one row's weight");
                    [class, weight.cast_unsigned()]
                })
                .collect();
            push_number(out, bucket - last);
            #[expect(clippy::cast_possible_truncation, reason = "at most 64 pairs")]
            out.push(pairs.len() as u8);
            out.extend(pairs.as_flattened());
            last = bucket;
        }
    }
}

/// Rows of one kind among those of a score. Pushing goes without a branch, which the processor
/// would guess wrong as often as right.
struct Places<const N: usize, T> {
    places: [T; N],
    len: usize,
}

impl<const N: usize, T: Copy + Default> Places<N, T> {
    fn new() -> Self {
        let places = [T::default(); N];
        Self { places, len: 0 }
    }

    fn push_if(&mut self, place: T, is_wanted: bool) {
        if let Some(slot) = self.places.get_mut(self.len) {
            *slot = place;
        }
        self.len += usize::from(is_wanted);
    }

    fn all(&self) -> &[T] {
        self.places.get(..self.len).unwrap_or_default()
    }
}

fn add_pairs(pairs: &[[u8; 2]], scores: &mut Scores) {
    for [class, weight] in pairs {
        if let Some(score) = scores.get_mut(usize::from(*class) % WIDTH) {
            *score += i16::from(weight.cast_signed());
        }
    }
}

/// Writes a number in groups of seven bits, lowest first.
#[cfg(feature = "training")]
pub(crate) fn push_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}

/// Reads a model's bytes front to back.
#[derive(Debug)]
pub(crate) struct Reader {
    bytes: &'static [u8],
    place: usize,
}

impl Reader {
    pub(crate) const fn new(bytes: &'static [u8]) -> Self {
        Self { bytes, place: 0 }
    }

    pub(crate) fn byte(&mut self) -> Result<u8, DamagedModel> {
        let byte = self.bytes.get(self.place).ok_or(DamagedModel(self.place))?;
        self.place += 1;
        Ok(*byte)
    }

    /// The next `count` bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'static [u8], DamagedModel> {
        let end = self.place.checked_add(count);
        let bytes = end.and_then(|end| self.bytes.get(self.place..end));
        let bytes = bytes.ok_or(DamagedModel(self.place))?;
        self.place += count;
        Ok(bytes)
    }

    pub(crate) fn number(&mut self) -> Result<u32, DamagedModel> {
        let mut number = 0_u32;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(DamagedModel(self.place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four buckets; the second holds two classes, the fourth one.
    const MODEL: &[u8] = &[2, 2, 1, 2, 0, 5, 63, 0x80, 2, 1, 0, 0xff];

    #[test]
    fn scores_are_the_sums_of_the_rows() {
        let weights = Weights::read(&mut Reader::new(MODEL)).unwrap();
        let mut scores = [7; WIDTH];
        weights.score(&[1, 3, 4 + 3, 2, 0], &mut scores);
        let mut expected = [0; WIDTH];
        expected[0] = 5 - 1 - 1;
        expected[63] = -128;
        assert_eq!(scores, expected);
    }

    #[test]
    fn rows_of_many_classes_score_as_those_of_few() {
        const MODEL: &[u8] = &[
            2, 3, 0, 7, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 0xf9, 1, 2, 0, 9, 6, 1, 1, 9, 0, 1,
            1, 1, 2, 1, 3, 1, 4, 1, 5, 1, 6, 1, 32, 0x80, 63, 1,
        ];
        let weights = Weights::read(&mut Reader::new(MODEL)).unwrap();
        assert_eq!((weights.middle.len(), weights.wide.len()), (1, 1));
        let mut scores = [0; WIDTH];
        weights.score(&[0, 1, 2], &mut scores);
        assert_eq!(scores[..8], [11, 3, 4, 5, 6, 7, -5, 0]);
        assert_eq!((scores[32], scores[63]), (-128, 1));
    }

    #[test]
    fn a_class_or_a_row_that_cannot_be_is_refused() {
        let read = |bytes: &'static [u8]| Weights::read(&mut Reader::new(bytes)).map(|_| ());
        assert_eq!(read(MODEL), Ok(()));
        assert!(read(&[2, 1, 1, 1, 64, 5]).is_err());
        assert!(read(&[2, 1, 4, 1, 0, 5]).is_err());
        assert!(read(&[2, 1, 1, 2, 0, 5]).is_err());
    }
}
