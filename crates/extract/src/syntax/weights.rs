//! The weights of a linear classifier over hashed features, eight bits each.
//!
//! Most rows hold a handful of weights, so they stay in the sparse form that the model's file has:
//! as rows of full width they would take seven times the file. The others, which are few and asked
//! for most, are rows of full width: adding them up weight by weight took twenty times as long.

use std::borrow::Cow;

use thiserror::Error;

/// Classes that there may be.
pub(crate) const WIDTH: usize = 64;

/// Scores of all classes; those that a model does not have stay at zero and are never looked at.
pub(crate) type Scores = [i16; WIDTH];

/// Rows of (class, weight) pairs, one per feature bucket.
#[derive(Debug)]
pub(crate) struct Weights {
    /// Where the row of each bucket begins in `bytes`: with its count of pairs. An empty row is
    /// [`NO_ROW`], or counts none.
    rows: Vec<u32>,
    bytes: Cow<'static, [u8]>,
    /// Rows with more than [`MOST_PAIRS`]; their buckets have [`DENSE`] and the place here.
    dense: Vec<[i8; WIDTH]>,
    mask: u32,
}

/// Stands for a row without pairs.
const NO_ROW: u32 = DENSE - 1;
/// Told from a place in a model's bytes by this bit: no model is as long.
const DENSE: u32 = 1 << 31;
/// Up to so many pairs are added up one by one faster than a row of full width.
const MOST_PAIRS: usize = 4;

/// Why the bytes of a model cannot be read.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("model file is cut short or damaged at byte {0}")]
pub(crate) struct DamagedModel(pub(crate) usize);

impl Weights {
    /// Adds up the rows of `features`; each must be a hash, its low bits choose the row.
    pub(crate) fn score(&self, features: &[u32], scores: &mut Scores) {
        *scores = [0; WIDTH];
        for feature in features {
            let bucket = feature & self.mask;
            if let Some(row) = self.dense_row(bucket) {
                for (score, weight) in scores.iter_mut().zip(row) {
                    *score += i16::from(*weight);
                }
                continue;
            }
            for [class, weight] in self.row(bucket) {
                if let Some(score) = scores.get_mut(usize::from(*class)) {
                    // At most 64 features of at most 127: no overflow.
                    *score += i16::from(weight.cast_signed());
                }
            }
        }
    }

    /// The row of a bucket that has one of full width.
    fn dense_row(&self, bucket: u32) -> Option<&[i8; WIDTH]> {
        let place = *self.rows.get(bucket as usize)?;
        self.dense.get((place ^ DENSE) as usize)
    }

    /// The (class, weight) pairs of a bucket that has no row of full width.
    fn row(&self, bucket: u32) -> &[[u8; 2]] {
        let row = self.rows.get(bucket as usize);
        let row = row.and_then(|place| self.bytes.get(*place as usize..));
        let Some((count, pairs)) = row.and_then(<[u8]>::split_first) else {
            return &[];
        };
        let (pairs, _) = pairs.as_chunks();
        pairs.get(..usize::from(*count)).unwrap_or_default()
    }

    /// Reads what [`Self::write`] makes: bits, row count, then per row the distance from the last
    /// row, the number of pairs, and (class, weight) pairs. Each class and weight is looked at
    /// here, and used where it stands.
    pub(crate) fn read(reader: &mut Reader) -> Result<Self, DamagedModel> {
        let bits = reader.number()?;
        if bits > 22 {
            return Err(DamagedModel(reader.place));
        }
        let mut rows = vec![NO_ROW; 1 << bits];
        let mut dense = Vec::new();
        let mut bucket = 0_usize;
        for _ in 0..reader.number()? {
            bucket += reader.number()? as usize;
            let damaged = DamagedModel(reader.place);
            let mut place = u32::try_from(reader.place).map_err(|_| damaged)?;
            let mut row = [0; WIDTH];
            let pairs = usize::from(reader.byte()?);
            for _ in 0..pairs {
                let class = usize::from(reader.byte()?);
                let weight = reader.byte()?.cast_signed();
                *row.get_mut(class).ok_or(damaged)? = weight;
            }
            if pairs > MOST_PAIRS {
                place = DENSE | u32::try_from(dense.len()).map_err(|_| damaged)?;
                dense.push(row);
            }
            *rows.get_mut(bucket).ok_or(damaged)? = place;
        }
        dense.shrink_to_fit();
        Ok(Self {
            rows,
            bytes: Cow::Borrowed(reader.bytes),
            dense,
            mask: (1 << bits) - 1,
        })
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
        let (mut rows, mut bytes) = (Vec::new(), Vec::new());
        for row in averages {
            rows.push(u32::try_from(bytes.len()).expect("at most 2^22 rows of 64"));
            let count = bytes.len();
            bytes.push(0);
            for (class, weight) in (0_u8..).zip(row) {
                let scaled = weight * scale;
                if scaled.abs() < least {
                    continue;
                }
                #[expect(clippy::cast_possible_truncation, reason = "scaled to 127")]
                let weight = scaled.round() as i8;
                if weight != 0 {
                    bytes.extend([class, weight.cast_unsigned()]);
                    if let Some(count) = bytes.get_mut(count) {
                        *count += 1;
                    }
                }
            }
        }
        Self {
            #[expect(clippy::cast_possible_truncation, reason = "at most 2^22 rows")]
            mask: rows.len() as u32 - 1,
            rows,
            bytes: Cow::Owned(bytes),
            dense: Vec::new(),
        }
    }

    /// Writes the sparse form of what [`Self::quantize`] made.
    #[cfg(feature = "training")]
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        push_number(out, self.mask.count_ones());
        let filled = || (0..=self.mask).filter(|bucket| !self.row(*bucket).is_empty());
        #[expect(clippy::cast_possible_truncation, reason = "at most 2^22 rows of 64")]
        push_number(out, filled().count() as u32);
        let mut last = 0;
        for bucket in filled() {
            let row = self.row(bucket);
            push_number(out, bucket - last);
            #[expect(clippy::cast_possible_truncation, reason = "at most 2^22 rows of 64")]
            out.push(row.len() as u8);
            out.extend(row.as_flattened());
            last = bucket;
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
            1, 2, 0, 7, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 0xf9, 1, 2, 0, 9, 6, 1,
        ];
        let weights = Weights::read(&mut Reader::new(MODEL)).unwrap();
        assert_eq!(weights.dense.len(), 1);
        let mut scores = [0; WIDTH];
        weights.score(&[0, 1], &mut scores);
        assert_eq!(scores[..8], [10, 2, 3, 4, 5, 6, -6, 0]);
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
