import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';

const MODULE = join(__dirname, 'end-with-npm.ts');

test('what a command has started ends with the npm that started it, and what that has started too', async () => {
  const script = `
    require(${JSON.stringify(MODULE)}).endWithNpm(require(${JSON.stringify(MODULE)}).endWithAll);
    require('node:child_process').spawn('sh', ['-c', 'sleep 90; true'], { stdio: 'inherit' }).on('spawn', () => console.log('begun'));`;
  // A shell by the name of npm, which hands no signal on.
  const npm = spawn(
    'sh',
    ['-c', '"$@"; true', 'sh', process.execPath, '--require', 'ts-node/register', '-e', script],
    {
      argv0: 'npm',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(npm.stdout, 'data');
  npm.kill('SIGKILL');
  await once(npm, 'close'); // not before its output is closed, which all of them hold open
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends a process after what it has to do, once',
  async (signal) => {
    const script = `
    require(${JSON.stringify(MODULE)}).beforeEnd(async () => {
      console.log('ending');
      await new Promise((done) => setTimeout(done, 500));
      console.log('ended');
    });
    setInterval(() => {}, 1000);
    console.log('begun');`;
    const child = spawn(process.execPath, ['--require', 'ts-node/register', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
      if (!said.includes('ended')) child.kill(signal);
    });
    const [status] = await once(child, 'close');
    expect([said, status]).toEqual(['begun\nending\nended\n', 128 + constants.signals[signal]]);
  },
);
