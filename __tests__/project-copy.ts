import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PROJECT = join(__dirname, '..');

const made: string[] = [];

/** A copy of the project in a new folder, as another user on another machine has it. Gone when the file's tests have ended. */
export function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scale-up-copy-'));
  made.push(folder);
  for (const name of ['main.ts', 'lib', 'cloud-init', 'cdktf.json', 'tsconfig.json', 'package.json']) {
    cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
