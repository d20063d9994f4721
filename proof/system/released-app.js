/**
 * An application whose release can be told from its answers, and that is as good as it is told to be:
 * node -e PROGRAM RELEASE [healthy after so many seconds] [ends by itself after so many seconds]
 */
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

echoWebSockets(server);
server.listen(Number(process.env.PORT));
if (endsAfter !== 'Infinity') setTimeout(() => process.exit(3), Number(endsAfter) * 1000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
