import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const PROJECT = join(__dirname, '../..');
/** Made by others, and large. */
const NOT_COPIED = ['node_modules', 'dist'];

/** The lab as its users have it: packed, and installed in a folder of its own, where there is nothing else. */
export class InstalledPackage {
  readonly folder = mkdtempSync(join(tmpdir(), 'digitalocean-lab-package-'));

  constructor() {
    try {
      const file = this.pack();
      writeFileSync(join(this.folder, 'package.json'), '{ "private": true }');
      npm(this.folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${file}`);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** From a copy: others may pack at the same time, and each of them begins by throwing `dist` away. */
  private pack(): string {
    const copy = join(this.folder, 'source');
    const filter = (path: string) => !NOT_COPIED.includes(basename(path));
    cpSync(join(PROJECT, 'lab'), join(copy, 'lab'), { recursive: true, filter });
    cpSync(join(PROJECT, 'tsconfig.json'), join(copy, 'tsconfig.json'));
    symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
    const said = npm(join(copy, 'lab'), 'pack', '--silent', `--pack-destination=${this.folder}`);
    rmSync(copy, { recursive: true });
    return said.trim().split('\n').at(-1) ?? '';
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

const npm = (cwd: string, ...words: string[]) =>
  execFileSync('npm', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
