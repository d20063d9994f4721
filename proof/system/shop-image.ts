import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../../lab/common/run';
import { containerArchive, packagesLayer } from '../stack/container-archive';

const SHOP = resolve(__dirname, '../../examples/shop');

/** The instructions of the example's Dockerfile, which this follows. */
const DOCKERFILE = readFileSync(join(SHOP, 'Dockerfile'), 'utf8')
  .split('\n')
  .map((line) => /^(\w+) (.*)$/.exec(line) ?? [])
  .map(([, instruction = '', what = '']) => ({ instruction, what }));
const instructions = (name: string) =>
  DOCKERFILE.filter(({ instruction }) => instruction === name).map(({ what }) => what);
/** What `COPY` takes from where one builds, and what it takes from the built stage into the image. */
const COPIED = instructions('COPY').map((what) => what.split(' '));
const SOURCES = COPIED.filter(([first]) => !first?.startsWith('--')).flatMap((words) => words.slice(0, -1));
const PARTS = COPIED.flatMap(([first, from = '']) => (first === '--from=build' ? [from.slice(1)] : []));
const [COMMAND = '[]'] = instructions('CMD');
/** Of the user `node` in the official image. */
const NODE_USER = '1000';

/** Node.js with what it needs, as a layer of an image: libraries, and the parts of Node.js that Debian packages on their own. */
const NODE = [
  'libraries=$(ldd /usr/bin/node | grep --only-matching "/[^ ]*")',
  'exec tar --create --dereference --file=/layer.tar /usr/bin/node /usr/share/nodejs $libraries',
].join('\n');

export interface ShopImage {
  /** What the container runs. @default - what the example's Dockerfile says */
  readonly command?: readonly string[];
}

/**
 * Makes images of examples/shop, as archives that `docker save` could have made. The steps of its Dockerfile, but for the base
 * image: docker.io can't be reached from everywhere, so Debian's Node.js stands in for `node:22-slim`.
 */
export class ShopImages {
  private constructor(private readonly folder: string) {}

  static async create(): Promise<ShopImages> {
    const images = new ShopImages(await mkdtemp(join(tmpdir(), 'scale-up-shop-')));
    await Promise.all([packagesLayer(images.folder, 'node', ['nodejs'], NODE), images.makeShop()]);
    return images;
  }

  /** Path of an archive. */
  async archive(name: string, { command = JSON.parse(COMMAND) }: ShopImage = {}): Promise<string> {
    const layers = ['node.tar', 'shop.tar'].map((layer) => join(this.folder, layer));
    return containerArchive(name, layers, {
      user: NODE_USER,
      workingDirectory: '/app',
      environment: ['PATH=/usr/bin', ...instructions('ENV')],
      command,
    });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  private async makeShop(): Promise<void> {
    const app = join(this.folder, 'root/app');
    await mkdir(app, { recursive: true });
    for (const file of SOURCES) {
      await cp(join(SHOP, file), join(app, file), { recursive: true });
    }
    for (const step of instructions('RUN')) await run(['sh', '-c', step], { cwd: app });
    const owner = ['--owner=0', '--group=0', '--numeric-owner'];
    await run(['tar', '--create', ...owner, '--file', join(this.folder, 'shop.tar'), ...PARTS], {
      cwd: join(this.folder, 'root'),
    });
  }
}
