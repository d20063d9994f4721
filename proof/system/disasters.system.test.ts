import { ask } from '../../lab/instance/control-api';
import { BUCKET, type DatabaseDroplet, startWithBackups } from './database-droplet';
import { eventually, type Settings, type TestLab } from './test-lab';

const MINUTE = 60_000;
/** Seconds after which nothing more is hoped for, on a machine that is busy too. */
const PATIENCE = 600;
const KILLED = 'killed-restore';

const stack = (backups: object = {}, more: Settings = {}): Settings => ({
  deletionProtection: false,
  database: { backups: { bucket: BUCKET, ...backups } },
  ...more,
});

/** What a restore says as it begins each step, and seconds that it is given then. */
const STEPS: readonly (readonly [string, number])[] = [
  ['Copying the last binary logs', 0],
  ['Looking at what is in the bucket', 0],
  ['Fetching the base', 0],
  ['Replaying', 0],
  ['Checking every table', 0],
  ['Stopping MySQL', 0],
  ['Stopping MySQL', 1],
  ['Stopping MySQL', 3],
];

const REPLAYED = 4000;

/** Transactions, each of a row. */
const WRITE = `(echo 'CREATE TABLE app.replayed (id INT PRIMARY KEY);'; seq -f 'INSERT INTO app.replayed VALUES (%.0f);' ${REPLAYED}) | mysql`;

/** Begins a restore, and kills it as soon as some of these transactions are in what it makes. Prints how many. */
const KILL_IN_REPLAY = `
systemd-run --quiet --collect --unit=${KILLED} scale-up restore --to latest
while systemctl is-active --quiet ${KILLED}; do
  rows=$(mysql --socket=/var/lib/mysql-files/backups/restore/mysqld.sock -NBe 'SELECT COUNT(*) FROM app.replayed' 2>/dev/null) || continue
  [ "$rows" -gt 0 ] && systemctl kill --signal=KILL ${KILLED} && echo "$rows" && break
done`;

const NO_BASE = '/run/systemd/system/scale-up-backup-base.service.d/none.conf';

/** As though a base took long. */
const MAKE_NO_BASE = `mkdir -p $(dirname ${NO_BASE}) && printf '[Service]\nExecStart=\nExecStart=/bin/true\n' > ${NO_BASE} && systemctl daemon-reload`;

/** Leaves so much of the volume free that 30 MiB are too many for a restore, which wants a twentieth to spare. */
const FILL = `python3 -c '
import os
volume = os.statvfs("/mnt/database")
spare = volume.f_blocks // 20 + (30 << 20) // volume.f_frsize
os.posix_fallocate(os.open("/mnt/database/filler", os.O_CREAT | os.O_WRONLY), 0, (volume.f_bavail - spare) * volume.f_frsize)'`;

