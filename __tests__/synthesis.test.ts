import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyOfProject, PROJECT } from './project-copy';

const { app } = JSON.parse(readFileSync(join(PROJECT, 'cdktf.json'), 'utf8'));

/** Runs what cdktf.json calls the app, as `cdktf synth` does. */
function synthesize(folder: string, env: Record<string, string> = {}) {
  return spawnSync(app, { shell: true, cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

describe('synthesis', () => {
  test('gives the same bytes in two different folders, without the path of either', () => {
    const folders = [copyOfProject(), copyOfProject()];
    const outputs = folders.map((folder) => {
      expect(synthesize(folder)).toMatchObject({ status: 0, stderr: '' });
      const out = join(folder, 'cdktf.out');
      return filesBelow(out).map((path) => [path, readFileSync(join(out, path), 'utf8')]);
    });
    expect(outputs[0]?.map(([path = '']) => path.replace(/gate\/\w+\//, 'gate/<hash>/'))).toEqual([
      'manifest.json',
      ...['droplets', 'load-balancer', 'log', 'page', 'release', 'tier', 'wait'].map(
        (program) => `stacks/scale-up/assets/gate/<hash>/${program}.js`,
      ),
      'stacks/scale-up/cdk.tf.json',
    ]);
    expect(outputs[0]).toEqual(outputs[1]);
    for (const folder of [...folders, PROJECT]) {
      expect(JSON.stringify(outputs)).not.toContain(folder);
    }
  });

  test('needs no Terraform', () => {
    const folder = copyOfProject();
    expect(synthesize(folder, { TERRAFORM_BINARY_NAME: 'not-here' })).toMatchObject({
      status: 0,
      stderr: '',
    });
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
