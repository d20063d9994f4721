import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { until } from '../common/until';
import { Deployment, type Json } from './testing/deployment';
import { smallStack } from './testing/small-stack';

const PROGRAM = `
  const { BuiltInApply } = require('./lab/apply/built-in-apply');
  new BuiltInApply(JSON.parse(process.argv[1])).apply();
`;

const DROPLETS = ['digitalocean_droplet.database', 'digitalocean_droplet.web-1'];

let deployment: Deployment;
let child: ChildProcess | undefined;

beforeEach(async () => {
  deployment = await Deployment.start(15_000);
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await deployment.end();
});

test('an apply that is killed while droplets are being made is finished by the next, and nothing is there twice', async () => {
  const target = JSON.stringify(deployment.target(smallStack()));
  const cwd = join(__dirname, '..', '..');
  const options = ['--require', 'ts-node/register', '-e', PROGRAM, target];
  child = spawn(process.execPath, options, { cwd, stdio: 'inherit' });
  const exited = once(child, 'exit');
  // All is begun and noted, and for some seconds nothing happens but waiting.
  await eventually(async () => (await total('firewalls')) === 1 && onlyDropletsAreUnfinished());
  child.kill('SIGKILL');
  await exited;
  expect([await total('droplets'), unfinished()]).toEqual([2, DROPLETS]);
  deployment.actionTime.value = 1000;

  await deployment.apply(smallStack());

  expect(await deployment.plan(smallStack())).toEqual([]);
  const counts = await Promise.all(['droplets', 'volumes', 'reserved_ips', 'firewalls'].map(total));
  expect(counts).toEqual([2, 1, 1, 1]);
});

function onlyDropletsAreUnfinished(): boolean {
  return isDeepStrictEqual(unfinished(), DROPLETS);
}

/** What the state says is begun and not ready. */
function unfinished(): string[] {
  if (!existsSync(join(deployment.folder, 'state/state.json'))) return [];
  const resources = Object.entries<Json>(deployment.state().resources);
  return resources.flatMap(([address, { current }]) => (current.tainted ? [address] : [])).sort();
}

async function total(path: string): Promise<number> {
  return (await deployment.get(`/${path}`)).meta.total;
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  await until(isSo, { within: 240_000, otherwise: `Not within 240 s: ${isSo}`, pause: 20 });
}
