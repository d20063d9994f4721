import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './common/until';
import { InstalledPackage } from './testing/installed-package';

/** What README.md shows is what is tried here. */
const README = readFileSync(join(__dirname, 'README.md'), 'utf8');
const [, EXAMPLE = ''] = /```js\n(.*?)```/s.exec(README) ?? [];

let installed: InstalledPackage;
beforeAll(() => {
  installed = new InstalledPackage();
});
afterAll(() => installed?.remove());

const at = (path: string) => join(installed.folder, path);

test('the package brings what it needs, no TypeScript, and nothing of its own tests', () => {
  expect(['node_modules/typescript', 'node_modules/ts-node'].filter((path) => existsSync(at(path)))).toEqual(
    [],
  );
  const files = execFileSync('find', ['.', '-type', 'f'], { cwd: at('node_modules/digitalocean-lab') });
  const names = String(files).trim().split('\n');
  expect(names).toEqual(
    expect.arrayContaining([
      ...['./README.md', './LICENSE', './compatibility.md', './dist/network/port-scan.py'],
      './dist/external/object-store/moto-server.py',
    ]),
  );
  expect(names.filter((name) => /(?<!\.d)\.ts$|\.test\.|\/testing\//.test(name))).toEqual([]);
});

test('npx digitalocean-lab api answers, and ends with its npx', async () => {
  const start = Date.now();
  const words = ['--no', 'digitalocean-lab', 'api', '--port=0', '--token=of-this-test'];
  const npx = spawn('npx', words, {
    ...{ cwd: installed.folder, stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  });
  try {
    const [line] = await once(npx.stdout, 'data');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))?.[0] ?? String(line);
    const ask = () => fetch(`${url}/v2/account`, { headers: { authorization: 'Bearer of-this-test' } });
    expect(await (await ask()).json()).toMatchObject({ account: { status: 'active' } });
    process.stdout.write(`npx digitalocean-lab api: ${Date.now() - start} ms to its first answer\n`);
    npx.kill();
    await once(npx, 'exit');
    const isGone = () =>
      ask().then(
        () => false,
        () => true,
      );
    await until(isGone, { within: 120_000, otherwise: 'It goes on without its npx.' });
  } finally {
    killGroup(npx.pid);
  }
});

test('its programming interface does what README.md shows', () => {
  writeFileSync(at('example.test.mjs'), EXAMPLE);
  expect(run(['--test', 'example.test.mjs'])).toEqual({
    status: 0,
    stdout: expect.stringContaining('pass 3'),
  });
});

test('its programming interface is typed', () => {
  const use = `import { type Emulator, startEmulator } from 'digitalocean-lab';
const emulator: Emulator = await startEmulator({ actionTime: 0 });
const names: string[] = emulator.account().droplets.map(({ name }) => name);
// @ts-expect-error: it is setActionTime
emulator.setTime(1, names);
// @ts-expect-error: there is no such fault
emulator.fault({ call: 'GET /v2/account', kind: '418' });
`;
  writeFileSync(at('use.mts'), use);
  const modules = join(__dirname, '../node_modules');
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
  const types = ['--types', 'node', '--typeRoots', join(modules, '@types')];
  const compiler = [join(modules, 'typescript/bin/tsc'), ...options, ...types, 'use.mts'];
  expect(run(compiler)).toEqual({ status: 0, stdout: '' });
});

/** Ends what a process has started with it, too. */
function killGroup(id = 0): void {
  try {
    process.kill(-id, 'SIGKILL');
  } catch {
    // nothing is left of it
  }
}

/** Runs a program of Node.js's in the folder where the package is installed. */
function run(words: readonly string[]): { status: number | null; stdout: string } {
  const options = { cwd: installed.folder, encoding: 'utf8' } as const;
  const { status, stdout } = spawnSync(process.execPath, words, options);
  return { status, stdout };
}
