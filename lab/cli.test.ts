import { spawnSync } from 'node:child_process';

test('a command that there is not is named, and those that there are', () => {
  const line = ['--require', 'ts-node/register', 'lab/cli.ts', 'stauts'];
  const { status, stderr } = spawnSync(process.execPath, line, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^error: there is no command "stauts"; there are up, apply, .*status.*, api, help\n/,
    ),
  ]);
});
