/**
 * An application whose release can be told from its answers, and that is as good as it is told to be:
 * node -e PROGRAM RELEASE [healthy after so many seconds] [ends by itself after so many seconds]
 */
const { createHash } = require('node:crypto');
const { createServer } = require('node:http');

const [, release, healthyAfter = '0', endsAfter = 'Infinity'] = process.argv;
const began = Date.now();
const age = () => (Date.now() - began) / 1000;

const server = createServer((request, response) => {
  const { pathname, search } = new URL(request.url, 'http://any');
  if (pathname === '/healthz') {
    response.writeHead(age() < Number(healthyAfter) ? 503 : 200).end();
  } else {
    setTimeout(() => response.end(release), Number(search.slice(1)) * 1000);
  }
});

// A web socket that sends back each short frame as it came, unmasked.
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('data', ([first, length, ...rest]) => {
    const mask = rest.slice(0, 4);
    const text = rest.slice(4).map((byte, i) => byte ^ mask[i % 4]);
    socket.write(Buffer.from([first, length & 0x7f, ...text]));
  });
  socket.on('error', () => {});
});

server.listen(Number(process.env.PORT));
if (endsAfter !== 'Infinity') setTimeout(() => process.exit(3), Number(endsAfter) * 1000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
