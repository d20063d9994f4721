import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

export const CLOUD_INIT = join(__dirname, '..', 'cloud-init');

/** What tools leave beside the files they worked on. */
const TOOL_CACHE = /\/(?:\.\w+_cache|__pycache__)\//;

/** A package owns these folders: its files must be there first, or its installation finds a configuration it did not make. */
const PACKAGE_FOLDERS = ['/etc/haproxy/', '/etc/nginx/', '/etc/mysql/', '/var/www/'];

/** A file that cloud-init writes on a droplet. */
export interface DropletFile {
  /** Absolute path on the droplet. */
  readonly path: string;
  readonly content: string;
  /** Octal, as `chmod` takes it. */
  readonly permissions: '0600' | '0644' | '0755';
}

/** Whether a file has to wait until a package is installed. */
export function awaitsPackage({ path }: Pick<DropletFile, 'path'>): boolean {
  return PACKAGE_FOLDERS.some((folder) => path.startsWith(folder));
}

/**
 * The files of a folder that mirrors the droplet's disk, in the order of their paths.
 *
 * @param folder of cloud-init/, or a path from the root
 */
export function dropletFiles(folder: string): DropletFile[] {
  const root = resolve(CLOUD_INIT, folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== join(root, 'cloud-config.yaml') && !TOOL_CACHE.test(file.slice(root.length)))
    .map((file) => dropletFile(root, file))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function dropletFile(root: string, file: string): DropletFile {
  return {
    path: `/${relative(root, file).split(sep).join('/')}`,
    content: readFileSync(file, 'utf8'),
    permissions: statSync(file).mode & 0o100 ? '0755' : '0644',
  };
}
