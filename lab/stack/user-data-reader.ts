import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import type { Stack } from './stack';

/** A file that a stack's user data puts on a droplet. */
export interface UserDataFile {
  readonly path: string;
  readonly content: string;
}

interface WrittenFile extends UserDataFile {
  readonly encoding?: string;
}

/** The files that say what this deployment is, droplet after droplet: of the user data of a stack the parts that are not shared. */
export function userDataFiles({ terraform: { data, resource } }: Stack): UserDataFile[] {
  const configs = Object.values<{ part?: { content: string }[] }>(data?.cloudinit_config ?? {});
  const droplets = Object.values<{ user_data?: string }>(resource?.digitalocean_droplet ?? {});
  const texts = [
    ...configs.flatMap(({ part = [] }) => part.map(({ content }) => content)),
    ...droplets.flatMap(({ user_data }) => user_data ?? []),
  ];
  return texts
    .filter((text) => text.startsWith('#cloud-config'))
    .flatMap(writtenFiles)
    .map(({ path, content, encoding = '' }) => ({ path, content: decoded(content, encoding) }));
}

function writtenFiles(text: string): WrittenFile[] {
  try {
    return parse(text)?.write_files ?? [];
  } catch {
    return []; // with an expression of Terraform's in it, it need not be YAML yet
  }
}

/** As cloud-init reads it. */
function decoded(content: string, encoding: string): string {
  const isBase64 = /b64|base64/.test(encoding);
  const bytes = isBase64 ? Buffer.from(content, 'base64') : Buffer.from(content ?? '');
  return (/^gz/.test(encoding) ? gunzipSync(bytes) : bytes).toString();
}
