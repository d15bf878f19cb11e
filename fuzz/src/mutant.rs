//! Inputs made from a corpus, the same ones in every run.

use crate::MAX_INPUT;

/// Bytes that stand at limits, and those that structure what is decoded here.
const TELLING: &[u8] =
    b"\x00\x01\x02\x7F\x80\x81\x82\x83\xFE\xFF\x1F\x20\xE0\xE1\xE3\xE4\xE5\xE6\x90\n&=%+\"{}[],:";

/// Changes of one input, at most.
const CHANGES: usize = 6;

/// Endlessly many inputs.
pub struct Mutants<'a> {
    corpus: &'a [Vec<u8>],
    random: u64,
}

impl<'a> Mutants<'a> {
    /// Inputs from a corpus, which must not be empty; the seed decides which.
    #[must_use]
    pub fn new(corpus: &'a [Vec<u8>], seed: u64) -> Self {
        Self { corpus, random: seed }
    }

    /// SplitMix64, cut to numbers below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let limit = u64::try_from(limit.max(1)).unwrap_or(u64::MAX);
        usize::try_from((mixed ^ (mixed >> 31)) % limit).unwrap_or_default()
    }

    fn any(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or_default()
    }

    fn telling(&mut self) -> u8 {
        TELLING[self.below(TELLING.len())]
    }

    /// A part of `bytes`.
    fn part(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let start = self.below(bytes.len() + 1);
        start..start + self.below(bytes.len() - start + 1)
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len());
        match self.below(8) {
            0 if !input.is_empty() => input[at] ^= 1 << self.below(8),
            1 if !input.is_empty() => input[at] = self.any(),
            2 if !input.is_empty() => input[at] = self.telling(),
            3 => input.insert(at, self.any()),
            4 => input.insert(at, self.telling()),
            5 => drop(input.drain(self.part(input))),
            6 => {
                let again = input[self.part(input)].to_vec();
                input.splice(at..at, again);
            }
            _ => {
                let other = &self.corpus[self.below(self.corpus.len())];
                let (part, gone) = (self.part(other), self.part(input));
                input.splice(gone, other[part].iter().copied());
            }
        }
        input.truncate(MAX_INPUT);
    }
}

impl Iterator for Mutants<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut input = self.corpus[self.below(self.corpus.len())].clone();
        for _ in 0..=self.below(CHANGES) {
            self.change(&mut input);
        }
        Some(input)
    }
}
