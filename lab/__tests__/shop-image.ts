import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inOverlay, OVERLAY_FOLDERS } from '../droplet/chroot';
import { baseImage, packageLayer } from '../droplet/images';
import { run } from '../run';

const SHOP = resolve(__dirname, '../../examples/shop');
const IMAGE = 'debian-13-x64';

/** Node.js with what it needs, as a layer of an image: libraries, and the parts of Node.js that Debian packages on their own. */
const NODE = [
  'libraries=$(ldd /usr/bin/node | grep --only-matching "/[^ ]*")',
  'exec tar --create --dereference --file=/node.tar /usr/bin/node /usr/share/nodejs $libraries',
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
    await Promise.all([images.makeNode(), images.makeShop()]);
    return images;
  }

  /** Path of an archive. */
  async archive(name: string, { command = ['node', 'dist/main.js'] }: ShopImage = {}): Promise<string> {
    const layers = ['node.tar', 'shop.tar'];
    const diffIds = await Promise.all(layers.map((layer) => sha256(join(this.folder, layer))));
    const configuration = {
      architecture: 'amd64',
      os: 'linux',
      config: {
        User: '1000',
        WorkingDir: '/app',
        Env: ['PATH=/usr/bin', 'NODE_ENV=production'],
        Cmd: command,
      },
      rootfs: { type: 'layers', diff_ids: diffIds },
    };
    const manifest = [{ Config: 'config.json', RepoTags: null, Layers: layers }];
    await writeFile(join(this.folder, 'config.json'), JSON.stringify(configuration));
    await writeFile(join(this.folder, 'manifest.json'), JSON.stringify(manifest));
    const archive = join(this.folder, `${name}.archive`);
    await run(['tar', '--create', '--file', archive, 'manifest.json', 'config.json', ...layers], {
      cwd: this.folder,
    });
    return archive;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  private async makeNode(): Promise<void> {
    const directory = join(this.folder, 'node');
    for (const folder of OVERLAY_FOLDERS) await mkdir(join(directory, folder), { recursive: true });
    const layers = [await packageLayer(IMAGE, 'node', ['nodejs']), await baseImage(IMAGE)];
    await run(inOverlay({ layers, directory }, ['sh', '-ec', NODE], false));
    await rename(join(directory, 'upper/node.tar'), join(this.folder, 'node.tar'));
  }

  private async makeShop(): Promise<void> {
    const app = join(this.folder, 'root/app');
    await mkdir(app, { recursive: true });
    for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'src']) {
      await cp(join(SHOP, file), join(app, file), { recursive: true });
    }
    for (const step of ['npm ci', 'npm run build', 'npm prune --omit=dev'])
      await run(['sh', '-c', step], { cwd: app });
    const owner = ['--owner=0', '--group=0', '--numeric-owner'];
    const parts = ['app/package.json', 'app/node_modules', 'app/dist'];
    await run(['tar', '--create', ...owner, '--file', join(this.folder, 'shop.tar'), ...parts], {
      cwd: join(this.folder, 'root'),
    });
  }
}

async function sha256(file: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readFile(file))
    .digest('hex')}`;
}
