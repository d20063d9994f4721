import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { client } from './client';

test('the API alone serves within a second, says where, and ends on Ctrl-C', async () => {
  const script =
    "require('ts-node/register'); require('./lab/api/main').runApiAlone({ port: 0, token: 'admin-token' });";
  const begin = Date.now();
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const [line] = await once(child.stdout, 'data');
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line)) ?? [''];
    expect((await client(url).call('GET', '/v2/account')).status).toBe(200);
    expect(Date.now() - begin).toBeLessThan(3000); // a second on an idle machine
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
