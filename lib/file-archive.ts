import { createTar } from 'nanotar';
import type { DropletFile } from './droplet-file';
import { pack } from './packed-content';

/** Where the archive lies on a droplet; cloud-init/every-droplet/cloud-config.yaml unpacks it. */
export const ARCHIVE = '/var/lib/scale-up/files.tar';

/**
 * Files as one packed tar archive. One by one those of a load balancer would not fit into its user data: what they have in common, and
 * that is much, is packed once.
 */
export function fileArchive(files: readonly DropletFile[]): string {
  // By path, where like lies beside like: gzip looks back no further than 32 KB.
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const members = sorted.map(({ path, content, permissions }) => ({
    name: path.slice(1),
    data: content,
    attrs: { mode: permissions },
  }));
  // The same bytes on every machine and in every year.
  return pack(createTar(members, { attrs: { uid: 0, gid: 0, user: 'root', group: 'root', mtime: 0 } }));
}
