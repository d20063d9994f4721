import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Progress } from '../common/progress';
import { attempt } from '../common/run';
import { until } from '../common/until';
import { enter } from '../droplet/enter';
import { askSite } from '../stack/site';
import { ask } from './control-api';
import type { Applier } from './deploy';
import { down, remains } from './down';
import type { DropletStatus, LabStatus } from './lab';
import { type Up, up } from './up';

const MINUTE = 60_000;
const NAME = 'plain-test';
const SILENT = new Progress(() => {});
const EXAMPLE = join(__dirname, '../../examples/plain-terraform');

describe('a stack that somebody wrote for Terraform alone, without a word about a lab', () => {
  let lab: Up;

  beforeAll(async () => {
    lab = await up({ name: NAME, port: 0, apply: 'direct', flows: 'stay', stack: EXAMPLE, progress: SILENT });
  }, 10 * MINUTE);

  afterAll(() => down(NAME), MINUTE);

  const page = async () => (await askSite(lab.access.site, '/', { timeout: 2000 })).text;
  const droplet = async (name: string): Promise<DropletStatus> => {
    const { droplets } = await ask<LabStatus>(NAME, 'GET', '/status');
    const found = droplets.find((one) => one.name === name);
    if (!found) throw new Error(`There is no droplet ${name}.`);
    return found;
  };
  const sh = async (name: string, command: string) => {
    const { initPid } = await droplet(name);
    if (initPid === undefined) throw new Error(`${name} is off.`);
    return (await attempt([...enter(initPid), 'sh', '-c', command])).stdout.trim();
  };
  const power = (name: string, what: string) => ask(NAME, 'POST', `/droplets/${name}/${what}`);
  const answers = () =>
    until(async () => (await page().catch(() => '')).includes('Hello'), {
      within: MINUTE,
      otherwise: 'It does not answer within a minute.',
    });

  test('answers at its Reserved IP once every droplet is set up', async () => {
    expect(await page()).toBe('<p>Hello from a blog</p>\nblog\n');
    expect(Object.values(lab.status.reservedIps)).toEqual(['blog']);
  });

  test('has its volume and its name', async () => {
    expect(await sh('blog', 'readlink -f /dev/disk/by-id/scsi-0DO_Volume_posts')).toBe('/dev/sda');
    expect(await sh('spare', 'ls /dev/disk/by-id/ 2> /dev/null')).toBe('');
    const [ip] = Object.keys(lab.status.reservedIps);
    expect(await sh('spare', 'getent ahostsv4 blog.example')).toMatch(new RegExp(`^${ip} `));
  });

  test('lets in what its firewall says, and nothing else', async () => {
    const { publicIp } = await droplet('blog');
    const knock = (port: number) =>
      sh('spare', `curl --silent --output /dev/null --max-time 2 http://${publicIp}:${port}/; echo $?`);
    await sh('blog', 'systemd-run --unit=other python3 -m http.server 8080; sleep 1');
    expect([await knock(80), await knock(8080)]).toEqual(['0', '28']);
  });

  test(
    'is gone while its droplet has no power, and comes back with it',
    async () => {
      await power('blog', 'power-off');
      await expect(page()).rejects.toThrow();
      await power('blog', 'power-on');
      await answers();
    },
    2 * MINUTE,
  );
});

test(
  'a lab ends with the process that started it, also when that is killed',
  async () => {
    const options = { name: NAME, port: 0, apply: 'direct', flows: 'stay', stack: EXAMPLE };
    const script = `require('ts-node/register');
      require('./lab/instance/up').up(${JSON.stringify(options)});`;
    const starter = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      const patience = { within: 2 * MINUTE, otherwise: 'It is as it was.' };
      const has = async () => (await ask<LabStatus>(NAME, 'GET', '/status')).droplets.length > 0;
      await until(() => has().catch(() => false), patience);
      starter.kill('SIGKILL');
      await until(async () => !(await remains(NAME)), patience);
    } finally {
      starter.kill('SIGKILL');
      await down(NAME);
    }
  },
  5 * MINUTE,
);

test.each<{ apply?: Applier }>([{ apply: 'direct' }, {}])(
  'what a lab can not run is told before anything is started, whoever would apply it: %j',
  async (who) => {
    const stack = join(__dirname, 'testing/unknown-resource');
    await expect(up({ name: NAME, port: 0, flows: 'stay', stack, progress: SILENT, ...who })).rejects.toThrow(
      /^(A lab, where droplets really run, has no|The lab can neither emulate nor apply) digitalocean_app\.site\.$/,
    );
    await expect(ask(NAME, 'GET', '/status')).rejects.toThrow('No lab named');
  },
  2 * MINUTE,
);