describe('the data of a stack with a bucket outlive', () => {
  let lab: TestLab;
  let database: DatabaseDroplet;

  beforeAll(async () => {
    ({ lab, database } = await startWithBackups('disasters-test', stack()));
  }, 12 * MINUTE);

  afterAll(() => lab?.end(), MINUTE);

  const isWhole = () => eventually(() => lab.isWhole(), PATIENCE);
  const rows = (table: string) => database.sql(`SELECT COUNT(*) FROM app.${table}`);
  /** Begins a restore, and kills all of it so many seconds after it has said that it begins a step. */
  const killIn = (step: string, seconds: number) =>
    database.sh(
      `systemd-run --quiet --pipe --wait --collect --unit=${KILLED} scale-up restore --to latest | while read -r line; do echo "$line"; case $line in "${step}"*) sleep ${seconds}; systemctl kill --signal=KILL ${KILLED};; esac; done`,
    );

  test(
    'a loss of power while a base is made: the next base is made, and nothing of the first is left',
    async () => {
      await isWhole();
      await eventually(async () => (await database.restore('--list')).includes('base of'), PATIENCE);
      await database.sql('CREATE TABLE app.power (id INT PRIMARY KEY); INSERT INTO app.power VALUES (1)');
      await ask(lab.name, 'POST', '/spaces-fault', { kind: 'delay', milliseconds: 3000 });
      await database.run('systemctl', 'start', '--no-block', 'scale-up-backup-base.service');
      await eventually(async () => (await database.sh('ls /mnt/database/backups/work/clone')) !== '', 60);
      await eventually(async () => (await database.sh('pgrep --full "restic .*/bases.* backup"')) !== '', 60);
      await lab.power('production-database-1', 'power-off');
      await ask(lab.name, 'POST', '/mend');
      await lab.power('production-database-1', 'power-on');
      await isWhole();
      const bases = async () => (await database.restore('--list')).match(/base of/g)?.length;
      const there = await bases();
      await database.copy('base');
      expect(await bases()).toBe((there ?? 0) + 1);
      expect(await database.run('ls', '/mnt/database/backups/work')).toBe('');
      expect(await database.restic('list locks')).toBe('');
      expect(await rows('power')).toBe('1');
    },
    20 * MINUTE,
  );

  test(
    'a restore for which the volume is too small: it says so, and touches nothing',
    async () => {
      const serving = await database.run('systemctl', 'show', '--value', '--property=MainPID', 'mysql');
      await database.sh(FILL);
      try {
        await expect(database.restore('--to', 'latest')).rejects.toThrow(
          /^scale-up restore --to latest: .*scale-up restore: the volume lacks \d\.\d GiB for a restore beside the live data: let it grow \(database\.volumeSize\) and repeat this\.\n$/s,
        );
      } finally {
        await database.run('rm', '/mnt/database/filler');
      }
      expect(await database.run('systemctl', 'show', '--value', '--property=MainPID', 'mysql')).toBe(serving);
      expect(await database.run('ls', '/mnt/database/backups/work')).toBe('');
    },
    10 * MINUTE,
  );

  test(
    'a key that is revoked: the page says so, visitors notice nothing, and another revision brings another key',
    async () => {
      const { keys } = await lab.api('GET', '/v2/spaces/keys');
      const { access_key } = keys.find(
        ({ name }: { name: string }) => name === 'production-database-backups',
      );
      await lab.api('DELETE', `/v2/spaces/keys/${access_key}`);
      await database.sql('CREATE TABLE app.revoked (id INT PRIMARY KEY)');
      await database.untilCopiesAreLate(PATIENCE);
      expect((await lab.get('/')).status).toBe(200);
      await lab.apply(stack({}, { database: { backups: { bucket: BUCKET }, revision: 2 } }));
      await isWhole();
      expect(await rows('revoked')).toBe('0');
      await database.untilNothingIsWrong(PATIENCE);
    },
    20 * MINUTE,
  );

  test(
    'the droplet, the volume and the state: the same settings and the password that the user holds bring them back',
    async () => {
      expect((await lab.write('from before')).status).toBe(201);
      await database.copy('logs');
      await lab.destroy(stack());
      const applied = lab.apply(stack());
      try {
        await eventually(
          async () => (await database.page()).includes('the bucket has copies of one of this stack'),
          PATIENCE,
        );
        expect(await database.restore('--to', 'latest')).toContain('MySQL serves the newest state');
      } finally {
        await applied;
      }
      await isWhole();
      expect((await lab.get('/')).text).toContain('from before');
      await database.untilNothingIsWrong(PATIENCE);
    },
    30 * MINUTE,
  );

  test(
    'the region: another stack in another one begins with them by itself',
    async () => {
      expect((await lab.write('from the lost region')).status).toBe(201);
      await database.copy('logs');
      await lab.destroy(stack());
      await lab.apply(
        stack(
          { region: 'sfo3', origin: { bucket: BUCKET, prefix: 'production' } },
          { region: 'lon1', prefix: 'second', vpcRange: '10.21.0.0/20' },
        ),
      );
      await isWhole();
      expect((await lab.get('/')).text).toMatch(
        /from before[\s\S]*from the lost region|from the lost region[\s\S]*from before/,
      );
      expect((await lab.write('from here on')).status).toBe(201);
      await eventually(async () => (await database.restore('--list')).includes('base of'), PATIENCE);
    },
    30 * MINUTE,
  );

  test(
    'a restore that is killed while it replays transactions, and repeated',
    async () => {
      await database.copy('base');
      await database.sh(WRITE);
      const replayed = Number(await database.sh(KILL_IN_REPLAY));
      expect(replayed).toBeGreaterThan(0);
      expect(replayed).toBeLessThan(REPLAYED);
      expect(await rows('replayed')).toBe(`${REPLAYED}`);
      await database.sql('DELETE FROM app.replayed WHERE id = 1');
      expect(await database.restore('--to', 'latest')).toContain('MySQL serves the newest state');
      expect(await rows('replayed')).toBe(`${REPLAYED - 1}`);
      await database.sh('rm -r /mnt/database/mysql.before-*');
      expect(await database.run('ls', '/mnt/database/backups/work')).toBe('');
    },
    20 * MINUTE,
  );

  test(
    'a restore of a restore: what the first one set aside comes back only where its lineage is named, and what came after it does',
    async () => {
      await database.sql('CREATE TABLE app.again (id INT PRIMARY KEY); INSERT INTO app.again VALUES (1)');
      await database.copy('base');
      await new Promise((done) => setTimeout(done, 1000));
      const then = new Date().toISOString();
      await new Promise((done) => setTimeout(done, 1000));
      await database.sql('INSERT INTO app.again VALUES (2)');
      const [lineage = ''] = (await database.run('cat', '/mnt/database/lineage')).split(' ');
      await database.sh(MAKE_NO_BASE);
      try {
        await database.restore('--to', then);
        await database.sql('INSERT INTO app.again VALUES (3)');
        expect(await database.restore('--to', 'latest')).toMatch(
          /has no base from before that: going by that/,
        );
        expect(await database.sql('SELECT GROUP_CONCAT(id ORDER BY id) FROM app.again')).toBe('1,3');
        await database.restore('--to', 'latest', '--lineage', lineage);
        expect(await database.sql('SELECT GROUP_CONCAT(id ORDER BY id) FROM app.again')).toBe('1,2');
      } finally {
        await database.sh(`rm ${NO_BASE} && systemctl daemon-reload`);
      }
      await database.sh('rm -r /mnt/database/mysql.before-*');
      await isWhole();
    },
    20 * MINUTE,
  );

  test(
    'a restore that is killed in any of its steps, and repeated',
    async () => {
      await database.sql('CREATE TABLE app.killed (id INT PRIMARY KEY AUTO_INCREMENT)');
      for (const [index, [step, seconds]] of STEPS.entries()) {
        await database.sql('INSERT INTO app.killed VALUES ()');
        const said = await killIn(step, seconds);
        expect(said).toContain(step);
        expect(said).not.toContain('MySQL serves');
        if (step !== 'Stopping MySQL') {
          // Until it stops MySQL nothing is touched; the next one begins anew.
          expect(await rows('killed')).toBe(`${index + 1}`);
          continue;
        }
        await database.restore('--to', 'latest');
        expect(await rows('killed')).toBe(`${index + 1}`);
        await database.sh('rm -r /mnt/database/mysql.before-*');
      }
      await isWhole();
      expect(await database.run('ls', '/mnt/database/backups/work')).toBe('');
    },
    40 * MINUTE,
  );
});
