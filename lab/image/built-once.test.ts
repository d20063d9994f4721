import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../common/lock';
import { builtOnce } from './built-once';

describe('what is built once', () => {
  let cache: string;
  let builds = 0;
  const build = async (directory: string) => {
    builds++;
    await mkdir(directory);
    await writeFile(join(directory, 'file'), 'content');
  };

  beforeEach(async () => {
    builds = 0;
    cache = await mkdtemp(join(tmpdir(), 'built-once-'));
  });
  afterEach(() => rm(cache, { recursive: true }));

  test('is built by one of those who ask at the same moment', async () => {
    const asked = await Promise.all([1, 2, 3].map(() => builtOnce(cache, 'image', ['recipe'], build)));
    expect(new Set(asked).size).toBe(1);
    expect(await readdir(asked[0] ?? '')).toEqual(['file']);
    expect(builds).toBe(1);
  });

  test('is built anew when it would be made from something else, and replaces what it was', async () => {
    const before = await builtOnce(cache, 'image', ['recipe'], build);
    const another = await builtOnce(cache, 'image-of-another', ['recipe'], build);
    const after = await builtOnce(cache, 'image', ['new recipe'], build);
    expect([before, another, after].map(existsSync)).toEqual([false, true, true]);
    expect(builds).toBe(3);
  });

  test('leaves nothing that looks finished when building is interrupted', async () => {
    const interrupted = builtOnce(cache, 'image', ['recipe'], async (directory) => {
      await build(directory);
      throw new Error('interrupted');
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(await readdir(await builtOnce(cache, 'image', ['recipe'], build))).toEqual(['file']);
    expect(builds).toBe(2);
  });

  test('is no longer locked once the process that was building it is killed', async () => {
    const lock = join(cache, 'image.lock');
    const script = `require('ts-node/register');
      require('./lab/common/lock').withLock(${JSON.stringify(lock)}, () => {
        console.log('locked');
        return new Promise((resolve) => setTimeout(resolve, 60000));
      });`;
    const builder = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(builder.stdout, 'data');
    const waiting = withLock(lock, async () => 'mine');
    builder.kill('SIGKILL');
    expect(await waiting).toBe('mine');
    expect(existsSync(lock)).toBe(true);
  });
});
