import { ask } from '../../lab/instance/control-api';
import { BUCKET, type DatabaseDroplet, RECOVERY_PASSWORD, startWithBackups } from './database-droplet';
import { eventually, type TestLab } from './test-lab';

const MINUTE = 60_000;
/** Seconds after which nothing more is hoped for, on a machine that is busy too. */
const PATIENCE = 300;
const WORK = '/mnt/database/backups/work';

/** Looks at a moment beside the live data, takes a table from it as soon as it answers, and presses Enter. */
const take = (table: string, moment: string) => `
(until grep --quiet 'To take a table' /run/said; do sleep 0.2; done
eval "$(sed -n 's/^To take a table from it: //p' /run/said | sed 's/SCHEMA/app/g; s/TABLE/${table}/')"
echo) | scale-up restore --to ${moment} --beside | tee /run/said`;

describe('copies of the database', () => {
  let lab: TestLab;
  let database: DatabaseDroplet;

  beforeAll(async () => {
    const backups = { bucket: BUCKET, workVolumeSize: 20 };
    ({ lab, database } = await startWithBackups('backups-test', { database: { backups } }));
  }, 12 * MINUTE);

  afterAll(() => lab?.end(), MINUTE);

  /** What is in the repository of bases. */
  const packs = async () => (await database.restic('list packs')).split('\n');
  /** A moment between what was committed before and what will be. */
  const moment = async () => {
    await new Promise((done) => setTimeout(done, 20));
    const now = new Date().toISOString();
    await new Promise((done) => setTimeout(done, 20));
    return now;
  };
  const isWhole = () => eventually(() => lab.isWhole(), PATIENCE);
  const breaks = (kind: string) => ask(lab.name, 'POST', '/spaces-fault', { kind });
  const mends = () => ask(lab.name, 'POST', '/mend');

  test('are in the bucket once the stack is whole, opened by the password that the user holds', async () => {
    await isWhole();
    const source = (folder: string) =>
      database.run('findmnt', '--noheadings', '--output=SOURCE', '--mountpoint', folder);
    expect(await source(WORK)).not.toBe(await source('/mnt/database'));
    expect(await database.restore('--list')).toMatch(/base of .*clone, MySQL 9[\s\S]*binary logs up to/);
    const tell = (password: string) => ['sh', '-c', `echo '${password}' | scale-up backup-key`];
    expect(await database.page()).toContain('Nobody has tried on this droplet');
    expect(await database.run(...tell(RECOVERY_PASSWORD))).toBe('It opens the backups.');
    await database.copy('logs');
    expect(await database.page()).not.toContain('Nobody has tried');
    await expect(database.run(...tell('another'))).rejects.toThrow('the password does not open the backups');
  });

  test(
    'bring back the moment before a table was dropped: with a session of tomorrow, without a transaction that was open',
    async () => {
      await database.sql(
        'CREATE TABLE app.t (id INT PRIMARY KEY); CREATE TABLE app.plain (id INT) ENGINE=MyISAM; INSERT INTO app.t VALUES (1); INSERT INTO app.plain VALUES (1), (2), (3)',
      );
      await database.copy('base');
      await database.sql('INSERT INTO app.t VALUES (2); INSERT INTO app.plain VALUES (4)');
      await database.sql('SET timestamp = UNIX_TIMESTAMP() + 86400; INSERT INTO app.t VALUES (3)');
      await database.copy('logs');
      const open = database.sql('BEGIN; INSERT INTO app.t VALUES (4); SELECT SLEEP(4); COMMIT');
      await new Promise((done) => setTimeout(done, 2000));
      await database.sql('INSERT INTO app.t VALUES (5)');
      const then = await moment();
      await open;
      await database.sql('DROP TABLE app.t; DELETE FROM app.plain');
      const said = await database.restore('--to', then);
      expect(said).toContain(`MySQL serves the state of ${then.replace('Z', '')}`);
      expect(said).toMatch(/\d+ later transactions were set aside/);
      expect(await database.sql('SELECT GROUP_CONCAT(id ORDER BY id) FROM app.t')).toBe('1,2,3,5');
      expect(await database.sql('SELECT COUNT(*) FROM app.plain')).toBe('4');
      expect(await database.sql('SELECT @@event_scheduler')).toBe('ON');
      await isWhole();
      expect((await lab.write('after it')).status).toBe(201);
    },
    10 * MINUTE,
  );

  test(
    'bring back the newest after an older moment was brought back, and what a restore replaced',
    async () => {
      await database.restore('--back');
      await expect(database.sql('SELECT COUNT(*) FROM app.t')).rejects.toThrow("doesn't exist");
      await database.sh(`rm -r ${WORK}/mysql.before-*`);
      await isWhole();
    },
    10 * MINUTE,
  );

  test(
    'are proven by a restore beside the live data',
    async () => {
      await database.copy('logs');
      await database.copy('proof');
      expect(await database.restore('--list')).toMatch(/base of .*, proven /);
      expect(await database.run('ls', WORK)).toBe('lost+found');
    },
    10 * MINUTE,
  );

  test(
    'that can not be made are a trouble of the droplet, visitors notice nothing, and all is caught up with',
    async () => {
      await database.sql('CREATE TABLE app.away (id INT PRIMARY KEY)');
      await breaks('403');
      try {
        await database.copy('logs');
        await database.sql('INSERT INTO app.away VALUES (1)');
        await database.untilCopiesAreLate(PATIENCE);
        expect((await lab.get('/')).status).toBe(200);
      } finally {
        await mends();
      }
      await database.copy('logs');
      await database.untilNothingIsWrong(PATIENCE);
      const beside = `printf '\\n' | scale-up restore --to latest --beside`;
      expect(await database.sh(beside)).toContain('It answers until you press Enter');
    },
    10 * MINUTE,
  );

  test(
    'are looked at beside the live data, and a table is taken from there by what is printed',
    async () => {
      await database.sql('CREATE TABLE app.taken (id INT PRIMARY KEY); INSERT INTO app.taken VALUES (1)');
      const then = await moment();
      await database.copy('logs');
      await database.sql('INSERT INTO app.taken VALUES (2)');
      expect(await database.sh(take('taken', then))).toContain('It answers until you press Enter');
      expect(await database.sql('SELECT GROUP_CONCAT(id) FROM app.taken')).toBe('1');
    },
    10 * MINUTE,
  );

  test(
    'are looked at as a whole by the proof: one that is damaged is noticed, and the newest is restored by an older one',
    async () => {
      await database.sql('CREATE TABLE app.old (id INT PRIMARY KEY); INSERT INTO app.old VALUES (1)');
      await database.copy('base');
      await database.copy('logs');
      const then = await moment();
      const before = await packs();
      await database.sql('INSERT INTO app.old VALUES (2)');
      await database.copy('base');
      for (const pack of (await packs()).filter((one) => !before.includes(one))) {
        const key = `production/bases/data/${pack.slice(0, 2)}/${pack}`;
        await ask(lab.name, 'POST', '/damage', { bucket: BUCKET, key });
      }
      await database.copy('proof');
      expect(
        await database.run('journalctl', '--unit=scale-up-backup-proof', '--output=cat', '--lines=5'),
      ).toContain('backups: proof: a copy in the bucket is damaged');
      expect(await database.restore('--to', 'latest')).toContain('is damaged: going by the one before it');
      expect(await database.sql('SELECT COUNT(*) FROM app.old')).toBe('2');
      await database.restore('--to', then);
      expect(await database.sql('SELECT COUNT(*) FROM app.old')).toBe('1');
      await isWhole();
    },
    10 * MINUTE,
  );

  test(
    'keep a volume that lost its data from being begun on, until somebody says how',
    async () => {
      await database.sql('CREATE TABLE app.kept (id INT PRIMARY KEY); INSERT INTO app.kept VALUES (7)');
      await database.copy('logs');
      await database.run('systemctl', 'stop', 'mysql.service', 'var-lib-mysql.mount');
      await database.sh('rm -rf /mnt/database/mysql /mnt/database/lineage /mnt/database/backups/state.json');
      await database.run('systemctl', 'restart', '--no-block', 'data-volume.service');
      await eventually(
        async () => (await database.page()).includes('the bucket has copies of one of this stack'),
        PATIENCE,
      );
      expect((await database.run('ls', '/mnt/database')).split('\n')).not.toContain('mysql');
      await database.restore('--to', 'latest');
      expect(await database.sql('SELECT id FROM app.kept')).toBe('7');
      await isWhole();
    },
    10 * MINUTE,
  );
});
