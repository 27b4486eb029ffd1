//! One kept answer: its bytes, its compressed forms and the tags that name them.

use std::io::Write;

use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use tokio::sync::OnceCell;

use super::{
    key::Namespace,
    versions::{Slot, Ticket, Versions, slot},
};
use crate::{digest::short_hash, error::AppError};

/// Smaller answers are not compressed: they fit into one packet anyway.
pub const WORTH_COMPRESSING: usize = 1_024;
/// Brotli's effort, of 11: beyond this the time grows faster than the answer shrinks.
const BROTLI_QUALITY: i32 = 5;
/// Brotli's window, as a power of two: larger than any answer.
const BROTLI_WINDOW: i32 = 19;
/// What an entry takes besides its bytes, roughly.
const OVERHEAD: usize = 512;

/// Compresses a whole answer.
type Compress = fn(&[u8]) -> std::io::Result<Vec<u8>>;

/// How an answer is coded on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Plain,
    /// `br`
    Brotli,
    /// `gzip`
    Gzip,
}

impl Coding {
    /// Its name in `Content-Encoding`; none for what is not coded.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
        }
    }
}

/// An answer as it was just made.
#[derive(Debug)]
pub struct Fresh {
    /// The JSON.
    pub body: Vec<u8>,
    /// The editions that its tag begins with, if writes are compared with them.
    pub editions: Option<String>,
    /// The products whose stock it shows, by id.
    pub shows: Vec<String>,
}

impl Fresh {
    /// An answer in JSON that shows the stock of these products.
    pub fn of<T: serde::Serialize>(answer: &T, shows: Vec<String>) -> Result<Self, AppError> {
        let body = serde_json::to_vec(answer)
            .map_err(|error| AppError::Internal(format!("writing an answer: {error}")))?;
        Ok(Self { body, editions: None, shows })
    }
}

/// An answer that is kept.
#[derive(Debug)]
pub struct Entry {
    /// The JSON.
    body: Bytes,
    /// Its tag, without quotes.
    tag: String,
    brotli: OnceCell<Option<Form>>,
    gzip: OnceCell<Option<Form>>,
    plain: Form,
    ticket: Ticket,
    slots: Vec<Slot>,
}

/// An answer in one coding, ready to be sent.
#[derive(Debug, Clone)]
pub struct Form {
    /// How it is coded.
    pub coding: Coding,
    /// The bytes.
    pub bytes: Bytes,
    /// The value of `ETag`: another coding is another representation, and has a tag of its own.
    pub tag: Bytes,
}

impl Form {
    fn new(coding: Coding, bytes: Bytes, tag: &str) -> Self {
        let tag = match coding.name() {
            None => format!("\"{tag}\""),
            Some(name) => format!("\"{tag}-{name}\""),
        };
        Self { coding, bytes, tag: tag.into() }
    }
}

impl Entry {
    /// Takes over an answer that began to be made with this ticket.
    pub fn new(fresh: Fresh, ticket: Ticket) -> Self {
        let hash = short_hash(&fresh.body);
        let tag = match &fresh.editions {
            Some(editions) => format!("{editions}.{hash}"),
            None => hash,
        };
        let mut slots: Vec<Slot> = fresh.shows.iter().map(|id| slot(id)).collect();
        slots.sort_unstable();
        slots.dedup();
        Self::restore(fresh.body.into(), tag, slots, ticket)
    }

    /// Puts an answer together that was kept elsewhere.
    pub fn restore(body: Bytes, tag: String, slots: Vec<Slot>, ticket: Ticket) -> Self {
        let plain = Form::new(Coding::Plain, body.clone(), &tag);
        let (brotli, gzip) = (OnceCell::new(), OnceCell::new());
        Self { body, tag, brotli, gzip, plain, ticket, slots }
    }

    /// Its tag, without quotes and without a coding.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The JSON.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// How far the catalogue had been followed when it began to be made.
    pub fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// The stamps that it depends on.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Whether it is still true.
    pub fn holds(&self, versions: &Versions, namespace: Namespace) -> bool {
        versions.holds(self.ticket, namespace, &self.slots)
    }

