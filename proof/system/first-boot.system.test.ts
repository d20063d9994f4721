import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../lab/common/run';
import { dropletDirectory } from '../../lab/droplet/state-paths';
import { ask } from '../../lab/instance/control-api';
import { eventually, TestLab, troubledUnits } from './test-lab';

const MINUTE = 60_000;

/** Seconds for which a lock is held or the mirror is away: longer than cloud-init's patience, which is 30 s for each step. */
const LONG = 45;

/** Seconds after which nothing more is hoped for, on a machine that is busy too. */
const PATIENCE = 600;

/** In its first moments another program takes the lock of apt and dpkg, as they do it themselves: by fcntl. Once, not at each boot. */
const LOCK = `import fcntl, time; lock = open("/var/lib/dpkg/lock-frontend", "w"); fcntl.lockf(lock, fcntl.LOCK_EX); time.sleep(${LONG})`;
const LOCKED = `bootcmd:
  - [sh, -c, 'mkdir /root/locked && systemd-run --quiet --no-block python3 -c "$1" || true', sh, '${LOCK}']
`;

/** Lists of modules that lack what a stack's user data needs: its commands, its packages, its files that come last. */
const VENDOR_DATA = `#cloud-config
manage_etc_hosts: true
cloud_config_modules: [ssh, set_hostname, [update_etc_hosts, once-per-instance]]
cloud_final_modules: [scripts-vendor, scripts-per-once, scripts-per-boot, scripts-per-instance]
`;

