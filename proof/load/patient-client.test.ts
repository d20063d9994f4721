import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { until } from '../../lab/common/until';
import { appProgram } from '../system/app-program';
import type { PatientPlan, PatientReport } from './patient-client';

const PORT = 18_437;
const PATIENCE = { within: 240_000, otherwise: 'It takes too long.', pause: 20 };

let site: ChildProcess | undefined;
let visitors: ChildProcess | undefined;

afterEach(() => {
  site?.kill('SIGKILL');
  visitors?.kill('SIGKILL');
});

async function startSite(): Promise<void> {
  site = spawn(process.execPath, ['-e', await appProgram('released-app.js'), '1.0'], {
    env: { ...process.env, PORT: String(PORT) },
    stdio: 'inherit',
  });
  await until(listens, PATIENCE);
}

function listens(): Promise<boolean> {
  const socket = connect(PORT, '127.0.0.1');
  return new Promise((resolve) => {
    socket.on('error', () => resolve(false));
    socket.on('connect', () => resolve(true));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

/** Starts visitors of the site; waits until they tell what is waited for, or, without that, until they have stopped. */
function visitAs(): (isSo?: (report: PatientReport) => boolean) => Promise<PatientReport> {
  const plan: PatientPlan = { url: `http://www.example.test:${PORT}`, address: '127.0.0.1', seconds: 1 };
  const program = [join(__dirname, 'patient-client.ts'), JSON.stringify(plan)];
  const child = spawn(process.execPath, ['--require', 'ts-node/register', ...program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  visitors = child;
  let last: PatientReport = { answers: 0, unanswered: [], sockets: [], refused: [] };
  child.on('message', (report: PatientReport) => {
    last = report;
  });
  return async (isSo) => {
    if (!isSo) child.send('stop');
    await until(async () => (isSo ? isSo(last) : !child.connected), PATIENCE);
    return last;
  };
}

test('visitors with patience get their slow answers, and keep their web sockets', async () => {
  await startSite();
  const visitorsTell = visitAs();
  await visitorsTell(({ answers, sockets }) => answers >= 3 && sockets.length === 4);
  const { answers, unanswered, sockets, refused } = await visitorsTell();
  expect(answers).toBeGreaterThanOrEqual(3);
  expect(sockets.map(({ ended }) => ended)).toEqual([undefined, undefined, undefined, undefined]);
  expect([unanswered, refused]).toEqual([[], []]);
});

test('visitors with patience tell of each answer that never came, and when each web socket ended', async () => {
  await startSite();
  const visitorsTell = visitAs();
  await visitorsTell(({ sockets }) => sockets.length === 4);
  const died = Date.now();
  site?.kill('SIGKILL');
  await visitorsTell(({ unanswered, refused }) => unanswered.length > 0 && refused.length > 0);
  await startSite();
  await visitorsTell(({ sockets }) => sockets.length === 8);
  const ended = (await visitorsTell()).sockets.map((socket) => socket.ended ?? Number.POSITIVE_INFINITY);
  expect(Math.min(...ended)).toBeGreaterThanOrEqual(died - 20); // the clocks of two processes
  expect(ended.filter(Number.isFinite)).toHaveLength(4);
});
