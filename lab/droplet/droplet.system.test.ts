import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeCertificates } from '../common/certificate';
import { attempt } from '../common/run';
import { until } from '../common/until';
import { baseImage } from '../image/images';
import { sweep as sweepNetwork } from '../network/sweep';
import { describeAsRoot } from '../testing/as-root';
import { droplet } from '../testing/droplets';
import { Cgroup } from './cgroup';
import { sweep } from './sweep';
import { World } from './testing/world';

const DATA = '/dev/disk/by-id/scsi-0DO_Volume_data';
const USER_DATA = `#cloud-config
write_files:
  - path: /etc/systemd/system/mnt.mount
    content: |
      [Mount]
      What=${DATA}
      Where=/mnt
      [Install]
      WantedBy=multi-user.target
  - path: /etc/systemd/system/farewell.service
    content: |
      [Service]
      Type=oneshot
      RemainAfterExit=yes
      ExecStart=true
      ExecStop=touch /root/farewell
      [Install]
      WantedBy=multi-user.target
runcmd:
  - [systemctl, enable, --now, farewell.service]
`;

/** What a group has of the processors, against 1 for most; undefined where its hierarchy is about something else. */
function shareOf(folder: string): number | undefined {
  const found = [
    { file: join(folder, 'cpu.shares'), usual: 1024 },
    { file: join(folder, 'cpu.weight'), usual: 100 },
  ].find(({ file }) => existsSync(file));
  return found && Number(readFileSync(found.file, 'utf8')) / found.usual;
}

describeAsRoot('a droplet', () => {
  const spec = droplet(1, { name: 'web-1', userData: USER_DATA });
  let world: World;
  let certificate: string;
  const sh = (line: string) => world.sh(spec.id, line);

  beforeAll(async () => {
    await Promise.all([baseImage('debian-13-x64'), baseImage('ubuntu-24-04-x64')]);
    const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
    certificate = await readFile((await makeCertificates(folder)).authority.certificate, 'utf8').finally(() =>
      rm(folder, { recursive: true }),
    );
    world = await World.create('droplet', certificate);
    await world.boot(spec);
  }, 300_000);
  afterAll(() => world?.close(), 30_000);

  test('is set up by cloud-init, from its config drive, and no unit of it fails', async () => {
    expect(await sh('cloud-init status --long')).toMatch(
      /^status: done.*DataSourceConfigDrive.*errors: \[\]/s,
    );
    expect(await sh('systemctl --failed --no-legend')).toBe('');
    expect(await sh('cat /var/lib/cloud/instance/user-data.txt')).toBe(USER_DATA.trim());
    expect(await sh('systemctl is-active farewell ssh')).toBe('active\nactive');
  });

  test('has its name, its addresses, its gateway, its resolvers and its keys', async () => {
    expect(await sh('hostname')).toBe('web-1');
    const addresses = await sh('ip -4 -brief address');
    expect(addresses).toMatch(new RegExp(`eth0.*${spec.public.ip}/16 ${spec.anchor.ip}/16`));
    expect(addresses).toMatch(new RegExp(`eth1.*${spec.private.ip}/20`));
    expect(await sh('ip route show default')).toBe(`default via ${spec.public.gateway} dev eth0`);
    expect(await sh('cat /etc/resolv.conf')).toBe('nameserver 67.207.67.2\nnameserver 67.207.67.3');
    expect((await sh('sort /root/.ssh/authorized_keys')).split('\n')).toEqual(spec.sshKeys);
  });

  test('trusts the certificate it is given', async () => {
    const verify =
      'openssl verify -CAfile /etc/ssl/certs/ca-certificates.crt /usr/local/share/ca-certificates/*.crt';
    expect(await sh(verify)).toMatch(/: OK$/);
  });

  test('has the memory of its size, and no more', async () => {
    expect(await sh("free --mebi | awk '/^Mem/ { print $2 }'")).toBe('1024');
    const hungry = 'systemd-run --quiet --wait --pipe python3 -c';
    expect(await sh(`${hungry} 'print(len(b"x" * (500 << 20)))'`)).toBe(String(500 * 1024 ** 2));
    await expect(sh(`${hungry} 'print(len(b"x" * (1500 << 20)))'`)).rejects.toThrow('failed');
  });

  test('has more of a busy machine than one process has that runs beside it', async () => {
    const [lab = ''] = new Cgroup(world.lab).folders.filter((folder) => shareOf(folder) !== undefined);
    expect([shareOf(lab), shareOf(dirname(lab))]).toEqual([4, 4]);
  });

  test('lets the others go first until its first boot is done', async () => {
    const share = () => new Cgroup(world.lab, 3).folders.map(shareOf).find((found) => found !== undefined);
    const isAt = (wanted: number) => async () => Math.abs((share() ?? 0) - wanted) < 0.01;
    const patience = { within: 60_000, otherwise: () => `Its share is ${share()}.` };
    await world.droplets.createDroplet(droplet(3));
    try {
      await until(isAt(0.1), patience);
      await world.untilUp(3);
      await until(isAt(1), patience);
    } finally {
      await world.droplets.destroyDroplet(3);
    }
  });

  test('gets a volume while it runs, as a disk known by its name and with the file system it was made with', async () => {
    await world.droplets.createVolume({
      id: 'volume-1',
      name: 'data',
      sizeGigabytes: 1,
      filesystem: 'ext4',
      label: 'things',
    });
    await world.droplets.attachVolume('volume-1', spec.id);
    expect(await sh(`readlink -f ${DATA}`)).toBe('/dev/sda');
    expect(await sh(`blkid -o value -s LABEL -s TYPE ${DATA}; blockdev --getsize64 ${DATA}`)).toBe(
      `things\next4\n${1024 ** 3}`,
    );
    await sh('systemctl enable --now mnt.mount');
  });

  test('keeps over a power-off what was synced, and not what was not', async () => {
    await sh(
      'cd /mnt; echo yes > synced; sync -f .; echo no > unsynced; echo yes > /root/on-disk; nft add table inet t',
    );
    await world.droplets.powerOff(spec.id);
    expect(world.droplets.get(spec.id).initPid).toBeUndefined();
    await expect(sh('true')).rejects.toThrow('Droplet web-1 is off; power it on first.');
    await world.droplets.powerOn(spec.id);
    expect(await world.untilUp(spec.id)).toBe('running');
    expect(
      await sh('findmnt --noheadings --output SOURCE /mnt; cd /mnt; cat synced; ls unsynced 2>&1 || true'),
    ).toBe("/dev/sda\nyes\nls: cannot access 'unsynced': No such file or directory");
    expect(await sh('cat /root/on-disk; nft list ruleset')).toBe('yes');
  }, 60_000);

  test('comes back from a reboot, asked for from outside or from inside, with services stopped in order', async () => {
    const { droplets } = world;
    const first = droplets.get(spec.id).initPid;
    await droplets.reboot(spec.id);
    expect(droplets.get(spec.id).initPid).not.toBe(first);
    expect(await world.untilUp(spec.id)).toBe('running');
    await sh('rm /root/farewell');
    const second = droplets.get(spec.id).initPid;
    await attempt([...droplets.get(spec.id).enter(), 'systemctl', 'reboot']);
    const isAnother = () => (droplets.get(spec.id).initPid ?? second) !== second;
    await until(isAnother, { within: 30_000, otherwise: 'It does not reboot.' });
    expect(await world.untilUp(spec.id)).toBe('running');
    await sh('rm /root/farewell');
    expect(await sh('ip -brief -4 address show dev eth1')).toContain(`${spec.private.ip}/20`);
  }, 60_000);

  test('shuts down when asked to, and can be powered on again', async () => {
    await world.droplets.shutdown(spec.id);
    expect(world.droplets.get(spec.id).initPid).toBeUndefined();
    await world.droplets.powerOn(spec.id);
    expect(await world.untilUp(spec.id)).toBe('running');
    await sh('rm /root/farewell');
  }, 60_000);

  test('loses a volume that is taken from it while it is written to', async () => {
    const writer = sh('exec 3> /mnt/file; while echo x >&3; do sleep 0.1; done; echo refused');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await world.droplets.detachVolume('volume-1', spec.id);
    expect(await writer).toBe('refused');
    expect(await sh(`ls ${DATA} /dev/sda 2>/dev/null || true; findmnt /mnt || true`)).toBe('');
  }, 30_000);

  test('starts over with a blank disk of another image when it is rebuilt, and keeps its volumes', async () => {
    await world.droplets.resizeVolume({ id: 'volume-1', name: 'data', sizeGigabytes: 2, filesystem: 'ext4' });
    await world.droplets.attachVolume('volume-1', spec.id);
    await world.droplets.rebuildDroplet({ ...spec, image: 'ubuntu-24-04-x64', memory: 2048 });
    expect(await world.untilUp(spec.id)).toBe('running');
    expect(
      await sh(`systemctl start mnt.mount; cat /mnt/synced; blockdev --getsize64 ${DATA}; ls /root`),
    ).toBe(`yes\n${2 * 1024 ** 3}`);
    expect(await sh("free --mebi | awk '/^Mem/ { print $2 }'")).toBe('2048');
  }, 60_000);

  test('leaves nothing behind when it is destroyed, but its volumes', async () => {
    await world.droplets.destroyDroplet(spec.id);
    expect(await attempt(['ls', `/var/lib/digitalocean-lab/${world.lab}/droplets`])).toMatchObject({
      stdout: '',
    });
    await world.droplets.destroyVolume('volume-1');
    await sweep(world.lab);
    expect(await World.remainsOf(world.lab)).toBe('');
  }, 30_000);
});

