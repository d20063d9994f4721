import type { Drill } from '../run/experiment';

const FILE = '/mnt/database/filled-by-a-drill';

export default {
  number: 20,
  title: "The database's volume is full, and later has room again",
  hypothesis:
    'No acknowledged write is lost, files are served meanwhile, and writes work again without an operator.',
  limits: { gap: 1, static: { failed: 0, unknown: 0 }, moves: 0 },
  async method(lab) {
    const fill = `fallocate -l $(df --output=avail -B1 /mnt/database | tail -1) ${FILE}; dd if=/dev/zero of=${FILE}.2 bs=4k 2>/dev/null; true`;
    const free = () => lab.exec('database-1', 'rm', '-f', FILE, `${FILE}.2`);
    await lab.break('fill the volume of database-1', () => lab.exec('database-1', 'sh', '-c', fill), free);
    await lab.wait(15);
    await lab.mend('fill the volume of database-1');
    await lab.wait(5);
  },
} satisfies Drill;
