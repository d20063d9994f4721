import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Certificate } from '../../common/certificate';
import { SPACES_DOMAIN } from '../../common/spaces-domain';
import { until } from '../../common/until';
import { inOverlay, OVERLAY_FOLDERS } from '../../image/chroot';
import { type BuildOptions, baseImage, packageLayer } from '../../image/images';
import { SPACES } from '../../network/addresses';
import type { FindKey } from './access';
import { Gateway } from './gateway';
import { SPACES_REGIONS } from './s3-request';
import type { StoreFault } from './store-fault';

const IMAGE = 'debian-13-x64';
const PACKAGES = ['python3-moto', 'python3-flask-cors'];
/** Of the fabric's loopback, which no droplet reaches. */
const MOTO = { host: '127.0.0.1', port: 9000 };
const PROGRAM = 'moto-server.py';
/** moto is loaded within seconds, on a busy machine within a minute. Milliseconds. */
const READY_WITHIN = 120_000;

export interface ObjectStoreOptions {
  /** The keys of the account. */
  readonly find: FindKey;
  /** A folder of the store's own; the objects are kept there. */
  readonly directory: string;
  /** Good for all `SPACES_NAMES`. */
  readonly certificate: Certificate;
  /** File for what the store writes. */
  readonly log: string;
}

/** The names at which Spaces is asked. */
export const SPACES_NAMES: readonly string[] = SPACES_REGIONS.flatMap((region) => [
  `${region}.${SPACES_DOMAIN}`,
  `*.${region}.${SPACES_DOMAIN}`,
]);

/** The root file system layers with Debian's moto. Built once per machine, in some 20 s. */
export async function objectStoreLayers(build: BuildOptions = {}): Promise<readonly string[]> {
  return [await packageLayer(IMAGE, 'object-store', PACKAGES, build), await baseImage(IMAGE, build)];
}

/**
 * Spaces on the lab's network: a real S3 server, moto, behind a gateway that knows the account's keys. Its process runs in the network
 * of this one and ends with the lab; so do the objects.
 */
export class ObjectStore {
  private constructor(private readonly gateway: Gateway) {}

  static async start({ find, directory, certificate, log }: ObjectStoreOptions): Promise<ObjectStore> {
    await startMoto(directory, log);
    const [cert, key] = await Promise.all(
      [certificate.certificate, certificate.key].map((file) => readFile(file, 'utf8')),
    );
    const tls = { port: 443, cert: cert ?? '', key: key ?? '' };
    const gateway = new Gateway({ store: MOTO, find, host: SPACES, tls, plain: { port: 80 } });
    await gateway.open();
    return new ObjectStore(gateway);
  }

  /** Breaks it, or mends it when no fault is given. */
  async fail(fault: StoreFault | undefined): Promise<void> {
    await this.gateway.fail(fault);
  }

  /**
   * Changes bytes in the middle of an object, for good: its size, time and ETag stay.
   *
   * @throws one sentence when there is no such object
   */
  async damage(bucket: string, key: string): Promise<void> {
    const query = new URLSearchParams({ bucket, key });
    const status = await statusOf('POST', `/_damage?${query}`);
    if (status !== 204) throw new Error(`There is no object ${key} in a bucket ${bucket}.`);
  }
}

async function startMoto(directory: string, log: string): Promise<void> {
  const root = { directory, layers: await objectStoreLayers() };
  const objects = join(directory, 'upper/store/objects');
  for (const folder of [...OVERLAY_FOLDERS.map((name) => join(directory, name)), objects])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  await copyFile(join(__dirname, PROGRAM), join(directory, 'upper/store', PROGRAM));
  const serve = ['python3', `/store/${PROGRAM}`, MOTO.host, String(MOTO.port)];
  const [command = '', ...args] = inOverlay(root, ['env', 'TMPDIR=/store/objects', ...serve], true);
  const output = openSync(log, 'a', 0o600);
  await untilAnswering(spawn(command, args, { stdio: ['ignore', output, output] }), log);
}

async function untilAnswering(server: ChildProcess, log: string): Promise<void> {
  const otherwise = `The lab's object store does not start; ${log} says why.`;
  const answers = async () => {
    if (server.exitCode !== null) throw new Error(otherwise);
    return (await statusOf('GET', '/').catch(() => 0)) === 200;
  };
  try {
    await until(answers, { within: READY_WITHIN, otherwise });
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
}

function statusOf(method: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request({ ...MOTO, method, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    call.on('error', reject).end();
  });
}
