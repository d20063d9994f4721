import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../lab/common/until';
import { stateOf } from '../../lab/droplet/state-paths';
import { ask } from '../../lab/instance/control-api';
import type { TestLab } from '../system/test-lab';
import type { Workstation } from '../system/workstation';

/** What is wrong, or particular, when a reader comes to a page. */
export interface Story {
  /** Brings the trouble about that the page is for. @default - there is none */
  readonly before?: (lab: TestLab) => Promise<void>;
  /** Takes it away, where the page leaves that to others. @default - nothing is left of it */
  readonly after?: (lab: TestLab) => Promise<void>;
  /** What stands for the words in capitals, asked anew for each step. @default - there are none */
  readonly words?: (lab: TestLab, workstation: Workstation) => Promise<Readonly<Record<string, string>>>;
  /** What is typed into the commands. @default - nothing */
  readonly typed?: (lab: TestLab) => string;
}

const TOKEN = '/etc/scale-up/secrets/reserved-ip-token';
const LOAD_BALANCERS = ['load-balancer-1', 'load-balancer-2'] as const;

/** Something is written, noted down when, and lost. */
const DROP_TABLE = `
systemctl start scale-up-backup-base
mysql --execute 'CREATE TABLE app.precious (id INT PRIMARY KEY); INSERT INTO app.precious VALUES (1)'
sleep 1; date --utc +%FT%T.%NZ > /root/moment; sleep 1
mysql --execute 'DROP TABLE app.precious'
systemctl restart scale-up-backup-logs`;

/** Leaves 8 % of the volume, as df counts. */
const FILL = `python3 -c '
import os
volume = os.statvfs("/mnt/database")
size = (volume.f_blocks - volume.f_bfree + volume.f_bavail) * volume.f_frsize
much = os.open("/mnt/database/much", os.O_CREAT | os.O_WRONLY)
os.posix_fallocate(much, 0, volume.f_bavail * volume.f_frsize - size * 8 // 100)'`;

/** As if the agent had never been installed. */
const LOSE_AGENT = `
systemctl disable --now do-agent.service
rm /etc/systemd/system/do-agent.service
systemctl daemon-reload`;

/** What the documents have for a moment of the reader's. */
const MOMENT = '2026-11-28T12:00:00Z';

const BACKUPS: Readonly<Record<string, Story>> = {
  'Set it up': { typed: () => `${process.env.TF_VAR_backup_recovery_password}\n` },
  'A table was dropped, a migration went wrong': {
    before: on('database-1', DROP_TABLE),
    words: beforeTheDrop,
  },
  'Only one table is wanted back': { words: beforeTheDrop },
  'Moving in, and leaving': {
    before: on('database-1', 'systemctl start scale-up-backup-dump'),
    words: async (lab) => ({
      KEY: lab.access.spaces?.accessKey ?? '',
      SECRET: lab.access.spaces?.secretKey ?? '',
      PASSWORD: process.env.TF_VAR_backup_recovery_password ?? '',
    }),
  },
};

