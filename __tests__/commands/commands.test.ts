import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scripts } from '../../package.json';
import { copyOfProject, projectOf } from '../project-copy';
import type { Json } from '../synth';
import { hasTerraform } from '../terraform';

const withTerraform = hasTerraform ? test : test.skip;
const notRun = hasTerraform ? '' : ' (not run: there is no terraform here)';

const DATA = 'terraform_data';

/** A stack of Terraform's built-in resource, which needs neither a provider nor a network. */
function small(name: string, { input = 'a', lifecycle = {}, ...more }: Json = {}): Json {
  return {
    terraform: { backend: { local: { path: `../../../terraform.${name}.tfstate` } } },
    resource: { [DATA]: { kept: { input: 'x', lifecycle }, changing: { input } } },
    output: { said: { value: `\${${DATA}.changing.output}` } },
    ...more,
  };
}

/** Terraform without anybody's own settings, which it may comment on. */
const { TF_CLI_CONFIG_FILE: _, ...ENVIRONMENT } = process.env;

const command = (name: string) => ['--require', 'ts-node/register', 'lib/cli.ts', name];

/** What `npm run <name> -- <args>` runs, and all that it says. */
function npm(folder: string, [name = '', ...args]: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command(name), ...args], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    timeout: 240_000,
    env: { ...ENVIRONMENT, ...env },
  });
  return { status, said: stdout + stderr };
}

/** The same at a terminal at which somebody types when asked. */
function atTerminal(folder: string, [name = '', ...args]: string[], typed: string) {
  const line = ['-c', TERMINAL, typed, process.execPath, ...command(name), ...args];
  const { status, stdout } = spawnSync('python3', line, { cwd: folder, encoding: 'utf8', timeout: 240_000 });
  return { status, said: stdout };
}

const TERMINAL = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
said, typed = b"", sys.argv[1].encode()
while True:
    try:
        said += os.read(terminal, 65536)
    except OSError:
        break
    if typed and b"is taken: " in said:
        os.write(terminal, typed)
        typed = b""
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

const modes = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.includes('.tfstate'))
    .map((name) => `${name} ${(statSync(join(folder, name)).mode & 0o777).toString(8)}`);

describe('npm run synth', () => {
  test('writes what the app writes, with its warnings, and says where it is and what comes next', () => {
    const folder = copyOfProject();
    const { app } = JSON.parse(readFileSync(join(folder, 'cdktf.json'), 'utf8'));
    const file = 'cdktf.out/stacks/scale-up/cdk.tf.json';
    spawnSync(app, { shell: true, cwd: folder });
    const byApp = readFileSync(join(folder, file));
    const { status, said } = npm(folder, ['synth']);
    expect(status).toBe(0);
    expect(said).toContain(`Written: ${file}\nNext: npm run diff`);
    expect(said).toContain('Warning (scale-up): ssh.keys: no SSH key is set');
    expect(readFileSync(join(folder, file)).equals(byApp)).toBe(true);
  });

  test('ends with the sentences of a mistake in the settings, and no stack trace', () => {
    const folder = copyOfProject();
    const main = join(folder, 'main.ts');
    writeFileSync(main, readFileSync(main, 'utf8').replace("domain: 'www.foobar.com'", "domain: 'foobar'"));
    const { status, said } = npm(folder, ['synth']);
    expect(status).toBe(1);
    expect(said).toMatch(/^domain: "foobar" is not a domain name[^\n]*\n$/);
  });
});

