import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../common/until';
import { client } from './testing/client';

const PATIENCE = 120_000;

/** Resolves to where an API that was just started says it is. */
async function urlOf({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('Nobody reads what it says.');
  const [line] = await once(stdout, 'data');
  return /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))?.[0] ?? String(line);
}

test('the API alone serves, says where, and ends on Ctrl-C', async () => {
  const script =
    "require('ts-node/register'); require('./lab/api/standalone').runApiAlone({ port: 0, token: 'admin-token' });";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const url = await urlOf(child);
    expect((await client(url).call('GET', '/v2/account')).status).toBe(200);
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'the API alone ends with the npm that started it, also when that is killed by %s',
  async (signal) => {
    const api = ['run', '--silent', 'lab', '--', 'api', '--port=0', '--token=admin-token'];
    const npm = spawn('npm', api, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const { call } = client(await urlOf(npm));
      expect((await call('GET', '/v2/account')).status).toBe(200);
      npm.kill(signal);
      const isGone = () =>
        call('GET', '/v2/account').then(
          () => false,
          () => true,
        );
      await until(isGone, { within: PATIENCE, otherwise: 'It goes on without its npm.' });
    } finally {
      npm.kill('SIGKILL');
    }
  },
);
