import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { DataCloudinitConfig } from '@cdktf/provider-cloudinit/lib/data-cloudinit-config';
import { Fn, TerraformLocal, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import { awaitsPackage, CLOUD_INIT, type DropletFile, dropletFiles } from './droplet-file';
import { ARCHIVE, fileArchive } from './file-archive';
import { UserError } from './user-error';

const EVERY_DROPLET = 'every-droplet';

/** cloud-init puts the lists of several parts together only when each part asks for it. */
const MERGE = 'list(append)+dict(no_replace,recurse_list)+str()';

/**
 * Folders, each of cloud-init/ or a path from the root, whose files a droplet gets beside those of its role. One at the path of another
 * file takes its place.
 */
export type Additions = readonly string[];

export interface UserDataProps {
  /** The folder of cloud-init/ beside every-droplet/ whose files the droplet gets. */
  readonly folder: string;
  /** Other folders whose files it gets as well: see Additions. @default - none */
  readonly additions?: Additions;
  /** What differs per deployment and is no secret: the lines of /etc/scale-up/stack.env. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Secrets by file name below /etc/scale-up/secrets/, readable by root alone. Each content is lines with
   * Terraform references, never a literal; the line end makes it text for YAML whatever the value is. Only the value of a
   * *.pem may have several lines.
   *
   * @default - no secrets
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Files for all to read by path, each a *.pem and a Terraform reference.
   *
   * @default - none
   */
  readonly files?: Readonly<Record<string, string>>;
}

/** The user_data of one droplet: what every droplet gets, what its folder says, and what this deployment says. */
export class UserData extends Construct {
  /** Terraform reference to the MIME document. DigitalOcean decodes nothing, so it is plain text. */
  readonly rendered: string;

  constructor(
    scope: Construct,
    id: string,
    { folder, additions = [], environment, secrets = {}, files = {} }: UserDataProps,
  ) {
    super(scope, id);
    const lines = Object.entries(environment).map(([key, value]) => `${key}=${value}\n`);
    const all: DropletFile[] = [
      { path: '/etc/scale-up/stack.env', content: lines.join(''), permissions: '0644' },
      ...Object.entries(secrets).map(([name, content]) => ({
        path: `/etc/scale-up/secrets/${name}`,
        content,
        permissions: '0600' as const,
      })),
      ...Object.entries(files).map(([path, content]) => ({ path, content, permissions: '0644' as const })),
    ];
    requireApart(additions, all);
    const parts = {
      [EVERY_DROPLET]: folderLocal(this, EVERY_DROPLET),
      [folder]: folderLocal(this, folder, additions),
      deployment: cloudConfig({ write_files: all.map(deploymentFileEntry) }),
    };
    const document = new DataCloudinitConfig(this, 'resource', {
      gzip: false,
      base64Encode: false,
      part: Object.entries(parts).map(([name, content]) => ({
        filename: `${name}.yaml`,
        contentType: 'text/cloud-config',
        content,
      })),
    });
    this.rendered = document.rendered;
  }
}

/**
 * The cloud-config of one folder of cloud-init/: its cloud-config.yaml, if it has one. That of a role brings the files, with those of
 * every droplet, as one archive.
 *
 * @throws UserError when a file holds other than ASCII characters, which cloud-init corrupts in a MIME part
 */
export function folderCloudConfig(folder: string, additions: Additions = []): string {
  const document = join(CLOUD_INIT, folder, 'cloud-config.yaml');
  const own = existsSync(document) ? readFileSync(document, 'utf8') : '#cloud-config';
  requireAscii([{ path: '/cloud-config.yaml', content: own }], folder);
  const folders = [EVERY_DROPLET, folder, ...additions];
  const brought = folder === EVERY_DROPLET ? {} : archiveEntry(folders.flatMap(asciiFiles));
  const [, generated] = cloudConfig(brought).split(/^#cloud-config\n/);
  return `${withoutComments(own).trimEnd()}\n\n${generated}`;
}

/** Makes text arrive byte for byte: in a string of the Terraform JSON `${` and `%{` open a template. */
export function escapeTemplate(text: string): string {
  return text.replace(/([$%])\{/g, '$1$1{');
}

/** The folder's cloud-config as one local of the stack, however many droplets refer to it: the JSON stays readable. */
function folderLocal(scope: Construct, folder: string, additions?: Additions): string {
  const stack = TerraformStack.of(scope);
  const id = `cloud-init-${folder}`;
  const existing = stack.node.tryFindChild(id) as TerraformLocal | undefined;
  return (existing ?? new TerraformLocal(stack, id, escapeTemplate(folderCloudConfig(folder, additions))))
    .asString;
}

/** What explains a document to who reads the repository would take room that droplets' files need. */
function withoutComments(document: string): string {
  return document.replace(/^ *#(?!cloud-config$).*\n|^\n/gm, '');
}

function cloudConfig(config: object): string {
  return `#cloud-config\n${stringify({ merge_type: MERGE, ...config }, { lineWidth: 0 })}`;
}

function asciiFiles(folder: string): DropletFile[] {
  const files = dropletFiles(folder);
  requireAscii(files, folder);
  return files;
}

function requireAscii(files: readonly Pick<DropletFile, 'path' | 'content'>[], folder: string): void {
  const mistakes = files.flatMap(({ path, content }) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the range that is meant
    const line = content.split('\n').findIndex((text) => /[^\x00-\x7f]/.test(text)) + 1;
    const where = `${shown(folder)}${path}:${line}`;
    return line ? [`${where}: holds a character that is not ASCII; cloud-init would corrupt it`] : [];
  });
  if (mistakes.length > 0) {
    throw new UserError(mistakes);
  }
}

/** Of what the deployment writes itself there are no two. */
function requireApart(folders: Additions, written: readonly DropletFile[]): void {
  const taken = written.map(({ path }) => path);
  const mistakes = folders.flatMap((folder) =>
    dropletFiles(folder)
      .filter(({ path }) => taken.includes(path))
      .map(
        ({ path }) => `${shown(folder)}${path}: is written by the deployment itself; give it another name`,
      ),
  );
  if (mistakes.length > 0) {
    throw new UserError(mistakes);
  }
}

/** As whoever wrote it finds it. */
function shown(folder: string): string {
  return relative('.', resolve(CLOUD_INIT, folder));
}

/** The last file of each path. With a line end: YAML then takes whatever sign it holds for itself. */
function archiveEntry(all: readonly DropletFile[]): object {
  const files = [...new Map(all.map((file) => [file.path, file])).values()];
  return { write_files: [{ path: ARCHIVE, content: `${fileArchive(files)}\n` }] };
}

/** The entry of a file that is known only when Terraform applies. In base64 a value of several lines can't break the YAML around it. */
function deploymentFileEntry(file: DropletFile): object {
  const { path, permissions, content } = file;
  return {
    path,
    // 0644 is cloud-init's default.
    ...(permissions === '0644' ? {} : { permissions }),
    // Until scale-up-packages has cloud-init write it.
    ...(awaitsPackage(file) ? { defer: true } : {}),
    ...(path.endsWith('.pem') ? { encoding: 'b64', content: Fn.base64encode(content) } : { content }),
  };
}
