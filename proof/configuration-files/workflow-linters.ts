import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEnd } from '../../lab/common/end-with-npm';
import { attempt, run } from '../../lab/common/run';

/** `npm run test:workflows`: the workflows of this project and of its examples, as linters from their registries see them. */

const PROJECT = join(__dirname, '../..');

const WORKFLOWS = [
  ...readdirSync(join(PROJECT, '.github/workflows')).map((name) => `.github/workflows/${name}`),
  'examples/ci/github-actions.yml',
];

interface Linter {
  readonly name: string;
  /** Puts it into a folder of its own. */
  readonly install: (folder: string) => Promise<unknown>;
  /** Shows it files, which follow. */
  readonly command: (folder: string) => readonly string[];
}

const LINTERS: readonly Linter[] = [
  {
    name: 'actionlint 1.7.12',
    install: (folder) =>
      run(['go', 'install', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12'], {
        env: { GOBIN: folder },
      }),
    command: (folder) => [join(folder, 'actionlint')],
  },
  {
    name: 'zizmor 1.32.0',
    install: async (folder) => {
      await run(['python3', '-m', 'venv', folder]);
      const pip = [join(folder, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check'];
      await run([...pip, '--only-binary=:all:', 'zizmor==1.32.0']);
    },
    command: (folder) => [
      ...[join(folder, 'bin/zizmor'), '--offline', '--quiet', '--no-progress', '--persona=pedantic'],
    ],
  },
];

/** Whether it finds nothing. Rejects with one sentence where it can't be had. */
async function isClean({ name, install, command }: Linter, folder: string): Promise<boolean> {
  await install(folder).catch((error: Error) => {
    throw new Error(`${name} could not be had: ${error.message.split('\n')[0]}`);
  });
  const { status, stdout, stderr } = await attempt([...command(folder), ...WORKFLOWS], { cwd: PROJECT });
  console.log(`${name}: ${status === 0 ? `nothing in ${WORKFLOWS.join(', ')}` : stdout + stderr}`);
  return status === 0;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-linters-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  beforeEnd(async () => remove());
  try {
    for (const [index, linter] of LINTERS.entries()) {
      if (!(await isClean(linter, join(folder, `${index}`)))) process.exitCode = 1;
    }
  } finally {
    remove();
  }
}

new Command('npm run test:workflows --')
  .description('Shows the workflows to actionlint and zizmor, which it gets from their registries.')
  .action(main)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
