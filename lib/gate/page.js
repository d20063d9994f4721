/**
 * A page of the load balancer that holds the Reserved IP, as anybody can read it: so a gate needs no token and no SSH, and works before
 * the domain leads anywhere, and through a proxy.
 */
const { request } = require('node:http');

const { ADDRESS } = process.env;

/** Milliseconds. A round of questions to 100 droplets takes the load balancer five seconds. */
const PATIENCE = 15_000;

const urlOf = (path) => `http://${ADDRESS}${path}`;

/**
 * What the page says, from JSON.
 *
 * @throws Error with words for a person that follow the page's address
 */
async function ask(path) {
  const { status, text } = await get(path).catch((error) => {
    throw new Error(`gives no answer (${error.code ?? error.message})`);
  });
  if (status === 301 || status === 404)
    throw new Error(`answers ${status}: the load balancers know no such page yet (docs/operations.md)`);
  if (status !== 200) throw new Error(`answers ${status}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('answers what is no JSON');
  }
}

/** Status and text of the answer. */
function get(path, own = {}) {
  const url = urlOf(path);
  const proxy = proxyUrl();
  const where = proxy
    ? { host: proxy.hostname, port: proxy.port || 80, path: url, headers: proxyHeaders(proxy) }
    : { host: ADDRESS, path, headers: {} };
  const headers = { ...where.headers, ...own, host: ADDRESS };
  return new Promise((resolve, reject) => {
    const call = request(
      { ...where, headers, agent: false, signal: AbortSignal.timeout(PATIENCE) },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode, text }));
        answer.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end();
  });
}

/** As other programs find theirs; Node.js by itself takes no notice of it. */
function proxyUrl() {
  const variable = (name) => process.env[name] || process.env[name.toUpperCase()];
  const direct = (variable('no_proxy') ?? '').split(',').map((name) => name.trim());
  const proxy = variable('http_proxy');
  if (!proxy || direct.includes(ADDRESS) || direct.includes('*')) return undefined;
  return new URL(proxy.includes('://') ? proxy : `http://${proxy}`); // curl and others take it without, too
}

function proxyHeaders({ username, password }) {
  if (!username) return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

module.exports = { ask, get, urlOf };
