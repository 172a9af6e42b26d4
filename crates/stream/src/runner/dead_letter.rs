//! Dead letters: what is written of an input that can never work.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::{Rejected, SourcePosition};

use super::batch::RawInput;
use crate::{DEAD_LETTERS, Outbox, OutgoingRecord};

/// Kafka's default limit of a message, less the envelope: what any topic takes.
const SAFE_PAYLOAD_BYTES: usize = 900_000;

/// Who writes dead letters, and how long they may be.
#[derive(Clone, Debug)]
pub(crate) struct DeadLetters {
    pub(crate) stage: String,
    /// Topic of the inputs, without prefix.
    pub(crate) topic: &'static str,
    pub(crate) max_message_bytes: usize,
}

impl DeadLetters {
    /// The dead letter of an input.
    pub(crate) fn of(&self, input: &RawInput, reason: &str) -> OutgoingRecord {
        let payload = input.payload.as_deref().unwrap_or_default();
        let mut letter = Rejected {
            stage: self.stage.clone(),
            reason: reason.to_owned(),
            source: SourcePosition {
                topic: self.topic.to_owned(),
                partition: input.partition,
                offset: input.offset,
            },
            written: input.written,
            key: input
                .key
                .clone()
                .and_then(|key| String::from_utf8(key).ok()),
            payload: None,
            payload_base64: None,
            payload_bytes: payload.len(),
        };
        let limit = self.max_message_bytes.min(SAFE_PAYLOAD_BYTES);
        let mut kept = payload.len().min(limit);
        loop {
            fill(&mut letter, payload, kept, input.payload.is_some());
            let record = encode(&letter);
            // Escapes in JSON may double the size; each turn halves what is kept.
            if record.payload.len() <= limit || kept == 0 {
                return record;
            }
            kept /= 2;
        }
    }
}

/// Puts the first `kept` bytes of the payload into the letter, as text where the payload is text.
fn fill(letter: &mut Rejected, payload: &[u8], kept: usize, has_payload: bool) {
    letter.payload = None;
    letter.payload_base64 = None;
    if !has_payload {
        return;
    }
    if let Ok(text) = str::from_utf8(payload) {
        let end = (0..=kept).rev().find(|end| text.is_char_boundary(*end));
        letter.payload = text.get(..end.unwrap_or(0)).map(str::to_owned);
    } else {
        letter.payload_base64 = payload.get(..kept).map(|bytes| STANDARD.encode(bytes));
    }
}

fn encode(letter: &Rejected) -> OutgoingRecord {
    let mut outbox = Outbox::new();
    outbox
        .send(DEAD_LETTERS, letter)
        .expect("a dead letter holds text and numbers only");
    outbox
        .into_records()
        .pop()
        .expect("the letter was just sent to the outbox")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter_of(payload: &[u8], max_message_bytes: usize) -> Rejected {
        let letters = DeadLetters {
            stage: "processor".to_owned(),
            topic: "articles",
            max_message_bytes,
        };
        let input = RawInput {
            partition: 2,
            offset: 7,
            key: Some(b"feed".to_vec()),
            payload: Some(payload.to_vec()),
            written: None,
            is_repeat: false,
        };
        let record = letters.of(&input, "not an article");
        assert!(record.payload.len() <= max_message_bytes.max(1_000));
        serde_json::from_slice(&record.payload).unwrap()
    }

    #[test]
    fn text_is_kept_as_text_and_bytes_as_base64() {
        let letter = letter_of(b"{broken", 10_000);
        assert_eq!(letter.payload.as_deref(), Some("{broken"));
        let letter = letter_of(&[0xff, 0x00], 10_000);
        assert_eq!(letter.payload_base64.as_deref(), Some("/wA="));
    }

    #[test]
    fn a_long_payload_is_cut_at_a_character_and_its_size_kept() {
        let payload = "é\n".repeat(10_000);
        let letter = letter_of(payload.as_bytes(), 5_000);
        assert_eq!(letter.payload_bytes, 30_000);
        assert!(payload.starts_with(letter.payload.as_deref().unwrap()));
    }
}
