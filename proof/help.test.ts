import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { scripts } from '../package.json';

const PROJECT = join(__dirname, '..');

/** Those that measure or try something for minutes or hours. */
const LONG = Object.entries(scripts).filter(([, line]) =>
  /^node .* (?:proof|lab\/client)\/[\w/-]+\.ts$/.test(line),
);

test('are those that work long', () => {
  expect(LONG.map(([name]) => name).sort()).toEqual([
    'bench',
    'drills',
    'test:clients',
    'test:drivers',
    'test:fork',
    'test:node',
    'test:providers',
    'test:workflows',
  ]);
});

test.each(LONG)(
  'npm run %s -- --help says what it would do, and refuses what it does not know',
  (name, line) => {
    const run = (arg: string) =>
      spawnSync('sh', ['-c', `exec ${line} ${arg}`], { cwd: PROJECT, encoding: 'utf8', timeout: 60_000 });
    const help = run('--help');
    expect([help.status, help.stdout]).toEqual([0, expect.stringMatching(`^Usage: npm run ${name} `)]);
    const mistake = run('--no-such-option');
    expect([mistake.status, mistake.stderr]).toEqual([
      1,
      expect.stringMatching(/^error: unknown option '--no-such-option'\n/),
    ]);
  },
);
