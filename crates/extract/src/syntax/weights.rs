//! The weights of a linear classifier over hashed features, eight bits each.

use thiserror::Error;

/// Classes are padded to this width, so that one row fills one cache line.
pub(crate) const WIDTH: usize = 64;

/// Scores of all classes; the padding stays at zero and is never looked at.
pub(crate) type Scores = [i16; WIDTH];

/// A table of rows, one per feature bucket.
#[derive(Debug)]
pub(crate) struct Weights {
    rows: Vec<[i8; WIDTH]>,
    mask: u32,
}

/// Why the bytes of a model cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("model file is cut short or damaged at byte {0}")]
pub(crate) struct DamagedModel(pub(crate) usize);

impl Weights {
    /// Adds up the rows of `features`; each must be a hash, its low bits choose the row.
    pub(crate) fn score(&self, features: &[u32], scores: &mut Scores) {
        *scores = [0; WIDTH];
        for feature in features {
            let Some(row) = self.rows.get((feature & self.mask) as usize) else {
                continue;
            };
            for (score, weight) in scores.iter_mut().zip(row) {
                // At most 64 features of at most 127: no overflow.
                *score += i16::from(*weight);
            }
        }
    }

    /// Reads the sparse form that [`Self::write`] makes: bits, row count, then per row the
    /// distance from the last row, the number of entries, and (class, weight) pairs.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DamagedModel> {
        let bits = reader.number()?;
        if bits > 22 {
            return Err(DamagedModel(reader.place));
        }
        let mut rows = vec![[0_i8; WIDTH]; 1 << bits];
        let mut place = 0_usize;
        for _ in 0..reader.number()? {
            place += reader.number()? as usize;
            for _ in 0..reader.byte()? {
                let class = usize::from(reader.byte()?);
                let weight = reader.byte()?.cast_signed();
                *rows
                    .get_mut(place)
                    .and_then(|row| row.get_mut(class))
                    .ok_or(DamagedModel(reader.place))? = weight;
            }
        }
        Ok(Self {
            mask: (1 << bits) - 1,
            rows,
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
        let rows = averages
            .iter()
            .map(|row| {
                row.map(|weight| {
                    let scaled = weight * scale;
                    #[expect(clippy::cast_possible_truncation, reason = "scaled to 127")]
                    if scaled.abs() < least {
                        0
                    } else {
                        scaled.round() as i8
                    }
                })
            })
            .collect::<Vec<_>>();
        Self {
            #[expect(clippy::cast_possible_truncation, reason = "at most 2^22 rows")]
            mask: rows.len() as u32 - 1,
            rows,
        }
    }

    /// Writes the sparse form.
    #[cfg(feature = "training")]
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        push_number(out, self.mask.count_ones());
        let filled: Vec<(usize, Vec<(u8, i8)>)> = self
            .rows
            .iter()
            .enumerate()
            .map(|(place, row)| {
                let entries = (0_u8..).zip(row).filter(|(_, weight)| **weight != 0);
                (
                    place,
                    entries.map(|(class, weight)| (class, *weight)).collect(),
                )
            })
            .filter(|(_, entries): &(usize, Vec<_>)| !entries.is_empty())
            .collect();
        #[expect(clippy::cast_possible_truncation, reason = "at most 2^22 rows of 64")]
        push_number(out, filled.len() as u32);
        let mut last = 0;
        for (place, entries) in filled {
            #[expect(clippy::cast_possible_truncation, reason = "at most 2^22 rows of 64")]
            {
                push_number(out, (place - last) as u32);
                out.push(entries.len() as u8);
            }
            last = place;
            for (class, weight) in entries {
                out.push(class);
                out.push(weight.cast_unsigned());
            }
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
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
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