describe('a web droplet serves in the end', () => {
  let lab: TestLab;
  let first: Promise<unknown>[];

  beforeAll(async () => {
    lab = await TestLab.start('first-boot-test');
    // Side by side, since each mostly waits.
    first = [locked, withoutMirror, cutOff, rebooted, withOtherModules].map((story) => story());
    await Promise.allSettled(first);
  }, 25 * MINUTE);

  afterAll(() => lab?.end(), MINUTE);

  test('whose lock of apt and dpkg somebody else holds at its first boot', async () => {
    await first[0];
    const said = await journal('web-2');
    expect(said.match(/another program uses apt or dpkg/g)).toHaveLength(1);
    expect(said).toMatch(/is held by process \d+ \(python3\).*all are there, after \d+ s/s);
  });

  test('whose mirror is away at its first boot', async () => {
    await first[1];
    expect((await journal('web-3')).match(/mirror does not answer/g)).toHaveLength(1);
  });

  test('that lost power in the middle of the installation', async () => {
    expect(await first[2]).toMatch(/^Status: install \w+ (unpacked|half-installed|half-configured)$/m);
    expect((await on('web-4', 'dpkg', '--audit')).stdout).toBe('');
  });

  test('that was rebooted before its packages were there, and had not even all of its files', async () => {
    await first[3];
  });

  test("whose vendor data has lists of modules without ours, and with none that runs a user's commands", async () => {
    await first[4];
    const vendor = await on('web-6', 'cat', '/var/lib/cloud/instance/vendor-cloud-config.txt');
    expect(vendor.stdout).toContain('cloud_final_modules');
  });

  test('and no unit of it has failed or was restarted', async () => {
    expect(await troubledUnits(lab)).toEqual([]);
  });

  async function locked(): Promise<void> {
    await create(2, LOCKED);
    await eventually(() => says('web-2', 'another program uses apt or dpkg'), PATIENCE);
    await eventually(() => serves('web-2'), PATIENCE);
  }

  async function withoutMirror(): Promise<void> {
    await create(3);
    const cut = { from: 'web-3:public', to: 'packages' };
    const { what } = await ask<{ what: string }>(lab.name, 'POST', '/cut', cut);
    await eventually(() => says('web-3', "the distribution's mirror does not answer"), PATIENCE);
    await sleep(LONG * 1000);
    await ask(lab.name, 'POST', '/mend', { what });
    await eventually(() => serves('web-3'), PATIENCE);
  }

  /** What dpkg had written down when the power went. */
  async function cutOff(): Promise<string> {
    await create(4);
    await on('web-4', 'sh', '-c', 'until grep -qs "status unpacked" /var/log/dpkg.log; do sleep 0.1; done');
    await lab.power('web-4', 'power-off');
    const root = await rootOf('web-4');
    expect(existsSync(join(root, 'var/lib/scale-up/set-up'))).toBe(false);
    const written = await run(['sh', '-c', `cat ${root}/var/lib/dpkg/status ${root}/var/lib/dpkg/updates/*`]);
    await lab.power('web-4', 'power-on');
    await eventually(() => serves('web-4'), PATIENCE);
    return written;
  }

  async function rebooted(): Promise<void> {
    await create(5, LOCKED);
    await eventually(() => says('web-5', 'another program uses apt or dpkg'), PATIENCE);
    // As if cloud-init had been stopped while it wrote them.
    await on('web-5', 'rm', '-r', '/etc/scale-up/start.d', '/etc/systemd/system/scale-up-packages.service');
    await lab.power('web-5', 'reboot');
    await eventually(() => serves('web-5'), PATIENCE);
  }

  async function withOtherModules(): Promise<void> {
    await create(6);
    await lab.power('web-6', 'power-off');
    const root = await rootOf('web-6');
    for (const trace of [
      'var/lib/cloud/instance',
      'var/lib/cloud/instances',
      'var/lib/scale-up',
      'etc/scale-up',
    ]) {
      await rm(join(root, trace), { recursive: true, force: true });
    }
    const vendorData = join(root, 'var/lib/cloud/seed/config_drive/openstack/latest/vendor_data.json');
    await writeFile(vendorData, JSON.stringify({ 'cloud-init': VENDOR_DATA }));
    await lab.power('web-6', 'power-on');
    // This vendor data brings no monitoring agent.
    const silent = "503 the monitoring agent does not run: DigitalOcean's alerts on this droplet are silent";
    await eventually(async () => (await page('web-6')) === silent, PATIENCE);
    expect(await health('web-6')).toMatch(/^200/);
  }

  /** Creates one more web droplet like the first. Resolves when it boots. */
  async function create(index: number, extra = ''): Promise<void> {
    const name = `production-web-${index}`;
    const metadata = 'http://169.254.169.254/metadata/v1/user-data';
    const { stdout: like } = await on('web-1', 'curl', '--silent', '--fail', metadata);
    const part = `--MIMEBOUNDARY\r\nContent-Type: text/cloud-config\r\n\r\n#cloud-config\nmerge_type: list(append)+dict(no_replace,recurse_list)+str()\n${extra}\r\n`;
    const user_data = like
      .replace('NAME=production-web-1', `NAME=${name}`)
      .replace('--MIMEBOUNDARY--', `${extra ? part : ''}--MIMEBOUNDARY--`);
    const { droplets } = await lab.api('GET', '/v2/droplets?name=production-web-1');
    const [{ region, size_slug, image, vpc_uuid, tags }] = droplets;
    const where = { region: region.slug, size: size_slug, image: image.slug, vpc_uuid, tags };
    await lab.api('POST', '/v2/droplets', { name, ...where, user_data, monitoring: true });
    await eventually(async () => (await lab.droplet(`web-${index}`)).initPid !== undefined, PATIENCE);
  }

  async function rootOf(droplet: string): Promise<string> {
    return join(dropletDirectory(lab.name, (await lab.droplet(droplet)).id), 'root');
  }

  async function on(droplet: string, ...command: string[]) {
    return lab.exec(await lab.droplet(droplet), command);
  }

  async function journal(droplet: string): Promise<string> {
    const unit = ['--unit=scale-up-packages', '--no-pager', '--output=cat'];
    return (await on(droplet, 'journalctl', ...unit)).stdout;
  }

  const page = (droplet: string) => lab.page(droplet);
  const health = (droplet: string) => lab.asked(droplet, ':80/-/health');
  const says = async (droplet: string, what: string) => (await page(droplet)).includes(what);
  const serves = async (droplet: string) =>
    (await health(droplet)).startsWith('200') && (await page(droplet)).startsWith('200 ');
});
