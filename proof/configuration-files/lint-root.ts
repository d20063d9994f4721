import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { attempt } from '../../lab/common/run';
import { inOverlay, OVERLAY_FOLDERS } from '../../lab/image/chroot';
import { type BuildOptions, baseImage, type ImageSlug, packageLayer } from '../../lab/image/images';

/** What the roles run on each image, so that every configuration file meets the program that will read it. */
const PACKAGES: Readonly<Record<ImageSlug, readonly string[]>> = {
  'debian-13-x64': ['haproxy', 'socat', 'nginx', 'gunicorn', 'python3-pymysql', 'podman', 'shellcheck'],
  'ubuntu-24-04-x64': ['mysql-server', 'shellcheck'],
};

export interface LintedFile {
  readonly content: string | Buffer;
  /** Such as 0o644. */
  readonly mode: number;
}

export interface LintRoot {
  /** Runs a command in the root, as root, with no network but a loopback interface. `output` is what it wrote, in order. */
  run(command: readonly string[]): Promise<{ status: number; output: string }>;
  /** Throws the root away. */
  close(): Promise<void>;
}

/**
 * A root file system of a droplet's release with its roles' packages and the given files (absolute path -> file), in
 * which programs can be asked what they think of their configuration. Needs root on Linux; the first call on a machine
 * builds the image, which takes about a minute.
 */
export async function lintRoot(
  image: ImageSlug,
  files: ReadonlyMap<string, LintedFile>,
  options: BuildOptions = {},
): Promise<LintRoot> {
  const layers = [
    await packageLayer(image, 'packages', PACKAGES[image], options),
    await baseImage(image, options),
  ];
  const directory = await mkdtemp(join(tmpdir(), 'scale-up-lint-'));
  for (const folder of OVERLAY_FOLDERS) await mkdir(join(directory, folder));
  for (const [path, { content, mode }] of files) {
    const file = join(directory, 'upper', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, mode);
  }
  return {
    async run(command) {
      const lines: string[] = [];
      const inRoot = inOverlay({ layers, directory }, command, false);
      const { status } = await attempt(inRoot, { onLine: (line) => lines.push(line) });
      return { status, output: lines.join('\n') };
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
