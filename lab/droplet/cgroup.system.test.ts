import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describeAsRoot } from '../testing/as-root';
import { Cgroup } from './cgroup';

describeAsRoot('the control groups of a droplet', () => {
  const lab = `test-cgroup-${process.pid}`;
  const droplet = new Cgroup(lab, 1);

  afterAll(async () => {
    await droplet.remove();
    await new Cgroup(lab).remove();
  });

  test('take the limits of its size, whatever hierarchies this machine has', async () => {
    await droplet.create();
    await droplet.limit(1024, 2);
    await droplet.weigh(0.01);
    expect(droplet.folders.every((folder) => existsSync(folder))).toBe(true);
  });

  test('tell of a value that the kernel refuses', async () => {
    await expect(droplet.limit(Number.NaN, 1)).rejects.toThrow(
      /^The kernel refuses "NaNM" in \/sys\/fs\/cgroup\/\S+\/memory\.\w+: EINVAL\.$/,
    );
  });

  test('that somebody removes while they are looked at hold no process', async () => {
    await droplet.create();
    const [folder = ''] = droplet.folders;
    const again = 'while :; do mkdir "$0"; rmdir "$0"; done 2> /dev/null';
    const others = spawn('sh', ['-c', again, folder]);
    const end = Date.now() + 2000;
    try {
      while (Date.now() < end) expect(droplet.processes()).toEqual([]);
    } finally {
      others.kill('SIGKILL');
      await once(others, 'exit');
    }
  });

  test('that are gone have nothing to be told', async () => {
    await droplet.remove();
    await droplet.limit(1024, 1);
    await droplet.kill();
  });
});
