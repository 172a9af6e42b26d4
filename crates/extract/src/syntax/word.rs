//! What the classifiers see of a word: hashes of its form, its ends and its shape.

/// A word, reduced to hashes once, so that features are cheap to combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// Of the lower-cased form, with curly marks made straight.
    pub(crate) form: u32,
    /// Of the last one, two and three characters.
    pub(crate) suffixes: [u32; 3],
    /// Of the first two characters.
    pub(crate) prefix: u32,
    /// Letter case, digits and punctuation, in the order they occur, runs shortened.
    pub(crate) shape: u32,
    /// Whether it is known to be part of a name.
    pub(crate) is_name: bool,
}

impl Word {
    /// Reduces `text`, one token.
    pub(crate) fn new(text: &str) -> Self {
        // Tokens are short; a hostile one of a megabyte is judged by its first 32 characters.
        let mut characters = ['\0'; 32];
        let mut length = 0;
        let mut shape = Hash::new(1);
        let mut last = '\0';
        for (slot, character) in characters.iter_mut().zip(text.chars()) {
            let class = class_of(character);
            if class != last {
                shape.add(class as u32);
                last = class;
            }
            *slot = plain(character);
            length += 1;
        }
        let used = characters.get(..length).unwrap_or_default();
        let suffix =
            |count: usize| hash_of(used.get(length.saturating_sub(count)..).unwrap_or_default());
        Self {
            form: hash_of(used),
            suffixes: [suffix(1), suffix(2), suffix(3)],
            prefix: hash_of(used.get(..length.min(2)).unwrap_or_default()),
            shape: shape.0,
            is_name: false,
        }
    }

    /// The same word, known to be part of a name or not.
    pub(crate) const fn named(self, is_name: bool) -> Self {
        Self { is_name, ..self }
    }
}

fn hash_of(characters: &[char]) -> u32 {
    let mut hash = Hash::new(2);
    for character in characters {
        hash.add(*character as u32);
    }
    hash.0
}

/// Folds case and the variants of marks.
fn plain(character: char) -> char {
    match character {
        '’' | '‘' | '`' => '\'',
        '“' | '”' => '"',
        '–' | '—' => '-',
        _ if character.is_ascii() => character.to_ascii_lowercase(),
        _ => character.to_lowercase().next().unwrap_or(character),
    }
}

fn class_of(character: char) -> char {
    match character {
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        '0'..='9' => '0',
        '’' | '‘' => '\'',
        '–' | '—' => '-',
        _ if character.is_ascii() => character,
        _ if character.is_uppercase() => 'A',
        _ if character.is_alphabetic() => 'a',
        _ => '*',
    }
}

/// A running multiplicative hash; good enough to spread features over buckets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hash(pub(crate) u32);

impl Hash {
    pub(crate) const fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b1) ^ 0x85eb_ca6b)
    }

    pub(crate) const fn add(&mut self, value: u32) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b1);
    }

    /// The hash with its high bits mixed into the low ones, which choose the bucket.
    pub(crate) const fn finish(self) -> u32 {
        let mixed = (self.0 ^ (self.0 >> 15)).wrapping_mul(0x2c1b_3c6d);
        mixed ^ (mixed >> 13)
    }
}

/// The feature of template `template` with these values.
pub(crate) fn feature<const N: usize>(template: u32, values: [u32; N]) -> u32 {
    let mut hash = Hash::new(template + 3);
    for value in values {
        hash.add(value);
    }
    hash.finish()
}

/// The feature of template `template` with a word's hash and either a second one or what
/// [`packed`] makes: one multiplication, whose best bits are the low ones.
pub(crate) const fn joint_feature(template: u32, word: u32, other: u32) -> u32 {
    let values = (word as u64) << 32 | other as u64;
    let salt = (template as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let product = (values ^ salt).wrapping_mul(0xd6e8_feb8_6659_fd93);
    ((product >> 32) as u32).rotate_left(16)
}

/// Up to five values of six bits in one.
pub(crate) fn packed<const N: usize>(values: [u32; N]) -> u32 {
    values.into_iter().fold(0, |all, value| all << 6 | value)
}
