//! HTTP/1.1 as it is on the wire: a proxy that cuts messages in the middle must hold them as bytes.

use std::io;

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    net::TcpStream,
};

/// The beginning of a request or an answer, with the empty line that ends it.
#[derive(Clone, Debug)]
pub(super) struct Head(Vec<u8>);

impl Head {
    /// Reads one; `None` if the other side has nothing more to say.
    pub(super) async fn read(from: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        loop {
            let before = head.len();
            if from.read_until(b'\n', &mut head).await? == 0 {
                return if before == 0 { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            if head.get(before..) == Some(b"\r\n") {
                break;
            }
        }
        Ok(Some(Self(head)))
    }

    /// An answer's head of our own making.
    pub(super) fn answer(status: &str, headers: &[(&str, &str)]) -> Self {
        let mut text = format!("HTTP/1.1 {status}\r\n");
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.push_str("\r\n");
        Self(text.into_bytes())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The three words of the first line: method, target and version, or version, status and reason.
    pub(super) fn words(&self) -> [&str; 3] {
        let mut words = self.text().lines().next().unwrap_or_default().splitn(3, ' ');
        [(); 3].map(|()| words.next().unwrap_or_default())
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whether there is a header whose name begins so.
    pub(super) fn has(&self, beginning: &str) -> bool {
        self.headers()
            .any(|(name, _)| name.get(..beginning.len()).is_some_and(|name| name.eq_ignore_ascii_case(beginning)))
    }

    /// Bytes of the body that the headers announce.
    pub(super) fn length(&self) -> usize {
        self.header("content-length").map_or(0, |length| length.parse().expect("a length"))
    }

    /// The same with a body of this length, not in chunks.
    fn with_length(&self, length: usize) -> Self {
        let lines = self.text().trim_end().lines();
        let kept = lines.filter(|line| !line.to_ascii_lowercase().starts_with("transfer-encoding:"));
        let kept: String = kept.flat_map(|line| [line, "\r\n"]).collect();
        Self(format!("{kept}Content-Length: {length}\r\n\r\n").into_bytes())
    }

    fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text().lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, value)| (name, value.trim()))
    }

    fn text(&self) -> &str {
        str::from_utf8(&self.0).expect("clients and servers here write ASCII")
    }
}

/// Reads so many bytes of a request's body.
pub(super) async fn body(from: &mut BufReader<TcpStream>, length: usize) -> io::Result<Vec<u8>> {
    let mut body = vec![0; length];
    from.read_exact(&mut body).await?;
    Ok(body)
}

/// Reads an answer: its head, which says how long it is, and its body.
pub(super) async fn answer(from: &mut BufReader<TcpStream>, is_bodyless: bool) -> io::Result<(Head, Vec<u8>)> {
    let head = Head::read(from).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    if is_bodyless || matches!(head.words()[1], "204" | "304") {
        return Ok((head, Vec::new()));
    }
    if head.header("transfer-encoding").is_none() {
        let body = body(from, head.length()).await?;
        return Ok((head, body));
    }
    let mut whole = Vec::new();
    loop {
        let mut size = String::new();
        from.read_line(&mut size).await?;
        let size = usize::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
        let chunk = body(from, size + 2).await?;
        whole.extend_from_slice(chunk.strip_suffix(b"\r\n").unwrap_or(&chunk));
        if size == 0 {
            return Ok((head.with_length(whole.len()), whole));
        }
    }
}
