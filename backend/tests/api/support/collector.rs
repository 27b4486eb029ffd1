//! A collector of traces: it listens as a real one does, and keeps what it is sent.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
};
use prost::Message;

/// A listening collector.
pub struct Collector {
    pub url: String,
    taken: Arc<Mutex<Vec<Taken>>>,
}

/// One span, as it was sent.
#[derive(Debug, Clone)]
pub struct Taken {
    pub name: String,
    /// As it is written in `traceparent`.
    pub trace: String,
    pub id: String,
    pub parent: String,
    /// 1 internal, 2 server, 3 client.
    pub kind: i32,
    pub is_error: bool,
    pub attributes: Vec<(String, String)>,
    /// The attributes of what sent it.
    pub resource: Vec<(String, String)>,
}

impl Taken {
    /// An attribute's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Collector {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let taken = Arc::<Mutex<Vec<Taken>>>::default();
        std::thread::spawn({
            let taken = taken.clone();
            move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    let spans = take(&stream);
                    taken.lock().unwrap().extend(spans);
                    answer(stream);
                }
            }
        });
        Self { url, taken }
    }

    /// Everything it was sent so far.
    pub fn spans(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

/// Reads one request, which must be one that the protocol describes.
fn take(stream: &TcpStream) -> Vec<Taken> {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line == "\r\n" {
            break;
        }
        head.push(line.trim().to_ascii_lowercase());
    }
    assert_eq!(head[0], "post /v1/traces http/1.1");
    assert!(head.contains(&"content-type: application/x-protobuf".to_owned()), "{head:?}");
    let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
    let mut taken = Vec::new();
    for sent in request.resource_spans {
        let resource = read(&sent.resource.unwrap().attributes);
        for span in sent.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            taken.push(Taken {
                name: span.name,
                trace: hex(&span.trace_id),
                id: hex(&span.span_id),
                parent: hex(&span.parent_span_id),
                kind: span.kind,
                is_error: span.status.is_some_and(|status| status.code == 2),
                attributes: read(&span.attributes),
                resource: resource.clone(),
            });
        }
    }
    taken
}

fn answer(mut stream: TcpStream) {
    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer.as_bytes()).unwrap();
}

fn read(attributes: &[KeyValue]) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let value = |attribute: &KeyValue| attribute.value.as_ref().and_then(|any| any.value.as_ref()).map(text);
    attributes.iter().map(|pair| (pair.key.clone(), value(pair).unwrap_or_default())).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
