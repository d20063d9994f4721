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

  test('that are gone have nothing to be told', async () => {
    await droplet.remove();
    await droplet.limit(1024, 1);
    await droplet.kill();
  });
});
