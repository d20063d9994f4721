import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The lab as its users have it: packed, and installed in a folder of its own, where there is nothing else. */
export class InstalledPackage {
  readonly folder = mkdtempSync(join(tmpdir(), 'digitalocean-lab-package-'));

  constructor() {
    try {
      const [file = ''] = npm(join(__dirname, '..'), 'pack', '--silent', `--pack-destination=${this.folder}`)
        .trim()
        .split('\n')
        .slice(-1);
      writeFileSync(join(this.folder, 'package.json'), '{ "private": true }');
      npm(this.folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${file}`);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

const npm = (cwd: string, ...words: string[]) =>
  execFileSync('npm', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