const OPERATIONS: Readonly<Record<string, Story>> = {
  'What is wrong with a droplet': {},
  '503, "This site is temporarily unavailable"': { before: on('web-1', 'systemctl stop nginx') },
  '502 or 504, "The application does not answer"': { before: on('app-1', 'systemctl stop app') },
  'The database is away': { before: on('database-1', 'systemctl stop mysql') },
  'Pages are slow': {
    before: on('database-1', 'mysql --execute "SELECT SLEEP(3000)" > /dev/null 2>&1 &'),
    words: async (lab) => ({
      NUMBER: await shell(
        lab,
        'database-1',
        `mysql --batch --skip-column-names --execute "SELECT id FROM performance_schema.processlist WHERE info = 'SELECT SLEEP(3000)'"`,
      ),
    }),
  },
  'HAProxy takes a whole processor': {},
  'A load balancer is gone': {
    before: async (lab) => {
      await holdByFirst(lab);
      await lab.power('load-balancer-1', 'power-off');
    },
  },
  'Both load balancers are gone': {
    before: async (lab) => {
      for (const name of LOAD_BALANCERS) await lab.power(name, 'power-off');
    },
  },
  "DigitalOcean's API is away": {
    before: async (lab) => {
      await holdByFirst(lab);
      await ask(lab.name, 'POST', '/fault', { call: '* /**', kind: '503' });
      await lab.power('load-balancer-1', 'power-off');
    },
    after: async (lab) => {
      await ask(lab.name, 'POST', '/mend');
      await lab.power('load-balancer-1', 'power-on');
    },
  },
  'A certificate is missing or ends soon': {},
  'The volume is nearly full': {
    before: on('database-1', FILL),
    after: on('database-1', 'rm /mnt/database/much'),
  },
  'Copies are late': {},
  'A reboot is pending': { before: on('web-1', "touch --date '3 days ago' /run/reboot-required") },
  'Packages are missing': {},
  'The monitoring agent does not run': { before: on('web-1', LOSE_AGENT) },
  'Locked out': {
    words: async (_, workstation) => ({
      OWN_NETWORK: workstation.network,
      FINGERPRINT: await workstation.fingerprint(),
    }),
  },
  'Planned work on a load balancer': {},
  'Replace a droplet': {},
  'Replace a droplet that hangs': {
    before: async (lab) => void process.kill((await lab.droplet('web-1')).initPid ?? 0, 'SIGSTOP'),
  },
  'Scale a tier': {},
  'Resize a droplet': {},
  'Grow the volume': {},
  'A shell of the database': { words: addressOfDatabase },
  'Replace the Reserved IP token': {
    before: async (lab) => {
      const spoil = `echo wrong > ${TOKEN} && systemctl restart scale-up-reserved-ip`;
      for (const name of LOAD_BALANCERS) await shell(lab, name, spoil);
    },
    typed: (lab) => `${lab.access.variables.reserved_ip_token}\n`,
  },
  'A new password of the database': {},
  "The database's certificate": {},
  'New keys of the backups': {},
  'Upgrade MySQL': {},
  'A new release of the system': {},
  'The volume is lost': { before: loseVolume },
  'Move to another region': {
    before: async (lab) => leaveFolder(lab),
    words: async (lab) => {
      const { reserved_ips } = await lab.api('GET', '/v2/reserved_ips');
      const of = (region: string) =>
        reserved_ips.find((one: { region: { slug: string } }) => one.region.slug === region)?.ip ?? '';
      return { OLD_ADDRESS: of('nyc3'), NEW_ADDRESS: of('sfo3') };
    },
  },
  'Leave with all data': { words: addressOfDatabase },
  'Remove everything': { before: haveNoOtherDefault },
};

/** Documents, and what is done of each page. */
export const STORIES: Readonly<Record<string, Readonly<Record<string, Story>>>> = {
  'docs/backups.md': BACKUPS,
  'docs/operations.md': OPERATIONS,
};

const shell = (lab: TestLab, droplet: string, lines: string) => lab.said(droplet, 'sh', '-ec', lines);

function on(droplet: string, lines: string) {
  return async (lab: TestLab) => void (await shell(lab, droplet, lines));
}

async function holdByFirst(lab: TestLab): Promise<void> {
  if ((await lab.holder())?.endsWith('-2')) await shell(lab, 'load-balancer-2', 'scale-up handover');
}

async function loseVolume(lab: TestLab): Promise<void> {
  await shell(lab, 'database-1', 'systemctl restart scale-up-backup-logs');
  const { volumes } = await lab.api('GET', '/v2/volumes');
  const [{ id, droplet_ids, region }] = volumes;
  await lab.power('database-1', 'power-off');
  const detach = { type: 'detach', droplet_id: droplet_ids[0], region: region.slug };
  const { action } = await lab.api('POST', `/v2/volumes/${id}/actions`, detach);
  const isDetached = async () =>
    (await lab.api('GET', `/v2/actions/${action.id}`)).action.status === 'completed';
  await until(isDetached, { within: 60_000, otherwise: `The volume ${id} is not detached` });
  await lab.api('DELETE', `/v2/volumes/${id}`);
}

/** What comes is deployed from a folder that knows nothing of what was. */
function leaveFolder(lab: TestLab): void {
  const state = join(stateOf(lab.name), 'direct');
  if (!existsSync(state)) throw new Error(`${state} is not the state's folder.`);
  renameSync(state, `${state}.before`);
  mkdirSync(state, { mode: 0o700 });
}

/** The stack's VPC was the first one in its region. */
async function haveNoOtherDefault(lab: TestLab): Promise<void> {
  const { vpcs } = await lab.api('GET', '/v2/vpcs?per_page=200');
  const idOf = (name: string) => vpcs.find((vpc: { name: string }) => vpc.name === name)?.id;
  await lab.api('PATCH', `/v2/vpcs/${idOf('production')}`, { default: true });
  await lab.api('DELETE', `/v2/vpcs/${idOf('default-nyc3')}`);
}

async function beforeTheDrop(lab: TestLab) {
  return { [MOMENT]: (await shell(lab, 'database-1', 'cat /root/moment')).replace(/(\.\d{3})\d*/, '$1') };
}

async function addressOfDatabase(lab: TestLab) {
  const all = (await lab.droplets()).filter(({ name }) => name.endsWith('-database-1'));
  return { ADDRESS: all.at(-1)?.publicIp ?? '' };
}
