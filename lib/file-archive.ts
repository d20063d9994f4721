import { createTar } from 'nanotar';
import { awaitsPackage, type DropletFile } from './droplet-file';
import { pack } from './packed-content';
import { UserError } from './user-error';

/** Where the archive lies on a droplet; cloud-init/every-droplet/cloud-config.yaml unpacks it. */
export const ARCHIVE = '/var/lib/scale-up/files.tar.bz2.a85';

/** Where those lie at first that a package must not find before it is installed; scale-up-packages puts them in their places. */
export const DEFERRED = '/var/lib/scale-up/deferred';

/** Characters of a tar's member: nanotar cuts the rest off. */
const LONGEST_NAME = 99;

/** Those that were made, by their tar: who synthesizes several stacks packs each file once. */
const known = new Map<string, string>();

/**
 * Files as one packed tar archive. One by one those of a load balancer would not fit into its user data: what they have in common, and
 * that is much, is packed once.
 *
 * @throws UserError when a path is too long for it
 */
export function fileArchive(files: readonly DropletFile[]): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const members = sorted.map((file) => ({
    name: `${awaitsPackage(file) ? DEFERRED : ''}${file.path}`.slice(1),
    data: file.content,
    attrs: { mode: file.permissions },
  }));
  const long = members.filter(({ name }) => name.length > LONGEST_NAME);
  if (long.length > 0) {
    throw new UserError(
      long.map(
        ({ name }) => `/${name}: has ${name.length + 1} characters; the longest path has ${LONGEST_NAME + 1}`,
      ),
    );
  }
  // The same bytes on every machine and in every year.
  const tar = createTar(members, { attrs: { uid: 0, gid: 0, user: 'root', group: 'root', mtime: 0 } });
  const key = Buffer.from(tar).toString('latin1');
  const archive = known.get(key) ?? pack(tar);
  known.set(key, archive);
  return archive;
}