describeAsRoot('a lab that was killed', () => {
  const lab = `test-killed-${process.pid}`;
  let other: World;

  beforeAll(async () => {
    other = await World.create('survivor');
    await other.boot(droplet(2));
  }, 300_000);
  afterAll(async () => {
    await other?.close();
    await sweep(lab);
    await sweepNetwork(lab);
  }, 30_000);

  test('is removed by the next one to the last trace, and no other lab is touched', async () => {
    const script = `require('ts-node/register');
      const { Droplets } = require('./lab/droplet/droplets');
      const { createNetwork } = require('./lab/network/network');
      (async () => {
        const droplets = new Droplets({ lab: '${lab}', wiring: await createNetwork('${lab}') });
        await droplets.createVolume({ id: 'v', name: 'data', sizeGigabytes: 1, filesystem: 'ext4' });
        await droplets.createDroplet(${JSON.stringify(droplet(1))});
        await droplets.attachVolume('v', 1);
        await droplets.get(1).exec(['mount', '${DATA}', '/mnt']);
        console.log('running');
      })();`;
    const killed = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await Promise.race([once(killed.stdout, 'data'), once(killed, 'exit')]);
    killed.kill('SIGKILL');
    expect(await World.remainsOf(lab)).toContain('systemd-nspawn');

    await sweep(lab);
    await sweepNetwork(lab);
    expect(await World.remainsOf(lab)).toBe('');
    expect(await other.sh(2, 'systemctl is-system-running')).toBe('running');
  }, 60_000);
});
