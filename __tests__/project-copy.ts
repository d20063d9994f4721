import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from './synth';

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

/** A project whose app writes these stacks. */
export function projectOf(stacks: Record<string, Json>, folder = copyOfProject()): string {
  writeFileSync(join(folder, 'stacks.json'), JSON.stringify(stacks));
  writeFileSync(
    join(folder, 'app.js'),
    `const { mkdirSync, writeFileSync } = require('node:fs');
    const out = process.env.CDKTF_OUTDIR + '/';
    const stacks = {};
    for (const [name, stack] of Object.entries(require('./stacks.json'))) {
      const workingDirectory = 'stacks/' + name;
      const synthesizedStackPath = workingDirectory + '/cdk.tf.json';
      mkdirSync(out + workingDirectory, { recursive: true });
      writeFileSync(out + synthesizedStackPath, JSON.stringify(stack));
      stacks[name] = { annotations: [], workingDirectory, synthesizedStackPath };
    }
    writeFileSync(out + 'manifest.json', JSON.stringify({ stacks }));`,
  );
  writeFileSync(join(folder, 'cdktf.json'), JSON.stringify({ app: 'node app.js' }));
  return folder;
}

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
