import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from '../../lab/common/run';

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

async function sha256(file: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readFile(file))
    .digest('hex')}`;
}
