import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from '../../lab/common/run';
import { inOverlay, OVERLAY_FOLDERS } from '../../lab/image/chroot';
import { baseImage, packageLayer } from '../../lab/image/images';

const IMAGE = 'debian-13-x64';

export interface ContainerConfiguration {
  readonly user: string;
  readonly workingDirectory: string;
  readonly environment: readonly string[];
  readonly command: readonly string[];
}

/**
 * Makes an archive of an image as `docker save` could have made it.
 *
 * @param layers paths of tar files, the lowest first, all in one folder, where the archive comes to lie too
 * @returns its path
 */
export async function containerArchive(
  name: string,
  layers: readonly string[],
  { user, workingDirectory, environment, command }: ContainerConfiguration,
): Promise<string> {
  const [first = ''] = layers;
  const folder = dirname(first);
  const configuration = {
    architecture: 'amd64',
    os: 'linux',
    config: { User: user, WorkingDir: workingDirectory, Env: environment, Cmd: command },
    rootfs: { type: 'layers', diff_ids: await Promise.all(layers.map(sha256)) },
  };
  const names = layers.map((layer) => basename(layer));
  const manifest = [{ Config: 'config.json', RepoTags: null, Layers: names }];
  await writeFile(join(folder, 'config.json'), JSON.stringify(configuration));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(folder, `${name}.archive`);
  await run(['tar', '--create', '--file', archive, 'manifest.json', 'config.json', ...names], {
    cwd: folder,
  });
  return archive;
}

/**
 * Makes a layer of what packages install on Debian.
 *
 * @param script of shell: it has the packages, and writes what the image needs of them to /layer.tar
 * @returns its path in the folder
 */
export async function packagesLayer(
  folder: string,
  name: string,
  packages: readonly string[],
  script: string,
): Promise<string> {
  const directory = join(folder, name);
  for (const part of OVERLAY_FOLDERS) await mkdir(join(directory, part), { recursive: true });
  const layers = [await packageLayer(IMAGE, name, packages), await baseImage(IMAGE)];
  await run(inOverlay({ layers, directory }, ['sh', '-ec', script], false));
  const layer = join(folder, `${name}.tar`);
  await rename(join(directory, 'upper/layer.tar'), layer);
  return layer;
}

async function sha256(file: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readFile(file))
    .digest('hex')}`;
}
