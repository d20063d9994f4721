import { attempt } from '../../lab/common/run';
import { enter } from '../../lab/droplet/enter';
import { ask } from '../../lab/instance/control-api';
import { eventually, TestLab } from './test-lab';

const MINUTE = 60_000;
/** Seconds after which nothing more is hoped for, on a machine that is busy too. */
const PATIENCE = 300;
const BUCKET = 'foobar-backups';
const RESTIC = [
  'cd /etc/scale-up/secrets; set -a; . ./backup-key; . /etc/scale-up/stack.env;',
  'restic --no-lock --quiet --repo $BACKUP_REPOSITORY/bases --password-file backup-password',
].join(' ');
const PASSWORD = 'a recovery password';

describe('copies of the database', () => {
  let lab: TestLab;
  const before = process.env.TF_VAR_backup_recovery_password;

  beforeAll(async () => {
    process.env.TF_VAR_backup_recovery_password = PASSWORD;
    lab = await TestLab.start('backups-test', { database: { backups: { bucket: BUCKET } } });
  }, 12 * MINUTE);

  afterAll(async () => {
    process.env.TF_VAR_backup_recovery_password = before;
    await lab?.end();
  }, MINUTE);

  const on = async (...command: string[]) => {
    const { initPid = 0 } = await lab.droplet('database-1');
    const { status, stdout, stderr } = await attempt([...enter(initPid), ...command], {
      timeout: 5 * MINUTE,
    });
    if (status !== 0) throw new Error(`${command.join(' ')}: ${stdout}${stderr}`);
    return stdout.trim();
  };
  const sql = (statements: string) => on('mysql', '--batch', '--skip-column-names', '--execute', statements);
  const copy = (kind: string) => on('systemctl', 'start', `scale-up-${kind}.service`);
  /** What is in the repository of bases. */
  const packs = async () => (await on('sh', '-c', `${RESTIC} list packs`)).split('\n');
  const page = async () => (await lab.page('database-1')).replace(/^\d+ /, '');
  const restore = (...words: string[]) => on('scale-up', 'restore', ...words);
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
    expect(await restore('--list')).toMatch(/base of .*clone, MySQL 9[\s\S]*binary logs up to/);
    const tell = (password: string) => ['sh', '-c', `echo '${password}' | scale-up backup-key`];
    expect(await on(...tell(PASSWORD))).toBe('It opens the backups.');
    await expect(on(...tell('another'))).rejects.toThrow('the password does not open the backups');
  });

  test(
    'bring back the moment before a table was dropped: with a session of tomorrow, without a transaction that was open',
    async () => {
      await sql(
        'CREATE TABLE app.t (id INT PRIMARY KEY); CREATE TABLE app.plain (id INT) ENGINE=MyISAM; INSERT INTO app.t VALUES (1); INSERT INTO app.plain VALUES (1), (2), (3)',
      );
      await copy('base');
      await sql('INSERT INTO app.t VALUES (2); INSERT INTO app.plain VALUES (4)');
      await sql('SET timestamp = UNIX_TIMESTAMP() + 86400; INSERT INTO app.t VALUES (3)');
      await copy('logs');
      const open = sql('BEGIN; INSERT INTO app.t VALUES (4); SELECT SLEEP(4); COMMIT');
      await new Promise((done) => setTimeout(done, 2000));
      await sql('INSERT INTO app.t VALUES (5)');
      const then = await moment();
      await open;
      await sql('DROP TABLE app.t; DELETE FROM app.plain');
      const said = await restore('--to', then);
      expect(said).toContain(`MySQL serves the state of ${then.replace('Z', '')}`);
      expect(said).toMatch(/\d+ later transactions were set aside/);
      expect(await sql('SELECT GROUP_CONCAT(id ORDER BY id) FROM app.t')).toBe('1,2,3,5');
      expect(await sql('SELECT COUNT(*) FROM app.plain')).toBe('4');
      expect(await sql('SELECT @@event_scheduler')).toBe('ON');
      await isWhole();
      expect((await lab.write('after it')).status).toBe(201);
    },
    10 * MINUTE,
  );

  test(
    'bring back the newest after an older moment was brought back, and what a restore replaced',
    async () => {
      await restore('--back');
      await expect(sql('SELECT COUNT(*) FROM app.t')).rejects.toThrow("doesn't exist");
      await on('sh', '-c', 'rm -r /mnt/database/mysql.before-*');
      await isWhole();
    },
    10 * MINUTE,
  );

  test(
    'are proven by a restore beside the live data',
    async () => {
      await copy('logs');
      await copy('proof');
      expect(await restore('--list')).toMatch(/base of .*, proven /);
      expect(await on('ls', '/mnt/database/backups/work')).toBe('');
    },
    10 * MINUTE,
  );

  test(
    'that can not be made are a trouble of the droplet, visitors notice nothing, and all is caught up with',
    async () => {
      await sql('CREATE TABLE app.away (id INT PRIMARY KEY)');
      await breaks('403');
      try {
        await copy('logs');
        await sql('INSERT INTO app.away VALUES (1)');
        // As old as five minutes would make it.
        await on('sed', '-i', '-E', 's/"logs": [0-9.]+/"logs": 1/', '/mnt/database/backups/state.json');
        await copy('logs');
        const late = /the newest binary log in the bucket is \d+ days old: the bucket refuses the key/;
        await eventually(async () => late.test(await page()), PATIENCE);
        expect((await lab.get('/')).status).toBe(200);
      } finally {
        await mends();
      }
      await copy('logs');
      await eventually(async () => (await page()).startsWith('Nothing is wrong'), PATIENCE);
      const beside = `printf '\\n' | scale-up restore --to latest --beside`;
      expect(await on('sh', '-c', beside)).toContain('It answers until you press Enter');
    },
    10 * MINUTE,
  );

  test(
    'are looked at as a whole by the proof: one that is damaged is noticed, and an older one restored',
    async () => {
      await sql('CREATE TABLE app.old (id INT PRIMARY KEY); INSERT INTO app.old VALUES (1)');
      await copy('base');
      await copy('logs');
      const then = await moment();
      const before = await packs();
      await sql('INSERT INTO app.old VALUES (2)');
      await copy('base');
      for (const pack of (await packs()).filter((one) => !before.includes(one))) {
        const key = `production/bases/data/${pack.slice(0, 2)}/${pack}`;
        await ask(lab.name, 'POST', '/damage', { bucket: BUCKET, key });
      }
      await copy('proof');
      expect(await on('journalctl', '--unit=scale-up-proof', '--output=cat', '--lines=5')).toContain(
        'backups: proof: a copy in the bucket is damaged',
      );
      await expect(restore('--to', 'latest')).rejects.toThrow('a copy in the bucket is damaged');
      expect(await sql('SELECT COUNT(*) FROM app.old')).toBe('2');
      await restore('--to', then);
      expect(await sql('SELECT COUNT(*) FROM app.old')).toBe('1');
      await isWhole();
    },
    10 * MINUTE,
  );

  test(
    'keep a volume that lost its data from being begun on, until somebody says how',
    async () => {
      await sql('CREATE TABLE app.kept (id INT PRIMARY KEY); INSERT INTO app.kept VALUES (7)');
      await copy('logs');
      await on('systemctl', 'stop', 'mysql.service', 'var-lib-mysql.mount');
      await on(
        'sh',
        '-c',
        'rm -rf /mnt/database/mysql /mnt/database/lineage /mnt/database/backups/state.json',
      );
      await on('systemctl', 'restart', '--no-block', 'data-volume.service');
      await eventually(
        async () => (await page()).includes('the bucket has copies of one of this stack'),
        PATIENCE,
      );
      expect((await on('ls', '/mnt/database')).split('\n')).not.toContain('mysql');
      await restore('--to', 'latest');
      expect(await sql('SELECT id FROM app.kept')).toBe('7');
      await isWhole();
    },
    10 * MINUTE,
  );
});
