import { existsSync } from 'node:fs';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { VolumeSpec } from '../api/server/hardware';
import { attempt, RunError, run } from '../common/run';
import { until } from '../common/until';
import { volumeFile } from './state-paths';

const GIGABYTE = 1024 ** 3;

/** A block storage volume: a sparse file, seen through a loop device while it is attached to a droplet. */
export class Volume {
  /** The machine's name of the loop device, such as /dev/loop3, while attached. */
  device: string | undefined;
  private readonly file: string;

  constructor(
    lab: string,
    public spec: VolumeSpec,
  ) {
    this.file = volumeFile(lab, spec.id);
  }

  /** The name by which DigitalOcean's guests know it, below /dev/disk/by-id. */
  get deviceName(): string {
    return `scsi-0DO_Volume_${this.spec.name}`;
  }

  /** Makes the volume, blank or with a file system. One that is there from an earlier life of the lab is kept. */
  async create(): Promise<void> {
    if (existsSync(this.file)) return;
    const { filesystem, label, sizeGigabytes } = this.spec;
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
    await writeFile(this.file, '', { mode: 0o600 });
    await truncate(this.file, sizeGigabytes * GIGABYTE);
    if (filesystem) await run([`mkfs.${filesystem}`, '-q', ...(label ? ['-L', label] : []), this.file]);
  }

  async destroy(): Promise<void> {
    await this.close();
    await rm(this.file, { force: true });
  }

  async resize(spec: VolumeSpec): Promise<void> {
    this.spec = spec;
    await truncate(this.file, spec.sizeGigabytes * GIGABYTE);
    if (this.device) await run(['losetup', '--set-capacity', this.device]);
  }

  /** Gives the volume a loop device. */
  async open(): Promise<string> {
    this.device ??= (await run(['losetup', '--find', '--show', this.file])).trim();
    return this.device;
  }

  /** Takes the loop device away, waiting up to 10 s for the last one who uses it. */
  async close(): Promise<void> {
    if (!this.device) return;
    await run(['losetup', '--detach', this.device]);
    const { device } = this;
    await until(async () => !(await loopDevices(this.file)).includes(device), {
      within: 10_000,
      otherwise: `Volume ${this.spec.name} is still in use; stop what uses it and detach it again.`,
      pause: 100,
    });
    this.device = undefined;
  }
}

/** Loop devices behind which lies a file, or any file below a folder. */
export async function loopDevices(path: string): Promise<string[]> {
  const { stdout } = await attempt(['losetup', '--list', '--noheadings', '--output', 'NAME,BACK-FILE']);
  return stdout.split('\n').flatMap((line) => {
    const [device = '', file = ''] = line.trim().split(/\s+/, 2);
    return file === path || file.startsWith(`${path}/`) ? [device] : [];
  });
}

/** EXT4_IOC_SHUTDOWN, which XFS has too, without writing the journal. Other file systems refuse it. */
const PULL_THE_PLUG =
  'open(my $root, "<", $ARGV[0]) or die "$!\\n"; my $flags = pack("I", 2); ioctl($root, 0x8004587d, $flags) or die "$!\\n"';

/**
 * Ends all traffic between a mounted file system and its device, as when a droplet loses power or a volume is taken
 * from it: what was not synced is lost, and who still uses it gets I/O errors.
 */
export async function pullThePlug(mountPoint: string): Promise<void> {
  const command = ['perl', '-e', PULL_THE_PLUG, mountPoint];
  const result = await attempt(command);
  if (result.status !== 0 && !result.stderr.includes('Inappropriate ioctl'))
    throw new RunError(command, result);
}
