import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App } from 'cdktf';
import { copyOfProject, PROJECT } from '../../__tests__/project-copy';
import { readDeclaration } from '../../lab/stack/declaration';
import { readStack } from '../../lab/stack/stack';
import { whyUnsupported } from '../../lab/stack/unsupported';
import { ScaleUpStack } from '../../lib/stack';
import { scripts } from '../../package.json';

/** What docs/environments.md shows is what is tried here. */
const DOCUMENT = readFileSync(join(PROJECT, 'docs/environments.md'), 'utf8');
const [, SECTION = ''] = DOCUMENT.split('\n## As a dependency\n');
const block = (language: string) =>
  new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(SECTION)?.[1] ?? '';

/** A project that has the package, in a folder where there is nothing else. */
let project: string;
const at = (path: string) => join(project, path);

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'scale-up-package-'));
  const packed = pack(project);
  mkdirSync(at('node_modules/scale-up'), { recursive: true });
  execFileSync('tar', ['-xzf', packed, '--strip-components=1', '-C', at('node_modules/scale-up')]);
  rmSync(packed);
  const { dependencies } = JSON.parse(readFileSync(at('node_modules/scale-up/package.json'), 'utf8'));
  // What it does not say that it needs is not there.
  for (const name of [...Object.keys(dependencies), 'typescript', 'ts-node', '@types/node']) {
    mkdirSync(dirname(at(`node_modules/${name}`)), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules', name), at(`node_modules/${name}`));
  }
  writeFileSync(at('package.json'), '{ "private": true }');
  writeFileSync(at('cdktf.json'), block('json'));
  writeFileSync(at('tsconfig.json'), block('jsonc'));
  writeFileSync(at('main.ts'), block('ts'));
  mkdirSync(at('files/web/etc'), { recursive: true });
  writeFileSync(at('files/web/etc/motd'), 'Hello\n');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Packs a copy: the build in the project itself would be in other tests' way. */
function pack(destination: string): string {
  const copy = copyOfProject();
  for (const name of [
    'tsconfig.build.json',
    'lab.json',
    'docs/results.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'lab/package.json',
  ]) {
    cpSync(join(PROJECT, name), join(copy, name));
  }
  const words = ['pack', '--silent', `--pack-destination=${destination}`];
  const said = execFileSync('npm', words, {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(existsSync(join(copy, 'dist'))).toBe(false);
  return join(destination, said.trim().split('\n').at(-1) ?? '');
}

function node(...words: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: project, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

/** Every file below a folder with its content. */
const contents = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [file.slice(folder.length), readFileSync(file, 'utf8')]);

describe('the package', () => {
  test('has the library, its types and the files of the droplets, and nothing else', () => {
    const names = contents(at('node_modules/scale-up')).map(([name = '']) => name);
    expect(new Set(names.map((name) => name.split('/')[1]))).toEqual(
      new Set(['CHANGELOG.md', 'LICENSE', 'README.md', 'cloud-init', 'dist', 'docs', 'package.json']),
    );
    expect(names.filter((name) => /(?<!\.d)\.ts$|\.test\.|__pycache__/.test(name))).toEqual([]);
    expect(contents(at('node_modules/scale-up/cloud-init'))).toEqual(
      contents(join(PROJECT, 'cloud-init')).filter(([name]) => !/__pycache__|_cache\//.test(name ?? '')),
    );
  });

  test('synthesizes by its own command the bytes that the clone synthesizes, own files among them', () => {
    expect(node('node_modules/scale-up/dist/cli.js', 'synth')).toMatchObject({
      status: 0,
      said: expect.stringContaining('Written: cdktf.out/stacks/shop/cdk.tf.json'),
    });
    const outdir = at('clone.out');
    const app = new App({ outdir });
    new ScaleUpStack(app, 'shop', { domain: 'www.foobar.com', web: { files: at('files/web') } });
    app.synth();
    const inClone = contents(outdir);
    expect(inClone.length).toBeGreaterThan(5);
    expect(contents(at('cdktf.out'))).toEqual(inClone);
  });

  test('is what a lab can run, with what it says of itself', async () => {
    const stack = await readStack({ stack: at('cdktf.out') }, 'nowhere');
    const declaration = await readDeclaration(at('node_modules/scale-up/dist'));
    expect(declaration).toMatchObject({ ready: '/-/redundancy', serverStates: undefined });
    expect(whyUnsupported(stack, declaration, true)).toBeUndefined();
  });

  test('prices, and says what a mistake is', () => {
    expect(node('node_modules/scale-up/dist/cli.js', 'cost').said).toContain('together');
    expect(node('node_modules/scale-up/dist/cli.js', 'deplo')).toEqual({
      status: 1,
      said: 'There is no command "deplo"; there are synth, check, preview, cost, diagram, diff, deploy, destroy, output.\n',
    });
  });

  test('has each command as a script, by what the document sets', () => {
    const commands = Object.entries(scripts).filter(([name, line]) => line.endsWith(` lib/cli.ts ${name}`));
    expect(commands.length).toBeGreaterThan(5);
    for (const [name] of commands) expect(SECTION).toContain(` scripts.${name}='scale-up ${name}'`);
  });

  test('is typed and documented', () => {
    const compiler = 'node_modules/typescript/bin/tsc';
    expect(node(compiler)).toEqual({ status: 0, said: '' });
    writeFileSync(
      at('wrong.ts'),
      block('ts').replace("domain: 'www.foobar.com'", "domian: 'www.foobar.com'"),
    );
    expect(node(compiler).said).toContain("'domian' does not exist in type");
    expect(readFileSync(at('node_modules/scale-up/dist/stack.d.ts'), 'utf8')).toContain(
      ' * The whole architecture: DNS -> Reserved IP',
    );
  });
});
