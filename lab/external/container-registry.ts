import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { openSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import type { Certificate } from '../common/certificate';
import { attempt, run } from '../common/run';
import { until } from '../common/until';
import { inOverlay, OVERLAY_FOLDERS, type OverlayRoot } from '../image/chroot';
import { type BuildOptions, baseImage, packageLayer } from '../image/images';
import { REGISTRY } from '../network/addresses';

const IMAGE = 'debian-13-x64';
const PACKAGES = ['docker-registry', 'skopeo'];
const READY_WITHIN = 10_000;

const SERVE = ['docker-registry', 'serve', '/registry/config.yml'];
const COPY = [
  'skopeo',
  'copy',
  '--quiet',
  '--dest-cert-dir=/registry',
  '--dest-authfile=/registry/login.json',
];

/** Docker Hub answers to more names than one. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = { 'docker.io': ['registry-1.docker.io'] };

/** The registry from which a stack pulls its container image. */
export interface RegistrySpec {
  readonly host: string;
  readonly port: number;
  /** Who may pull and push. @default - everybody */
  readonly login?: { readonly username: string; readonly password: string };
}

export interface RegistryOptions {
  readonly spec: RegistrySpec;
  /** A folder of the registry's own; the images are kept there. */
  readonly directory: string;
  /** Good for all `registryNames`. */
  readonly certificate: Certificate;
  /** PEM file of the authority that signed it. */
  readonly authority: string;
  /** File for what the registry writes. */
  readonly log: string;
}

/** The names at which a registry is asked. */
export function registryNames({ host }: RegistrySpec): readonly string[] {
  return [host, ...(OTHER_NAMES[host] ?? [])];
}

/** The root file system layers with Debian's docker-registry and skopeo. Built once per machine, in some 20 s. */
export async function registryLayers(build: BuildOptions = {}): Promise<readonly string[]> {
  return [await packageLayer(IMAGE, 'registry', PACKAGES, build), await baseImage(IMAGE, build)];
}

/**
 * A real registry on the lab's network, in the place of the one that the stack names: over HTTPS, and with a login if the
 * stack has one. Its process runs in the network of this one and ends with the lab.
 */
export class Registry {
  private constructor(
    private readonly options: RegistryOptions,
    private readonly layers: readonly string[],
  ) {}

  static async start(options: RegistryOptions, build: BuildOptions = {}): Promise<Registry> {
    const registry = new Registry(options, await registryLayers(build));
    const { spec, certificate, log } = options;
    const root = await registry.root('server', {
      'config.yml': JSON.stringify(configuration(spec)),
      htpasswd: spec.login ? await htpasswd(spec.login) : '',
    });
    await copyFile(certificate.certificate, join(root.directory, 'upper/registry/certificate.pem'));
    await copyFile(certificate.key, join(root.directory, 'upper/registry/key.pem'));
    const output = openSync(log, 'a', 0o600);
    const [command = '', ...args] = inOverlay(root, SERVE, true);
    await untilListening(spawn(command, args, { stdio: ['ignore', output, output] }), spec.port, log);
    return registry;
  }

  /**
   * Puts an image into the registry.
   *
   * @param archive path of a file that `docker save` or `podman save` made
   * @param reference its name there, such as registry.example.com/shop:1.4
   */
  async push(archive: string, reference: string): Promise<void> {
    const { spec, authority } = this.options;
    const address = spec.port === 443 ? spec.host : `${spec.host}:${spec.port}`;
    if (!reference.startsWith(`${address}/`)) {
      throw new Error(`The lab has the registry ${address} only, and ${reference} is not there.`);
    }
    const { stdout, status } = await attempt(['tar', '--list', '--file', archive]);
    if (status !== 0) {
      throw new Error(
        `${archive} is no archive of a container image; \`docker save --output FILE\` makes one.`,
      );
    }
    const { username = '', password = '' } = spec.login ?? {};
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const root = await this.root('client', {
      'login.json': JSON.stringify({ auths: spec.login ? { [address]: { auth } } : {} }),
    });
    await copyFile(authority, join(root.directory, 'upper/registry/ca.crt'));
    await copyFile(archive, join(root.directory, 'upper/registry/image.tar'));
    const kind = /^(\.\/)?manifest\.json$/m.test(stdout) ? 'docker-archive' : 'oci-archive';
    const command = [...COPY, `${kind}:/registry/image.tar`, `docker://${reference}`];
    await run(inOverlay(root, command, true)).finally(() =>
      rm(root.directory, { recursive: true, force: true }),
    );
  }

  /** A root file system for a command, with these files in its folder /registry. */
  private async root(name: string, files: Readonly<Record<string, string>>): Promise<OverlayRoot> {
    const directory = join(this.options.directory, name);
    for (const folder of OVERLAY_FOLDERS)
      await mkdir(join(directory, folder), { recursive: true, mode: 0o700 });
    for (const [path, content] of Object.entries(files)) {
      const file = join(directory, 'upper/registry', path);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, content, { mode: 0o600 });
    }
    return { layers: this.layers, directory };
  }
}

/** What docker-registry reads; JSON is YAML. */
function configuration({ port, login }: RegistrySpec) {
  return {
    version: '0.1',
    log: { accesslog: { disabled: false }, level: 'warn' },
    storage: { filesystem: { rootdirectory: '/registry/images' } },
    http: {
      addr: `${REGISTRY}:${port}`,
      secret: randomBytes(16).toString('hex'),
      tls: { certificate: '/registry/certificate.pem', key: '/registry/key.pem' },
    },
    ...(login && { auth: { htpasswd: { realm: 'lab', path: '/registry/htpasswd' } } }),
  };
}

/** The C library knows bcrypt, the one hash that docker-registry takes. */
async function htpasswd({ username, password }: { username: string; password: string }): Promise<string> {
  const salt = randomBytes(16).toString('base64').replaceAll('+', '.').slice(0, 22);
  const crypt = 'local $/; print crypt(<STDIN>, $ARGV[0])';
  return `${username}:${await run(['perl', '-e', crypt, `$2b$04$${salt}`], { input: password })}\n`;
}

async function untilListening(server: ChildProcess, port: number, log: string): Promise<void> {
  const otherwise = `The lab's registry does not start; ${log} says why.`;
  const listens = () => {
    if (server.exitCode !== null) throw new Error(otherwise);
    return isListening(port);
  };
  try {
    await until(listens, { within: READY_WITHIN, otherwise });
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, REGISTRY)
      .on('connect', () => resolve(true))
      .on('error', () => resolve(false))
      .on('close', () => resolve(false))
      .setTimeout(1000, () => socket.destroy());
    socket.on('connect', () => socket.destroy());
  });
}
