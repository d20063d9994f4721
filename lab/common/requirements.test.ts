import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raiseLimits } from './requirements';
import { attempt } from './run';

const ask = [
  'node',
  '--eval',
  "require('ts-node/register'); require('./lab/common/requirements').whyNoLab().then(console.log)",
];

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('someone who is not root is told so in one sentence', async () => {
  // In a user namespace of its own, a process is nobody.
  const { stdout } = await attempt(['unshare', '--user', ...ask]);
  expect(stdout).toMatch(/^The lab makes namespaces and mounts, for which it needs root: .*\.\n$/);
});

onLinux('root in a container without the rights is told which one is missing, in one sentence', async () => {
  const { stdout } = await attempt([
    'unshare',
    '--user',
    '--map-root-user',
    'setpriv',
    '--bounding-set=-all',
    ...ask,
  ]);
  expect(stdout).toMatch(/^Even root may not make namespaces here .*\.\n$/);
});

test('a limit of inotify that is too low for several labs is raised, which is said; a higher one stays', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'limits-'));
  const file = join(folder, 'max_user_instances');
  const said: string[] = [];
  const say = (step: string) => said.push(step);
  try {
    await writeFile(file, '128\n');
    await raiseLimits(say, file);
    expect(Number(await readFile(file, 'utf8'))).toBe(1024);
    expect(said).toEqual([expect.stringContaining('from 128 to 1024')]);
    await writeFile(file, '8192\n');
    await raiseLimits(say, file);
    expect(Number(await readFile(file, 'utf8'))).toBe(8192);
    expect(said).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
