import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { until } from '../../lab/common/until';

const SCRIPT = join(__dirname, 'attacker.ts');
let server: Server;
let site: string;
const open = new Set<Socket>();
const children = new Set<ChildProcess>();

beforeAll(async () => {
  server = createServer((socket) => {
    open.add(socket.on('error', () => {}).on('data', () => {}));
    socket.on('close', () => open.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  site = `http://www.example.test:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});
afterAll(() => server.close());

function attack(...words: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--require', 'ts-node/register', SCRIPT, ...words], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  children.add(child);
  return child;
}

test('says how many of its connections are open, and opens a new one for each that is closed', async () => {
  const child = attack('slow-headers', '40', '127.0.0.1', '127.0.0.1', site);
  const said: number[] = [];
  child.on('message', (count: number) => said.push(count));
  const patience = { within: 120_000, otherwise: () => `It says ${said.join(', ')}.`, pause: 10 };
  await until(() => said.at(-1) === 40, patience);
  expect(open.size).toBe(40);
  expect(Math.max(...said)).toBe(40);
  server.maxConnections = 10; // what comes above that is closed at once
  for (const socket of [...open].slice(0, 30)) socket.destroy();
  const from = said.length;
  await until(() => said.length > from + 5, patience);
  expect(Math.max(...said.slice(from + 2))).toBeLessThan(40);
  server.maxConnections = Number.POSITIVE_INFINITY;
  await until(() => said.at(-1) === 40, patience);
});

test.each([
  ['nothing to do', ['idle', '0']],
  ['no number', ['idle', 'NaN']],
  ['a kind that is none', ['angry', '10']],
])(
  'ends with a sentence at %s',
  async (_, words) => {
    const child = attack(...words, '127.0.0.1', '127.0.0.1', site);
    let said = '';
    child.stderr?.on('data', (data) => {
      said += data;
    });
    const [status] = await once(child, 'close');
    expect([status, said]).toEqual([2, expect.stringContaining('The attacker cannot keep')]);
  },
  30_000,
);
