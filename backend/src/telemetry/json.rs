//! An event as one JSON object in one line. What `tracing-subscriber` has for this writes each piece through a serializer
//! and checks each anew for being text, which takes several times as long.

use std::{
    cell::RefCell,
    fmt::{self, Write},
};

use chrono::{DateTime, Utc};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

/// Writes events: moment, level, the event's fields, and the module that it comes from.
pub struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'l> LookupSpan<'l>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        write_line(writer, Utc::now(), event)
    }
}

fn write_line(mut to: impl Write, moment: DateTime<Utc>, event: &Event<'_>) -> fmt::Result {
    to.write_str("{\"timestamp\":\"")?;
    write_moment(&mut to, moment)?;
    to.write_str("\",\"level\":\"")?;
    to.write_str(event.metadata().level().as_str())?;
    to.write_char('"')?;
    let mut fields = Fields { to: &mut to, outcome: Ok(()) };
    event.record(&mut fields);
    fields.outcome?;
    to.write_str(",\"target\":")?;
    write_text(&mut to, event.metadata().target())?;
    to.write_str("}\n")
}

thread_local! {
    /// The last second that this thread has logged in, and how it is written.
    static SECOND: RefCell<(i64, String)> = const { RefCell::new((i64::MIN, String::new())) };
}

/// RFC 3339 in UTC with microseconds.
fn write_moment(to: &mut impl Write, moment: DateTime<Utc>) -> fmt::Result {
    SECOND.with_borrow_mut(|(second, text)| {
        if *second != moment.timestamp() {
            *second = moment.timestamp();
            text.clear();
            write!(text, "{}", moment.format("%Y-%m-%dT%H:%M:%S"))?;
        }
        to.write_str(text)
    })?;
    // A leap second has more than a million of them.
    write!(to, ".{:06}Z", moment.timestamp_subsec_micros().min(999_999))
}

/// Writes fields one after the other; the first failure ends it.
struct Fields<'w, W> {
    to: &'w mut W,
    outcome: fmt::Result,
}

impl<W: Write> Fields<'_, W> {
    fn add(&mut self, field: &Field, write: impl FnOnce(&mut W) -> fmt::Result) {
        let to = &mut *self.to;
        self.outcome = self.outcome.and_then(|()| {
            to.write_char(',')?;
            write_text(to, field.name())?;
            to.write_char(':')?;
            write(to)
        });
    }
}

impl<W: Write> Visit for Fields<'_, W> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, |to| write_text(to, value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, |to| write!(to, "{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, |to| write!(to, "{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, |to| write!(to, "{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no infinity.
        self.add(field, |to| if value.is_finite() { write!(to, "{value}") } else { to.write_str("null") });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, |to| write_text(to, &format!("{value:?}")));
    }
}

/// A JSON string.
fn write_text(to: &mut impl Write, text: &str) -> fmt::Result {
    if text.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        let quoted = serde_json::to_string(text).map_err(|_| fmt::Error)?;
        return to.write_str(&quoted);
    }
    to.write_char('"')?;
    to.write_str(text)?;
    to.write_char('"')
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tracing_subscriber::{Layer, layer::Context, prelude::*};

    use super::*;

    /// Keeps the lines of events.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut line = String::new();
            let moment = DateTime::from_timestamp(1_700_000_000, 42_000).unwrap();
            write_line(&mut line, moment, event).unwrap();
            self.0.lock().unwrap().push(line);
        }
    }

    fn lines(log: impl FnOnce()) -> Vec<String> {
        let kept = Kept::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(kept.clone()), log);
        Arc::into_inner(kept.0).map(|lines| lines.into_inner().unwrap()).unwrap_or_default()
    }

    #[test]
    fn an_event_is_one_object_with_its_fields_in_their_kinds() {
        let kept = lines(|| {
            tracing::warn!(
                text = "a", number = 7_u64, below = -7_i64, is = true, part = 0.25, none = f64::NAN,
                shown = %"b", "said"
            );
        });
        let line: Value = serde_json::from_str(&kept[0]).unwrap();
        assert!(kept[0].ends_with("}\n"));
        assert_eq!(
            line,
            json!({
                "timestamp": "2023-11-14T22:13:20.000042Z", "level": "WARN", "message": "said",
                "text": "a", "number": 7, "below": -7, "is": true, "part": 0.25, "none": null, "shown": "b",
                "target": "backend::telemetry::json::tests",
            })
        );
    }

    #[test]
    fn whatever_is_in_a_field_stays_in_its_field_and_in_its_line() {
        let hostile = "\",\"level\":\"ERROR\"\n{}\\\u{0}\u{7f}é\u{2028}";
        let kept = lines(|| tracing::info!(text = hostile, debug = ?hostile, "said {hostile}"));
        let line: Value = serde_json::from_str(&kept[0]).unwrap();
        assert_eq!((&line["text"], &line["level"]), (&json!(hostile), &json!("INFO")));
        assert_eq!(line["message"], json!(format!("said {hostile}")));
        assert_eq!(kept[0].lines().count(), 1);
    }

    #[test]
    fn each_character_that_would_end_a_field_or_a_line_is_written_as_one_that_does_not() {
        let hostile: Vec<char> = ('\0'..' ').chain(['"', '\\']).collect();
        let kept = lines(|| hostile.iter().for_each(|one| tracing::info!(text = format!("a{one}b"), "said")));
        assert_eq!(kept.len(), hostile.len());
        for (line, one) in kept.iter().zip(hostile) {
            assert!(line.trim_end_matches('\n').chars().all(|c| c >= ' '), "{line:?}");
            let line: Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["text"], json!(format!("a{one}b")));
        }
    }

    #[test]
    fn moments_are_written_alike_when_the_second_changes_and_when_it_does_not() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (1, "1970-01-01T00:00:01.000000Z"),
            (1, "1970-01-01T00:00:01.000000Z"),
        ] {
            let mut text = String::new();
            write_moment(&mut text, DateTime::from_timestamp(seconds, 0).unwrap()).unwrap();
            assert_eq!(text, expected);
        }
    }
}
