import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { down } from './instance/down';
import { InstalledPackage } from './testing/installed-package';

const MINUTE = 60_000;
const NAME = 'packed-test';
const STACK = join(__dirname, '../examples/plain-terraform');

let installed: InstalledPackage;
beforeAll(() => {
  installed = new InstalledPackage();
}, 2 * MINUTE);
afterAll(async () => {
  await down(NAME);
  installed?.remove();
}, MINUTE);

const lab = (...words: string[]) =>
  execFileSync('npx', ['--no', 'digitalocean-lab', ...words, `--name=${NAME}`], {
    cwd: installed.folder,
    encoding: 'utf8',
  });

test(
  'the package alone runs a stack, shows it, and takes it down',
  async () => {
    const told = lab('up', '--apply=direct', '--port=0', `--stack=${STACK}`);
    const [, url = told] = /open +(http\S+)/.exec(told) ?? [];
    expect(await (await fetch(url)).text()).toBe('<p>Hello from a blog</p>\nblog\n');
    expect(told).toContain(`npx digitalocean-lab exec --name ${NAME} blog`);
    expect(lab('status')).toContain('is held by blog');
    expect(lab('down')).toBe(`The lab "${NAME}" is gone.\n`);
  },
  10 * MINUTE,
);
