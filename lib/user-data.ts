import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { DataCloudinitConfig } from '@cdktf/provider-cloudinit/lib/data-cloudinit-config';
import { TerraformLocal, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import { UserError } from './user-error';

const CLOUD_INIT = join(__dirname, '..', 'cloud-init');

/** A package owns these folders: its files must be there first, or its installation finds a configuration it did not make. */
const PACKAGE_FOLDERS = ['/etc/haproxy/', '/etc/nginx/', '/etc/mysql/', '/var/www/'];

/** What editors and Python leave beside the files they worked on. */
const TOOL_CACHE = /\/(?:\.[^/]+|__pycache__)\//;

/** cloud-init puts the lists of several parts together only when each part asks for it. */
const MERGE = 'list(append)+dict(no_replace,recurse_list)+str()';

/** A file that cloud-init writes on a droplet. */
export interface DropletFile {
  /** Absolute path on the droplet. */
  readonly path: string;
  readonly content: string;
  /** Octal, as `chmod` takes it. */
  readonly permissions: '0600' | '0644' | '0755';
}

export interface UserDataProps {
  /** The folder of cloud-init/ beside every-droplet/ whose files the droplet gets. */
  readonly folder: string;
  /** What differs per deployment and is no secret: the lines of /etc/scale-up/stack.env. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Secrets by file name below /etc/scale-up/secrets/, readable by root alone. Each content is lines with
   * Terraform references, never a literal; the line end makes it text for YAML whatever the value is.
   *
   * @default - no secrets
   */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The user_data of one droplet: what every droplet gets, what its folder says, and what this deployment says. */
export class UserData extends Construct {
  /** Terraform reference to the MIME document. DigitalOcean decodes nothing, so it is plain text. */
  readonly rendered: string;

  constructor(scope: Construct, id: string, { folder, environment, secrets = {} }: UserDataProps) {
    super(scope, id);
    const lines = Object.entries(environment).map(([key, value]) => `${key}=${value}\n`);
    const files: DropletFile[] = [
      { path: '/etc/scale-up/stack.env', content: lines.join(''), permissions: '0644' },
      ...Object.entries(secrets).map(([name, content]) => ({
        path: `/etc/scale-up/secrets/${name}`,
        content,
        permissions: '0600' as const,
      })),
    ];
    const parts = {
      'every-droplet': folderLocal(this, 'every-droplet'),
      [folder]: folderLocal(this, folder),
      deployment: cloudConfig({ write_files: files.map(writeFilesEntry) }),
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

/** The files of one folder of cloud-init/, which mirrors the droplet's disk, in the order of their paths. */
export function dropletFiles(folder: string): DropletFile[] {
  const root = join(CLOUD_INIT, folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== join(root, 'cloud-config.yaml') && !TOOL_CACHE.test(file.slice(root.length)))
    .map((file) => dropletFile(root, file))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The cloud-config of one folder of cloud-init/: its cloud-config.yaml, with a `write_files` entry for each file beside it.
 *
 * @throws UserError when a file holds other than ASCII characters, which cloud-init corrupts in a MIME part
 */
export function folderCloudConfig(folder: string): string {
  const own = readFileSync(join(CLOUD_INIT, folder, 'cloud-config.yaml'), 'utf8');
  const files = dropletFiles(folder);
  requireAscii([{ path: '/cloud-config.yaml', content: own }, ...files], folder);
  const [, generated] = cloudConfig({ write_files: files.map(writeFilesEntry) }).split(/^#cloud-config\n/);
  return `${own.trimEnd()}\n\n${generated}`;
}

/** Makes text arrive byte for byte: in a string of the Terraform JSON `${` and `%{` open a template. */
export function escapeTemplate(text: string): string {
  return text.replace(/([$%])\{/g, '$1$1{');
}

/** The folder's cloud-config as one local of the stack, however many droplets refer to it: the JSON stays readable. */
function folderLocal(scope: Construct, folder: string): string {
  const stack = TerraformStack.of(scope);
  const id = `cloud-init-${folder}`;
  const existing = stack.node.tryFindChild(id) as TerraformLocal | undefined;
  return (existing ?? new TerraformLocal(stack, id, escapeTemplate(folderCloudConfig(folder)))).asString;
}

function cloudConfig(config: object): string {
  const text = stringify({ merge_type: MERGE, ...config }, { lineWidth: 0, indentSeq: false });
  // The text of a file is indented by as little as YAML allows, two spaces: with four, user data has no room left.
  const narrow: Record<string, string> = { '- ': '-\n ', '  ': ' ', '    ': '  ' };
  return `#cloud-config\n${text.replace(/^(?:- | {4}| {2})/gm, (start) => narrow[start] ?? start)}`;
}

function requireAscii(files: readonly Pick<DropletFile, 'path' | 'content'>[], folder: string): void {
  const mistakes = files.flatMap(({ path, content }) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the range that is meant
    const line = content.split('\n').findIndex((text) => /[^\x00-\x7f]/.test(text)) + 1;
    const where = `cloud-init/${folder}${path}:${line}`;
    return line ? [`${where}: holds a character that is not ASCII; cloud-init would corrupt it`] : [];
  });
  if (mistakes.length > 0) {
    throw new UserError(mistakes);
  }
}

function writeFilesEntry({ path, content, permissions }: DropletFile): object {
  const defer = PACKAGE_FOLDERS.some((folder) => path.startsWith(folder));
  // 0644 is cloud-init's default.
  return { path, ...(permissions === '0644' ? {} : { permissions }), ...(defer ? { defer } : {}), content };
}

function dropletFile(root: string, file: string): DropletFile {
  return {
    path: `/${relative(root, file).split(sep).join('/')}`,
    content: readFileSync(file, 'utf8'),
    permissions: statSync(file).mode & 0o100 ? '0755' : '0644',
  };
}