    /// Bytes it takes in memory at most. Compressed forms are only kept when they take three quarters of the plain one or
    /// less.
    pub fn weight(&self) -> usize {
        let tags = self.tag.len() * 4;
        OVERHEAD + self.body.len() * 5 / 2 + tags + self.slots.len() * size_of::<Slot>()
    }

    /// The answer in this coding, or as it is when that saves nothing. It is compressed once, for the first who asks.
    pub async fn form(&self, coding: Coding) -> &Form {
        let (cell, compress): (_, Compress) = match coding {
            _ if self.body.len() < WORTH_COMPRESSING => return &self.plain,
            Coding::Plain => return &self.plain,
            Coding::Brotli => (&self.brotli, brotli),
            Coding::Gzip => (&self.gzip, gzip),
        };
        let form = match cell.get() {
            Some(form) => form,
            None => cell.get_or_init(|| self.compressed(coding, compress)).await,
        };
        form.as_ref().unwrap_or(&self.plain)
    }

    async fn compressed(&self, coding: Coding, compress: Compress) -> Option<Form> {
        let body = self.body.clone();
        let compressing = tokio::task::spawn_blocking(move || compress(&body));
        match compressing.await.map_err(std::io::Error::other).flatten() {
            Ok(bytes) if bytes.len() * 4 <= self.body.len() * 3 => {
                Some(Form::new(coding, bytes.into(), &self.tag))
            }
            Ok(_) => None,
            Err(error) => {
                tracing::error!(%error, "an answer could not be compressed; it is sent as it is");
                None
            }
        }
    }
}

fn brotli(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        ..BrotliEncoderParams::default()
    };
    let (mut from, mut to) = (body, Vec::new());
    brotli::BrotliCompress(&mut from, &mut to, &parameters)?;
    to.shrink_to_fit();
    Ok(to)
}

fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body)?;
    let mut to = encoder.finish()?;
    to.shrink_to_fit();
    Ok(to)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn entry(body: &[u8]) -> Entry {
        let fresh = Fresh { body: body.to_vec(), editions: None, shows: Vec::new() };
        Entry::new(fresh, Ticket { round: 0, floor: 0 })
    }

    #[tokio::test]
    async fn every_form_holds_the_same_answer_under_a_tag_of_its_own() {
        let text = "the same words again and again ".repeat(100);
        let entry = entry(text.as_bytes());
        let (mut gunzipped, mut unbrotlied) = (String::new(), Vec::new());
        let gzip = entry.form(Coding::Gzip).await;
        flate2::read::GzDecoder::new(gzip.bytes.as_ref()).read_to_string(&mut gunzipped).unwrap();
        let brotli = entry.form(Coding::Brotli).await;
        brotli::BrotliDecompress(&mut brotli.bytes.as_ref(), &mut unbrotlied).unwrap();
        assert_eq!((gunzipped.as_str(), unbrotlied.as_slice()), (text.as_str(), text.as_bytes()));
        let plain = entry.form(Coding::Plain).await;
        assert_eq!(plain.bytes, text);
        assert!(plain.tag != gzip.tag && gzip.tag != brotli.tag);
        assert!(gzip.tag.ends_with(b"-gzip\"") && brotli.tag.ends_with(b"-br\""));
        assert!(entry.weight() > plain.bytes.len() + gzip.bytes.len() + brotli.bytes.len());
        // Once: the next one gets the same bytes.
        assert_eq!(entry.form(Coding::Gzip).await.bytes.as_ptr(), gzip.bytes.as_ptr());
    }

    #[tokio::test]
    async fn what_is_small_or_does_not_shrink_is_sent_as_it_is() {
        let small = entry(b"{}");
        assert_eq!(small.form(Coding::Brotli).await.coding, Coding::Plain);
        let mut random = vec![0; 4_096];
        rand::RngCore::fill_bytes(&mut rand::rng(), &mut random);
        let noise = entry(&random);
        assert_eq!(noise.form(Coding::Gzip).await.coding, Coding::Plain);
        assert_eq!(noise.form(Coding::Brotli).await.coding, Coding::Plain);
    }
}
