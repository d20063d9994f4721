import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Packs and installs nothing, and is an API that never answers. */
const NPM = `#!/bin/sh
case $1 in
pack) echo package.tgz ;;
run) echo begun >&2; sleep 30 & wait ;;
esac
`;

test('a bench that is ended leaves neither the API that it measures nor a folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-api-'));
  const temporary = join(folder, 'tmp');
  const packages = () =>
    readdirSync(temporary).filter((name) => name.startsWith('digitalocean-lab-package-'));
  try {
    mkdirSync(temporary);
    writeFileSync(join(folder, 'npm'), NPM, { mode: 0o755 });
    const bench = spawn(process.execPath, ['--require', 'ts-node/register', join(__dirname, 'api.ts')], {
      env: { ...process.env, PATH: folder + delimiter + process.env.PATH, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    bench.stderr.on('data', (data) => {
      said += data;
    });
    while (!said.includes('begun')) await once(bench.stderr, 'data');
    expect(packages()).toHaveLength(1);
    bench.kill('SIGTERM');
    // Not before standard error is closed, which what it has started holds open.
    const [status] = await once(bench, 'close');
    expect([status, packages()]).toEqual([128 + constants.signals.SIGTERM, []]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
