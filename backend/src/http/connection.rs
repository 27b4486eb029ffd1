//! A client's connection as the HTTP server reads it: no further than its requests are being answered, and only as long as
//! there are any.
//!
//! The framework takes as many requests from a connection as 128 kB hold before it has answered the first one, and keeps 7 kB
//! for each: with the shortest ones, a single client that does not read its answers occupied 30 MB.
//! Here what comes after a request waits in the system's buffer, which is the client's own, until the answer has been handed
//! to the system. The framework also times the first head of a connection only; here each has to come in time.

use std::{
    cell::Cell,
    io,
    net::SocketAddr,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use actix_http::{BoxedPayloadStream, Extensions};
use actix_web::{
    HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    rt::net::TcpStream,
    web::Bytes,
};
use futures_util::Stream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

/// Bytes that are read before the requests in them are begun; so many of the shortest are taken at once.
const SIP: usize = 4 * 1024;
/// Bytes of a body that are read before whoever wants it has taken what was there.
const AHEAD: usize = 64 * 1024;

/// How long a connection may be silent between two requests. Longer than the 65 seconds of the load balancer in front
/// (`terraform/modules/alb`): it keeps connections, too, and would answer 502 when it sends a request on one that is just
/// being ended here.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long the head of a request may take.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a connection without a request is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// What a connection and the request on it know of each other.
struct Gate {
    is_answering: Cell<bool>,
    /// Whether the body of the request that is being answered is still wanted.
    wants_body: Cell<bool>,
    /// What was read since the last part of the body was taken.
    ahead: Cell<usize>,
    /// Whether the system takes no more of what was answered.
    is_stuck: Cell<bool>,
    /// When the head that comes in began.
    head: Cell<Option<Instant>>,
    /// When there was last something to answer, or to send.
    used: Cell<Instant>,
    /// Who would have read if it had been open.
    reader: Cell<Option<Waker>>,
}

impl Gate {
    fn new() -> Self {
        Self {
            is_answering: Cell::default(),
            wants_body: Cell::default(),
            ahead: Cell::default(),
            is_stuck: Cell::default(),
            head: Cell::default(),
            used: Cell::new(Instant::now()),
            reader: Cell::default(),
        }
    }

    fn is_open(&self) -> bool {
        if self.is_answering.get() {
            self.wants_body.get() && self.ahead.get() < AHEAD
        } else {
            !self.is_stuck.get()
        }
    }

    fn has_changed(&self) {
        if self.is_open()
            && let Some(reader) = self.reader.take()
        {
            reader.wake();
        }
    }

    fn end_body(&self) {
        self.wants_body.set(false);
    }
}

/// A request that is being answered, until it is dropped.
pub struct Turn(Rc<Gate>);

impl Turn {
    /// From now on only the body of this request is read.
    pub fn begin(request: &mut ServiceRequest) -> Option<Self> {
        let gate = Rc::clone(request.request().conn_data::<Rc<Gate>>()?);
        gate.is_answering.set(true);
        gate.head.set(None);
        gate.ahead.set(0);
        let payload = request.take_payload();
        let has_body = !matches!(payload, Payload::None);
        gate.wants_body.set(has_body);
        request.set_payload(if has_body { Arriving::payload(payload, &gate) } else { payload });
        Some(Self(gate))
    }

    /// An answer that is complete waits in line to be sent; one that is still being made lasts as long as that takes.
    pub fn end(turn: Option<Self>, response: ServiceResponse) -> ServiceResponse {
        match turn {
            Some(turn) if response.response().body().size() == BodySize::Stream => {
                response.map_body(|_, body| BoxBody::new(Made { body, _turn: turn }))
            }
            _ => response,
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.end_body();
        self.0.is_answering.set(false);
        self.0.used.set(Instant::now());
        self.0.has_changed();
    }
}

/// A body that arrives as it is wanted.
struct Arriving {
    payload: Payload,
    gate: Rc<Gate>,
}

impl Arriving {
    fn payload(payload: Payload, gate: &Rc<Gate>) -> Payload {
        let arriving: BoxedPayloadStream = Box::pin(Self { payload, gate: Rc::clone(gate) });
        arriving.into()
    }
}

impl Stream for Arriving {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let part = Pin::new(&mut self.payload).poll_next(context);
        match &part {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(_))) => {
                self.gate.ahead.set(0);
                self.gate.has_changed();
            }
            Poll::Ready(_) => self.gate.end_body(),
        }
        part
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.gate.end_body();
    }
}

/// An answer that is being made while it is sent.
struct Made {
    body: BoxBody,
    _turn: Turn,
}

impl MessageBody for Made {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

/// A connection.
pub struct Connection {
    stream: TcpStream,
    gate: Rc<Gate>,
    /// What was read since the requests in it could be begun.
    sipped: usize,
    /// Until it has to be looked whether it is still used.
    patience: Pin<Box<Sleep>>,
}

impl Connection {
    /// A connection that was accepted.
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, gate: Rc::new(Gate::new()), sipped: 0, patience: Box::pin(sleep(LOOK)) }
    }

    /// The other end.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.stream.peer_addr().ok()
    }

    /// Gives its requests what [`Turn::begin`] looks for.
    pub fn introduce(&self, requests: &mut Extensions) {
        requests.insert(Rc::clone(&self.gate));
    }

    /// Whether a head takes too long, or no request has come for too long. Asked while nothing is being answered.
    fn is_given_up(&mut self, context: &mut Context<'_>) -> bool {
        // Once in a while and not for each request: setting a timer takes longer than looking at the clock.
        while self.patience.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            let is_slow = self.gate.head.get().is_some_and(|began| began + HEAD_TIMEOUT <= now);
            if is_slow || self.gate.used.get() + KEEP_ALIVE + HEAD_TIMEOUT <= now {
                return true;
            }
            self.patience.as_mut().reset(now + LOOK);
        }
        false
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.gate.is_open() {
            this.sipped = 0;
            this.gate.reader.set(Some(context.waker().clone()));
            return Poll::Pending;
        }
        if !this.gate.is_answering.get() && this.is_given_up(context) {
            // As if the client had hung up.
            return Poll::Ready(Ok(()));
        }
        if this.sipped >= SIP {
            // Whoever reads begins what it has and comes back.
            this.sipped = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let room = buffer.remaining().min(SIP - this.sipped);
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(room));
        let outcome = Pin::new(&mut this.stream).poll_read(context, &mut part);
        let count = part.filled().len();
        buffer.advance(count);
        this.sipped = if outcome.is_pending() { 0 } else { this.sipped + count };
        this.gate.ahead.set(this.gate.ahead.get() + count);
        if count > 0 && !this.gate.is_answering.get() && this.gate.head.get().is_none() {
            this.gate.head.set(Some(Instant::now()));
        }
        outcome
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.gate.is_stuck.set(outcome.is_pending());
        this.gate.used.set(Instant::now());
        this.gate.has_changed();
        outcome
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
