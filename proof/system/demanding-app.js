/**
 * An application that asks of its surroundings what frameworks ask, without any: it insists on HTTPS and on its own host, listens where its
 * host name leads, and answers with large headers, streams and web sockets.
 */
const { createHash } = require('node:crypto');
const { createServer } = require('node:http');

const { HOSTNAME, PORT } = process.env;
const DOMAIN = 'www.foobar.com';
const COOKIE = 'x'.repeat(990);

const answers = {
  '/healthz': (_request, response) => response.end('healthy\n'),
  '/seen': (request, response) => response.end(JSON.stringify(request.headers)),
  // About a kilobyte for each cookie.
  '/cookies': (_request, response, count) => {
    response.setHeader(
      'set-cookie',
      Array.from({ length: Number(count) }, (_, i) => `c${i}=${COOKIE}`),
    );
    response.end('many\n');
  },
  '/static/app.css': (_request, response) => response.end('body {}\n'),
  '/static/public.css': (_request, response) => {
    response.setHeader('cache-control', 'public, max-age=60');
    response.setHeader('content-type', 'text/css');
    response.end('body {}\n'.repeat(500));
  },
  '/upload': (request, response) => {
    const hash = createHash('sha256');
    request.on('data', (chunk) => hash.update(chunk)).on('end', () => response.end(hash.digest('hex')));
  },
  // One event at once, and another after so many seconds.
  '/events': (_request, response, seconds) => {
    response.setHeader('content-type', 'text/event-stream');
    response.write('data: first\n\n');
    setTimeout(() => response.end('data: last\n\n'), seconds * 1000);
  },
  '/stream': (_request, response, seconds) => {
    response.setHeader('x-accel-buffering', 'no');
    response.write('first\n');
    setTimeout(() => response.end('last\n'), seconds * 1000);
  },
};

const server = createServer((request, response) => {
  if (request.headers['x-forwarded-proto'] !== 'https') {
    response.writeHead(301, { location: `https://${DOMAIN}${request.url}` }).end();
  } else if (request.headers.host !== DOMAIN) {
    response.writeHead(400).end('This is not one of the allowed hosts.\n');
  } else {
    const { pathname, search } = new URL(request.url, 'https://any');
    const answer = answers[pathname] ?? (() => response.writeHead(404).end());
    answer(request, response, search.slice(1));
  }
});

echoWebSockets(server);
server.listen(Number(PORT), HOSTNAME);
process.on('SIGTERM', () => process.exit(0));
