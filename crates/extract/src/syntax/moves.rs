//! The weights of a parser's moves: two numbers for each feature, what it says for an arc to the
//! left and to the right over shifting, so that a state's score reads a word of memory for each.
//!
//! The table is small enough for a core's own cache since it holds only the features that matter
//! most, and each is known by its check: one that was never learnt adds nothing, where it would
//! add the weights of another if the table were read by place alone. At 2^18 places that is worth
//! more than a point of right heads (`docs/decisions/0011-moves-before-labels.md`).

use super::weights::{DamagedModel, Reader};

/// Two to this power are the places: a megabyte.
pub(crate) const BITS: u32 = 18;

/// The weights of left and right, each with [`BIAS`] on top, and the check: the upper half of the
/// feature.
type Row = [u8; 4];

/// Stands for zero, so that weights are added up without their signs.
const BIAS: u8 = 128;

/// What an empty place and one of another feature add.
const NOTHING: u32 = u32::from_le_bytes([BIAS, BIAS, 0, 0]);

const PLACES: usize = 1 << BITS;

/// One row for each place.
#[derive(Debug)]
pub(crate) struct MoveWeights {
    /// As they stand in the program.
    rows: &'static [Row; PLACES],
}

impl MoveWeights {
    /// Adds up the rows of `features`, for left and for right; each must be a hash, its low bits
    /// choose the place and its high ones are the check.
    pub(crate) fn score<const N: usize>(&self, features: &[u32; N]) -> [i32; 2] {
        let mut sums = 0_u32;
        for feature in features {
            let row = self.rows.get(place(*feature)).copied().unwrap_or_default();
            let row = u32::from_le_bytes(row);
            let is_other = (row ^ feature) >> 16 != 0;
            let weights = if is_other { NOTHING } else { row & 0xffff };
            // Right is added up in the upper half, left in the lower: at most 64 times 255 each.
            sums += (weights & 0xff00) << 8 | weights & 0xff;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_possible_wrap,
            reason = "at most 64 features"
        )]
        let bias = N as i32 * i32::from(BIAS);
        [sums & 0xffff, sums >> 16].map(|sum| sum.cast_signed() - bias)
    }

    /// Reads what [`Self::write`] makes: every row.
    pub(crate) fn read(reader: &mut Reader) -> Result<Self, DamagedModel> {
        let (rows, _) = reader.bytes(size_of::<Row>() * PLACES)?.as_chunks();
        let rows = rows
            .try_into()
            .expect("as many rows as bytes were asked for");
        Ok(Self { rows })
    }

    /// Lays out weights of left and right by feature, the most important first: where two want a
    /// place, the first has it.
    #[cfg(feature = "training")]
    pub(crate) fn write(weights: &[(u32, [f32; 2])], out: &mut Vec<u8>) {
        let sizes = weights.iter().flat_map(|(_, weights)| weights);
        let largest = sizes.fold(f32::MIN_POSITIVE, |a, b| a.max(b.abs()));
        let biased = |weight: f32| {
            #[expect(clippy::cast_possible_truncation, reason = "scaled to 127")]
            let scaled = (weight / largest * 127.0).round() as i8;
            scaled.cast_unsigned().wrapping_add(BIAS)
        };
        let empty = NOTHING.to_le_bytes();
        let mut rows = vec![empty; PLACES];
        for (feature, [left, right]) in weights {
            let [_, _, low, high] = feature.to_le_bytes();
            let row = [biased(*left), biased(*right), low, high];
            if let Some(slot) = rows.get_mut(place(*feature))
                && *slot == empty
                && (row[0], row[1]) != (BIAS, BIAS)
            {
                *slot = row;
            }
        }
        out.extend(rows.as_flattened());
    }
}

const fn place(feature: u32) -> usize {
    feature as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The only row: left 5, right -3, for the feature of place 2 whose check is 0x4004.
    const FEATURE: u32 = 0x4004_0002;

    fn weights() -> MoveWeights {
        let mut rows = vec![NOTHING.to_le_bytes(); PLACES];
        rows[2] = [BIAS + 5, BIAS - 3, 0x04, 0x40];
        MoveWeights::read(&mut Reader::new(rows.concat().leak())).unwrap()
    }

    #[test]
    fn a_feature_adds_its_weights_as_often_as_it_is_there() {
        assert_eq!(weights().score(&[FEATURE]), [5, -3]);
        assert_eq!(weights().score(&[FEATURE; 43]), [5 * 43, -3 * 43]);
    }

    #[test]
    fn a_feature_that_was_never_learnt_adds_nothing() {
        let same_place = FEATURE ^ 0x8000_0000;
        assert_eq!(weights().score(&[same_place, FEATURE, 7, 0]), [5, -3]);
    }

    #[test]
    fn a_table_that_is_cut_short_is_refused() {
        assert!(MoveWeights::read(&mut Reader::new(&[BIAS; 100])).is_err());
    }
}
