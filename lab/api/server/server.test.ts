import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabEvent } from '../../common/events';
import { type Lab, start } from '../testing/client';

const DAEMON = 'daemon-token';
let lab: Lab;
beforeEach(async () => {
  lab = await start({ tokens: [{ token: DAEMON, scopes: ['reserved_ip:update'], name: 'daemon' }] });
});
afterEach(() => lab.close());

test('every call is an event, with its status and the name of its token', async () => {
  const events: LabEvent[] = [];
  lab.events.on((event) => events.push(event));
  await lab.call('GET', '/v2/droplets/1', undefined, DAEMON);
  await lab.call('GET', '/v2/account', undefined, 'wrong');
  expect(events).toMatchObject([
    { kind: 'api', method: 'GET', path: '/v2/droplets/1', status: 404, token: 'daemon' },
    { kind: 'api', path: '/v2/account', status: 401 },
  ]);
  expect(JSON.stringify(events)).not.toContain(DAEMON);
});

test("a unix socket needs no token for the lab's own calls, and is its owner's alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-api-'));
  const socketPath = join(folder, 'api.sock');
  const own = await start({ listen: [{ socket: socketPath }, { port: 0 }] });
  try {
    const status = await new Promise((resolve, reject) => {
      request({ socketPath, path: '/_lab/faults' }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect([status, own.url]).toEqual([200, `unix:${socketPath}`]);
  } finally {
    await own.close();
    rmSync(folder, { recursive: true });
  }
});

test('a port that is taken is one clear sentence', async () => {
  const port = Number(new URL(lab.url).port);
  await expect(start({ port })).rejects.toThrow(
    `The API can't use 127.0.0.1:${port}: another program does; choose another port.`,
  );
});