describe('every command', () => {
  /** Those that are scripts of package.json. */
  const commands = Object.entries(scripts).flatMap(([name, line]) =>
    line.endsWith(` lib/cli.ts ${name}`) ? [name] : [],
  );

  test.each(commands)('says by --help how %s is called, and does nothing', (name) => {
    const folder = copyOfProject();
    const { status, said } = npm(folder, [name, '--help']);
    expect([status, said]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^npm run ${name} -- \\[STACK\\].*\\n  .*\\n$`)),
    ]);
    expect(npm(folder, [name, 'staging', '-h']).said).toBe(said);
    expect(existsSync(join(folder, 'cdktf.out'))).toBe(false);
  });

  test('is in the list that --help alone gives', () => {
    const { status, said } = npm(copyOfProject(), ['--help']);
    expect(status).toBe(0);
    const listed = [...said.matchAll(/^ {2}npm run (\S+) +\S/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...commands].sort());
    expect(listed).toHaveLength(9);
  });

  test.each([
    [['synth', 'staging'], 'There is no stack "staging", only one.'],
    [['synth', '--json'], "Unknown option '--json'; there may be the name of a stack"],
    [['diagram', '--png'], "Unknown option '--png'; there may be the name of a stack, --svg"],
    [
      ['cost', '--traffic', '-1'],
      "Option '--traffic' argument is ambiguous; there may be the name of a stack, --traffic, --json",
    ],
    [['preview', '--json', '--markdown'], '--json and --markdown: one of them'],
    [
      ['preview', 'one', '--plan', 'a.json'],
      '--plan: is of one stack already, so "one" has no use; leave it out',
    ],
    [
      ['preview', '--state', 'package.json'],
      'package.json: is not a state of Terraform; `terraform state pull > package.json` writes one',
    ],
  ])('says of %j in one sentence what is wrong', (args, sentence) => {
    expect(npm(projectOf({ one: small('one') }), args)).toEqual({ status: 1, said: `${sentence}\n` });
  });

  test.each(['check', 'cost', 'diagram', 'preview'])(
    'but those that deploy leaves what was synthesized before as it is: %s',
    (name) => {
      const folder = copyOfProject();
      const out = join(folder, 'cdktf.out');
      const nobody = { DIGITALOCEAN_TOKEN: 'x', DIGITALOCEAN_API_URL: 'http://127.0.0.1:9' };
      expect(npm(folder, [name], nobody).said).not.toBe('');
      expect(existsSync(out)).toBe(false);
      expect(npm(folder, ['preview']).said).toMatch(
        /^What a deployment of scale-up would change, against nothing: /,
      );
    },
  );

  test('takes the stacks of an app that names its folder itself', () => {
    const folder = projectOf({ one: small('one') });
    const app = readFileSync(join(folder, 'app.js'), 'utf8');
    writeFileSync(join(folder, 'app.js'), app.replace('process.env.CDKTF_OUTDIR', "'cdktf.out'"));
    expect(npm(folder, ['diagram']).said).toMatch(/^flowchart/);
  });

  test('says where it finds no project, or one whose app makes no stack, also when an earlier one is there', () => {
    const folder = projectOf({ one: small('one') });
    expect(npm(folder, ['synth'])).toMatchObject({ status: 0 });
    writeFileSync(join(folder, 'app.js'), '');
    const none = '`node app.js` has written no stack; its last line is to be app.synth()\n';
    expect(npm(folder, ['deploy', '-auto-approve'])).toEqual({ status: 1, said: none });
    for (const text of ['{', '{}', '[]', '{"app":5}']) {
      writeFileSync(join(folder, 'cdktf.json'), text);
      expect(npm(folder, ['synth'])).toEqual({
        status: 1,
        said: 'cdktf.json: is not JSON with the command of an app; docs/environments.md has one\n',
      });
    }
    rmSync(join(folder, 'cdktf.json'));
    expect(npm(folder, ['synth'])).toEqual({
      status: 1,
      said: 'There is no cdktf.json here; run this in the folder of your project, which has one.\n',
    });
  });
});

describe('the stack that is meant', () => {
  test('must be named when there are several', () => {
    const folder = projectOf({ staging: small('staging'), production: small('production') });
    expect(npm(folder, ['diff'])).toEqual({
      status: 1,
      said: 'Which stack? There are staging, production; npm run diff -- staging takes the first.\n',
    });
    expect(npm(folder, ['diff', 'test'])).toEqual({
      status: 1,
      said: 'There is no stack "test", only staging, production.\n',
    });
  });

  withTerraform(`is the one that is named${notRun}`, () => {
    const folder = projectOf({ staging: small('staging'), production: small('production') });
    expect(npm(folder, ['deploy', 'production', '-auto-approve'])).toMatchObject({ status: 0 });
    expect(modes(folder)).toEqual(['terraform.production.tfstate 600']);
  });
});

describe('Terraform', () => {
  const say = (version: string) => `#!/bin/sh\necho '{"terraform_version": "${version}"}'\n`;

  test.each(['1.4.7', '0.13.0', '1.16.0'])('of version %s is refused in one sentence', (version) => {
    const folder = projectOf({ one: small('one') });
    writeFileSync(join(folder, 'terraform'), say(version), { mode: 0o755 });
    expect(npm(folder, ['diff'], { TERRAFORM_BINARY_NAME: join(folder, 'terraform') })).toEqual({
      status: 1,
      said: `This is Terraform ${version}; the stack needs >= 1.5.0, != 1.16.0: https://developer.hashicorp.com/terraform/install\n`,
    });
  });

  test.each([
    ['fails', 'exit 1'],
    ['says nothing', 'true'],
    ['says something else', 'echo 1.2.3'],
  ])('of which the version %s is refused in one sentence', (_what, line) => {
    const folder = projectOf({ one: small('one') });
    const file = join(folder, 'terraform');
    writeFileSync(file, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    expect(npm(folder, ['diff'], { TERRAFORM_BINARY_NAME: file })).toEqual({
      status: 1,
      said: `${file}: does not say its version as Terraform does; the stack needs Terraform >= 1.5.0, != 1.16.0: https://developer.hashicorp.com/terraform/install\n`,
    });
  });

  test('that is missing is named, with where to get it', () => {
    const folder = projectOf({ one: small('one') });
    const { status, said } = npm(folder, ['deploy'], { TERRAFORM_BINARY_NAME: 'terraform-of-nowhere' });
    expect(status).toBe(1);
    expect(said).toMatch(
      /^There is no terraform-of-nowhere here\. Install Terraform 1\.5\.0 or later [^\n]*\n$/,
    );
  });
});

describe('a deployment', () => {
  withTerraform(
    `is shown in a line for each change, made, shown again as done, and taken down${notRun}`,
    () => {
      const folder = projectOf({ one: small('one') });
      const first = npm(folder, ['diff', '-detailed-exitcode']);
      expect(first.status).toBe(2);
      expect(first.said).toContain(
        `  create: ${DATA}.changing\n  create: ${DATA}.kept\n2 to create, 0 to change, 0 to replace, 0 to destroy. Outputs that change: said.\n`,
      );
      expect(npm(folder, ['deploy', '-auto-approve'])).toMatchObject({ status: 0 });
      expect(npm(folder, ['output', '-raw', 'said'])).toEqual({ status: 0, said: 'a' });
      expect(npm(folder, ['diff', '-detailed-exitcode'])).toMatchObject({
        status: 0,
        said: expect.stringMatching(/^No changes\.\n/),
      });

      projectOf({ one: small('one', { input: 'b' }) }, folder);
      expect(npm(folder, ['diff']).said).toContain(`  change: ${DATA}.changing: input: "a" -> "b", output\n`);
      expect(npm(folder, ['diff', `-replace=${DATA}.kept`, `-target=${DATA}.kept`]).said).toContain(
        `  replace, the old one goes first: ${DATA}.kept: replace by request\n0 to create, 0 to change, 1 to replace, 0 to destroy.`,
      );
      expect(npm(folder, ['destroy', '--auto-approve'])).toMatchObject({ status: 0 });
      expect(npm(folder, ['destroy', '--auto-approve']).said).toBe('No changes.\n');
    },
  );

  withTerraform(`leaves no state that others can read, and no plan, whatever it found${notRun}`, () => {
    const folder = projectOf({ one: small('one') });
    const state = join(folder, 'terraform.one.tfstate');
    expect(npm(folder, ['deploy', '-auto-approve'])).toMatchObject({ status: 0 });
    expect(modes(folder)).toEqual(['terraform.one.tfstate 600']);
    expect(statSync(join(folder, 'cdktf.out/stacks/one/.terraform')).mode & 0o077).toBe(0);

    projectOf({ one: small('one', { input: 'b' }) }, folder);
    chmodSync(state, 0o644);
    expect(npm(folder, ['deploy', '-auto-approve'])).toMatchObject({ status: 0 });
    expect(modes(folder)).toEqual(['terraform.one.tfstate 600', 'terraform.one.tfstate.backup 600']);

    chmodSync(state, 0o644);
    expect(npm(folder, ['diff', '-no-such-option'])).toMatchObject({ status: 1 });
    expect(modes(folder)[0]).toBe('terraform.one.tfstate 600');
    expect(
      readdirSync(join(folder, 'cdktf.out/stacks/one')).filter((name) => name.endsWith('.plan')),
    ).toEqual([]);
  });

  withTerraform(`is not made a second time where a killed Terraform has lost its state${notRun}`, () => {
    const folder = projectOf({ one: small('one') });
    const state = join(folder, 'terraform.one.tfstate');
    npm(folder, ['deploy', '-auto-approve']);
    npm(projectOf({ one: small('one', { input: 'b' }) }, folder), ['deploy', '-auto-approve']);
    truncateSync(state);
    const { status, said } = npm(folder, ['deploy', '-auto-approve']);
    expect(status).toBe(1);
    expect(said).toMatch(/^terraform\.one\.tfstate: is empty: a Terraform that was killed has left it so,/m);
    const [, from = '', to = ''] = /`cp (\S+) (\S+)`/.exec(said) ?? [];
    copyFileSync(join(folder, from), join(folder, to));
    expect(npm(folder, ['deploy', '-auto-approve']).said).toMatch(/^0 to create, 1 to change,/m);
  });

  test('is not made by a state in a bucket while one of before is still in a file', () => {
    const terraform = {
      backend: { s3: { bucket: 'foobar-state', key: 'one.tfstate', region: 'us-east-1' } },
    };
    const folder = projectOf({ one: small('one', { terraform }) });
    writeFileSync(join(folder, 'terraform.one.tfstate'), '{}');
    for (const name of ['deploy', 'destroy']) {
      expect(npm(folder, [name, '-auto-approve'])).toEqual({
        status: 1,
        said: 'terraform.one.tfstate: is still here, and the state is to be in a bucket: `terraform -chdir=cdktf.out/stacks/one init -migrate-state` moves it, and once `npm run diff` says "No changes." delete the file, which holds every secret\n',
      });
    }
  });

  withTerraform(`is not made without a yes${notRun}`, () => {
    const folder = projectOf({ one: small('one') });
    const { status, said } = npm(folder, ['deploy']);
    expect(status).toBe(1);
    expect(said).toMatch(/There is no terminal to ask at: -- -auto-approve goes on without asking\.\n$/);
    for (const typed of ['y\n', '\x03', '\x04']) {
      expect(atTerminal(folder, ['deploy'], typed)).toMatchObject({
        status: 1,
        said: expect.stringContaining('Nothing was changed.'),
      });
    }
    expect(modes(folder)).toEqual([]);
    expect(atTerminal(folder, ['deploy'], 'yes\n')).toMatchObject({
      status: 0,
      said: expect.stringContaining('Apply complete'),
    });
    expect(modes(folder)).toEqual(['terraform.one.tfstate 600']);
  });

  withTerraform.each([
    ['that is told to end', process.execPath, []],
    ['whose npm is told to end', 'sh', ['-c', '"$@"; true', 'npm', process.execPath]],
  ])(`%s ends in order: state kept and closed, no lock, no plan${notRun}`, async (_what, file, args) => {
    const slow = { provisioner: [{ 'local-exec': { command: 'sleep 4' } }] };
    const stack = small('one', { resource: { [DATA]: { first: {}, changing: slow } } });
    const folder = projectOf({ one: stack });
    const child = spawn(file, [...args, ...command('deploy'), '-auto-approve'], { cwd: folder });
    const ended = new Promise((resolve) => child.once('close', resolve));
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    while (!said.includes('Provisioning with')) await sleep(50);
    child.kill('SIGTERM');
    expect(await ended).not.toBe(0);
    expect(said).toContain('Interrupt received');
    expect(modes(folder)).toEqual(['terraform.one.tfstate 600']);
    expect(existsSync(join(folder, 'cdktf.out/stacks/one/deployment.plan'))).toBe(false);
    expect(npm(folder, ['deploy', '-auto-approve'])).toMatchObject({ status: 0 });
  });

  withTerraform(
    `that would destroy what is protected says at its end what that is and how to lift it${notRun}`,
    () => {
      const folder = projectOf({ one: small('one', { lifecycle: { prevent_destroy: true } }) });
      expect(npm(folder, ['deploy', '-auto-approve'])).toMatchObject({ status: 0 });
      const { status, said } = npm(folder, ['destroy', '-auto-approve']);
      expect(status).toBe(1);
      expect(said).toMatch(
        /Protected from being destroyed: terraform_data\.kept\.\nTo lift that set deletionProtection: false in main\.ts, and run this again\.\n$/,
      );
      expect(said.split('\n').length).toBeLessThan(20);
    },
  );

  withTerraform(`without a variable's value says which and what it is for${notRun}`, () => {
    const variable = { token: { type: 'string', description: 'What opens it', sensitive: true } };
    const folder = projectOf({ one: small('one', { variable, input: '${var.token}' }) });
    const { status, said } = npm(folder, ['diff']);
    expect(status).toBe(1);
    expect(said).toMatch(/Set TF_VAR_token in the environment: What opens it\n$/);
    expect(npm(folder, ['diff'], { TF_VAR_token: 'hush' })).toMatchObject({ status: 0 });
  });
});
