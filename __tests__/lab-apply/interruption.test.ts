import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment, type Json } from './deployment';
import { smallStack } from './small-stack';

const PROGRAM = `
  const { WithoutTerraform } = require('./lab/apply/without-terraform');
  new WithoutTerraform(JSON.parse(process.argv[1])).apply();
`;

let deployment: Deployment;
let child: ChildProcess | undefined;

beforeEach(async () => {
  deployment = await Deployment.start(1000);
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
  // All is begun, and for most of a second nothing happens but waiting.
  await eventually(async () => (await total('droplets')) === 2 && (await total('firewalls')) === 1);
  await sleep(300);
  child.kill('SIGKILL');
  await exited;
  expect(
    Object.values<Json>(deployment.state().resources).filter(({ current }) => current.tainted),
  ).toHaveLength(2);

  await deployment.apply(smallStack());

  expect(await deployment.plan(smallStack())).toEqual([]);
  const counts = await Promise.all(['droplets', 'volumes', 'reserved_ips', 'firewalls'].map(total));
  expect(counts).toEqual([2, 1, 1, 1]);
}, 20_000);

async function total(path: string): Promise<number> {
  return (await deployment.get(`/${path}`)).meta.total;
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500 && !(await isSo()); i++) await sleep(20);
}
