import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..');
const { app } = JSON.parse(readFileSync(join(PROJECT, 'cdktf.json'), 'utf8'));
const made: string[] = [];

/** A copy of the project in a new folder, as another user on another machine has it. */
function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scale-up-synthesis-'));
  made.push(folder);
  for (const name of ['main.ts', 'lib', 'cloud-init', 'cdktf.json', 'tsconfig.json', 'package.json']) {
    cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Runs what cdktf.json calls the app, as `cdktf synth` does. */
function synthesize(folder: string) {
  return spawnSync(app, { shell: true, cwd: folder, encoding: 'utf8' });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

afterAll(() => {
  for (const folder of made) {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('synthesis', () => {
  test('gives the same bytes in two different folders, without the path of either', () => {
    const folders = [copyOfProject(), copyOfProject()];
    const outputs = folders.map((folder) => {
      expect(synthesize(folder)).toMatchObject({ status: 0, stderr: '' });
      const out = join(folder, 'cdktf.out');
      return filesBelow(out).map((path) => [path, readFileSync(join(out, path), 'utf8')]);
    });
    expect(outputs[0]?.map(([path]) => path)).toEqual(['manifest.json', 'stacks/scale-up/cdk.tf.json']);
    expect(outputs[0]).toEqual(outputs[1]);
    for (const folder of [...folders, PROJECT]) {
      expect(JSON.stringify(outputs)).not.toContain(folder);
    }
  });

  test('ends with the sentences alone when a setting is wrong: no stack trace, nothing written', () => {
    const folder = copyOfProject();
    const main = join(folder, 'main.ts');
    writeFileSync(main, readFileSync(main, 'utf8').replace("domain: 'www.foobar.com'", "domain: 'foobar'"));
    expect(synthesize(folder)).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        'domain: "foobar" is not a domain name; one looks like www.foobar.com, in small letters and without a final dot\n',
    });
    expect(filesBelow(join(folder, 'cdktf.out'))).toEqual([]);
  });
});
