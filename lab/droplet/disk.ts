import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DropletSpec } from '../api/server/hardware';
import { attempt, run } from '../common/run';
import { mountOverlay, OVERLAY_FOLDERS } from '../image/chroot';
import { writeConfigDrive } from './config-drive';

/** Folder of a droplet's disk that it sees as /var/lib/containers: containers' disks are overlays, which can't lie on one. */
export const CONTAINERS = 'containers';

/** Makes a droplet's disk below `directory` and mounts it at its folder `root`: what the droplet writes lies in `upper`. */
export async function makeDisk(
  directory: string,
  image: string,
  spec: DropletSpec,
  certificates: readonly string[] = [],
): Promise<void> {
  for (const folder of [...OVERLAY_FOLDERS, CONTAINERS])
    await mkdir(join(directory, folder), { recursive: true });
  // Packages are installed with thousands of syncs. On the one disk of this machine MySQL's, on its volume, would wait for them; and a
  // droplet that loses its power keeps what it wrote anyway, since this machine does not lose its own.
  await run(mountOverlay({ layers: [image], directory, isVolatile: true }));
  const root = join(directory, 'root');
  await writeConfigDrive(root, spec);
  for (const [i, certificate] of certificates.entries()) await trust(root, `lab-${i + 1}`, certificate);
}

export async function removeDisk(directory: string): Promise<void> {
  await attempt(['umount', '--lazy', join(directory, 'root')]);
  await rm(directory, { recursive: true, force: true });
}

/** Makes a system trust a certificate (PEM), now and whenever it collects its certificates anew. */
async function trust(root: string, name: string, certificate: string): Promise<void> {
  const file = join(root, `usr/local/share/ca-certificates/${name}.crt`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, certificate);
  await appendFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), certificate);
}
