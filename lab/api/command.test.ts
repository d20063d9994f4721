import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { droplet } from './testing/client';

const NODE = ['--require', 'ts-node/register', 'lab/cli.ts', 'api', '--port', '0'];
/** Without the token that whoever runs the tests may have. */
const env = { ...process.env, DIGITALOCEAN_TOKEN: undefined };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-api-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command until `work` is done; it is told what the command says at first. */
async function running(options: readonly string[], work: (said: string, api: ChildProcess) => Promise<void>) {
  const api = spawn(process.execPath, [...NODE, ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const [said] = await once(api.stdout, 'data');
    await work(String(said), api);
  } finally {
    const ended = once(api, 'exit');
    api.kill();
    await ended;
  }
}

test('the API serves HTTPS with its own token, scopes, times and faults', async () => {
  const [authority, faults] = [join(folder, 'ca.pem'), join(folder, 'faults.json')];
  writeFileSync(faults, '[{ "call": "GET /v2/sizes", "kind": "503", "times": 1 }]');
  const options = [
    '--tls',
    authority,
    '--name',
    'lab.example.test',
    '--faults',
    faults,
    '--action-time',
    '0',
  ];
  await running([...options, '--strict', '--scoped-token', 'reader=droplet:read'], async (said) => {
    const [, url = '', token = ''] = /DIGITALOCEAN_API_URL=(\S+) DIGITALOCEAN_TOKEN=(\S+)/.exec(said) ?? [];
    expect([url, token]).toEqual([
      expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^dop_v1_[0-9a-f]{64}$/),
    ]);
    expect(said).toContain(`SSL_CERT_FILE=${authority}`);
    const ask = (method: string, path: string, body?: object, more: object = {}) =>
      new Promise<{ status?: number; text: string }>((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}`, ...more };
        const ca = readFileSync(authority);
        request(url + path, { method, ca, headers, servername: 'lab.example.test' }, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part) => (text += part));
          answer.on('end', () => resolve({ status: answer.statusCode, text }));
        })
          .on('error', reject)
          .end(body && JSON.stringify(body));
      });
    const status = async (...call: Parameters<typeof ask>) => (await ask(...call)).status;
    expect([await status('GET', '/v2/sizes'), await status('GET', '/v2/sizes')]).toEqual([503, 200]);
    expect(await status('POST', '/v2/droplets', droplet())).toBe(202);
    expect(JSON.parse((await ask('GET', '/v2/droplets')).text).droplets[0].status).toBe('active');
    expect(await status('POST', '/v2/tags', { name: 't', timeout: 1 })).toBe(422);
    const reader = { authorization: 'Bearer reader' };
    expect(await status('GET', '/v2/droplets', undefined, reader)).toBe(200);
    expect(await status('POST', '/v2/droplets', droplet(), reader)).toBe(403);
    await expect(fetch(`${url}/v2/account`)).rejects.toThrow(); // whoever does not trust the authority
  });
});

test('what a client sends that nobody knows is told on standard error', async () => {
  await running(['--token', 't', '--host', '0.0.0.0'], async (said, api) => {
    const port = /:(\d+);/.exec(said)?.[1];
    expect(said).toContain(`DIGITALOCEAN_API_URL=http://0.0.0.0:${port} DIGITALOCEAN_TOKEN=<the token>`);
    const told = once(api.stderr as NodeJS.ReadableStream, 'data');
    await fetch(`http://127.0.0.1:${port}/v2/tags`, {
      method: 'POST',
      headers: { authorization: 'Bearer t' },
      body: '{"name": "t", "timeout": 1}',
    });
    expect(String(await told)).toBe('POST /v2/tags: ignored timeout\n');
  });
});

test.each([
  [['--host', '192.0.2.1'], /^The API can't use 192\.0\.2\.1:0: /],
  [['--host', 'nowhere.invalid'], /^The API can't use nowhere\.invalid:0: /],
  [['--faults', '/nowhere'], /^\/nowhere can't be read: /],
  [['--faults', 'README.md'], /^README\.md can't be read: /],
  [['--catalogue', '/nowhere'], /^\/nowhere can't be read: /],
  [['--catalogue', 'package.json'], /^package\.json: all of it: has neither regions nor sizes nor images\n$/],
  [['--tls', '/nowhere/ca.pem'], /^--tls: there is no folder \/nowhere for that file\.\n$/],
  [['--state', '/nowhere/state'], /^--state: there is no folder \/nowhere for that file\.\n$/],
  [['--state', 'lab'], /^--state: lab is a folder; name a file\.\n$/],
  [['--sold-out', 's-1vcpu-1g'], /^--sold-out: there is neither a region nor a size "s-1vcpu-1g"\.\n$/],
  [['--token', ''], /It must be a word\./],
  [['--origin', 'localhost:3000'], /It must be like http:\/\/localhost:3000\./],
  [['--verified-email', 'ops'], /It must be like ops@example\.com\./],
  [['--scoped-token', 'reader=droplets'], /It must be like reader=droplet:read,image:read\./],
  [['--scoped-token', 'reader'], /It must be like reader=droplet:read,image:read\./],
  [['--token', 'a', '--scoped-token', 'a=read'], /^A token is given twice: each needs one of its own\.\n$/],
  [['--action-time', 'soon'], /It must be a whole number\./],
])('with %j it ends with one sentence', (options, message) => {
  const { status, stderr } = spawnSync(process.execPath, [...NODE, ...options], { env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
  expect(stderr).not.toMatch(/\n\s+at /);
});
