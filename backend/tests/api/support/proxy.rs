//! A wire between the application and a server that a test can cut.

use std::{
    io::copy,
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// Passes connections on to a server, until it is cut.
pub struct Proxy {
    wire: Arc<Mutex<Wire>>,
}

#[derive(Default)]
struct Wire {
    is_cut: bool,
    /// The next connection breaks.
    is_loose: bool,
    connections: Vec<TcpStream>,
}

impl Proxy {
    /// A proxy, and the URL that leads through it to the server that this URL names.
    pub fn in_front_of(url: &str) -> (Self, String) {
        let (scheme, rest) = url.split_once("://").unwrap();
        let authority = rest.split(['/', '?']).next().unwrap();
        let server = authority.rsplit('@').next().unwrap().to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let here = listener.local_addr().unwrap().to_string();
        let through = format!("{scheme}://{}", rest.replacen(&server, &here, 1));

        let wire = Arc::new(Mutex::new(Wire::default()));
        std::thread::spawn({
            let wire = wire.clone();
            move || {
                listener.incoming().map_while(Result::ok).for_each(|client| pass_on(client, &server, &wire))
            }
        });
        (Self { wire }, through)
    }

    /// Breaks every connection; new ones break at once.
    pub fn cut(&self) {
        let mut wire = self.wire.lock().unwrap();
        wire.is_cut = true;
        for connection in wire.connections.drain(..) {
            // The other side may have hung up already.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Breaks the next connection that is made, and no other.
    pub fn loosen(&self) {
        self.wire.lock().unwrap().is_loose = true;
    }

    /// Lets connections through again.
    pub fn restore(&self) {
        self.wire.lock().unwrap().is_cut = false;
    }
}

fn pass_on(client: TcpStream, server: &str, wire: &Mutex<Wire>) {
    let mut wire = wire.lock().unwrap();
    if std::mem::take(&mut wire.is_loose) || wire.is_cut {
        return;
    }
    let server = TcpStream::connect(server).unwrap();
    for (mut from, mut to) in
        [(&client, &server), (&server, &client)].map(|(from, to)| (twin(from), twin(to)))
    {
        std::thread::spawn(move || {
            // Ends when either side does, which is all there is to know.
            let _ = copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
    wire.connections.extend([client, server]);
}

fn twin(stream: &TcpStream) -> TcpStream {
    stream.try_clone().unwrap()
}
