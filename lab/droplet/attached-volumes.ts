import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt, run } from '../common/run';
import { enter } from './enter';
import { pullThePlug, type Volume } from './volume';

const LETTERS = 'abcdefghijklmno';

/**
 * The volumes of one droplet, which sees each as a disk (/dev/sda, ...) and by its name below /dev/disk/by-id. That
 * folder is one of this machine; the disks are made anew in each boot's /dev.
 */
export class AttachedVolumes {
  private readonly volumes = new Map<string, Volume>();
  private readonly byId: string;

  /** @param directory a folder of the droplet's, to be seen as its /dev/disk */
  constructor(private readonly directory: string) {
    this.byId = join(directory, 'by-id');
  }

  get all(): Volume[] {
    return [...this.volumes.values()];
  }

  /** What the next boot has to bind: paths of this machine -> paths in the droplet. */
  binds(): Map<string, string> {
    mkdirSync(this.byId, { recursive: true });
    const disks = [...this.volumes].map(([disk, { device = '' }]) => [device, disk] as const);
    return new Map([[this.directory, '/dev/disk'], ...disks]);
  }

  /** @param initPid process 1 of the droplet when it runs: it sees the disk at once */
  async attach(volume: Volume, initPid: number | undefined): Promise<void> {
    const letter = [...LETTERS].find((name) => !this.volumes.has(`/dev/sd${name}`));
    if (!letter) throw new Error(`A droplet takes at most ${LETTERS.length} volumes.`);
    const disk = `/dev/sd${letter}`;
    const device = await volume.open();
    const { major, minor } = deviceNumber(device);
    mkdirSync(this.byId, { recursive: true });
    symlinkSync(`../../sd${letter}`, join(this.byId, volume.deviceName));
    if (initPid) await run([...enter(initPid), 'mknod', '--mode=0660', disk, 'b', major, minor]);
    this.volumes.set(disk, volume);
  }

  /** Takes a volume away. One that is still mounted is torn from its file system, as on DigitalOcean. */
  async detach(volume: Volume, initPid: number | undefined): Promise<void> {
    const disk = [...this.volumes].find(([, candidate]) => candidate === volume)?.[0];
    if (!disk) throw new Error(`Volume ${volume.spec.name} is not attached to this droplet.`);
    if (initPid) {
      await this.pullThePlug(initPid, [volume]);
      for (const mountPoint of mountPoints(initPid, volume)) {
        await attempt([...enter(initPid), 'umount', '--lazy', mountPoint]);
      }
      // A disk that was there at boot is a mount, one that came later a file.
      await attempt([...enter(initPid), 'sh', '-c', `umount ${disk} 2>/dev/null; rm -f ${disk}`]);
    }
    await rm(join(this.byId, volume.deviceName), { force: true });
    this.volumes.delete(disk);
    await volume.close();
  }

  /** Cuts mounted volumes off from their devices: what was not synced is lost. */
  async pullThePlug(initPid: number, volumes: readonly Volume[] = this.all): Promise<void> {
    for (const volume of volumes) {
      const [mountPoint] = mountPoints(initPid, volume);
      if (mountPoint) await pullThePlug(join(`/proc/${initPid}/root`, mountPoint));
    }
  }
}

/** Where a droplet has mounted a volume (or a folder of it). */
function mountPoints(initPid: number, { device }: Volume): string[] {
  if (!device) return [];
  const { major, minor } = deviceNumber(device);
  const mounts = readFileSync(`/proc/${initPid}/mountinfo`, 'utf8').split('\n');
  return mounts
    .map((line) => line.split(' '))
    .filter(([, , number]) => number === `${major}:${minor}`)
    .map(([, , , , mountPoint = '']) => mountPoint);
}

/** A block device's number, as the kernel tells it. */
function deviceNumber(device: string): { major: string; minor: string } {
  const number = readFileSync(`/sys/class/block/${device.replace('/dev/', '')}/dev`, 'utf8').trim();
  const [major = '', minor = ''] = number.split(':');
  return { major, minor };
}
