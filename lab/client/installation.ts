import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, type RunResult, run } from '../common/run';
import type { Client } from './client';

const PROGRAMS = join(__dirname, 'program');

/** A folder of its own with one client and its program: a virtual environment, or a module. */
export class Installation {
  readonly folder = mkdtempSync(join(tmpdir(), 'digitalocean-client-'));

  constructor(private readonly client: Client) {
    cpSync(PROGRAMS, this.folder, { recursive: true });
  }

  /** Rejects with one sentence when the registry or the language is not there. */
  async install(): Promise<void> {
    const { language, packages, program } = this.client;
    const here = (command: readonly string[]) => run(command, { cwd: this.folder });
    if (language === 'Python') {
      await here(['python3', '-m', 'venv', 'venv']);
      await here(['venv/bin/pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
    } else if (language === 'JavaScript') {
      writeFileSync(join(this.folder, 'package.json'), '{ "private": true }\n');
      await here(['npm', 'install', '--silent', '--no-audit', '--no-fund', ...packages]);
    } else {
      // By itself, since a module is all files of its folder.
      mkdirSync(join(this.folder, 'go'));
      cpSync(join(PROGRAMS, program), join(this.folder, 'go/main.go'));
      const required = packages.map((name) => `require ${name.replace('@', ' ')}\n`);
      writeFileSync(join(this.folder, 'go/go.mod'), `module client\n\ngo 1.24\n\n${required.join('')}`);
      await here(['go', '-C', 'go', 'build', '-mod=mod', '-o', '../client']);
    }
  }

  use(env: Readonly<Record<string, string>>): Promise<RunResult> {
    const { language, program } = this.client;
    const command = {
      Python: ['venv/bin/python', '-B', program],
      JavaScript: ['node', program],
      Go: ['./client'],
    };
    return attempt(command[language], { cwd: this.folder, env, timeout: 600_000 });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
