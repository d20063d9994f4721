import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { copyOfProject, PROJECT } from './project-copy';
import type { Json } from './synth';

const FOLDER = join(PROJECT, '.github/workflows');
const TEXTS = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const);

const jobsOf = (text: string): [string, Json][] => Object.entries(parse(text).jobs);
const stepsOf = (text: string): Json[] => jobsOf(text).flatMap(([, { steps }]) => steps);

/** Steps whose commands are run as they stand: below, and in proof/deployment/workflows.test.ts. */
const TRIED = ['Synthesize', 'Cost', 'Plan', 'Preview', 'Check and deploy'];

describe.each(TEXTS)('the workflow %s', (_, text) => {
  test('takes every action by its digest, with the version beside it', () => {
    const lines = text.split('\n').filter((line) => /\buses:/.test(line));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('gives each job the rights that it needs, and no other', () => {
    expect(parse(text).permissions).toEqual({});
    for (const [job, { permissions }] of jobsOf(text)) {
      const comments = job === 'preview' ? { 'pull-requests': 'write' } : {};
      expect(permissions).toEqual({ contents: 'read', ...comments });
    }
    for (const { uses = '', with: options } of stepsOf(text)) {
      if (uses.startsWith('actions/checkout@')) expect(options['persist-credentials']).toBe(false);
    }
  });

  test('runs scripts of package.json alone, and puts no expression into a shell', () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    const commands: string[] = stepsOf(text).flatMap(({ run }) => run ?? []);
    for (const command of commands) {
      expect(command).not.toContain('${{');
      for (const [, script = ''] of command.matchAll(/npm run (?:-s )?([\w:-]+)/g)) {
        expect(Object.keys(scripts)).toContain(script);
      }
    }
  });

  test('has Terraform wherever tests run, some of which are left out without it', () => {
    for (const [job, { steps }] of jobsOf(text)) {
      const testing = steps.some(({ run = '' }: Json) => /npm run test:(unit|lab)/.test(run));
      const terraform = steps.some(({ uses = '' }: Json) => uses.startsWith('hashicorp/setup-terraform@'));
      expect([job, terraform || !testing]).toEqual([job, true]);
    }
  });

  test('runs nothing that no test runs, but for what needs a registry or GitHub', () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    const elsewhere = ['npm ci', 'npm run test:workflows', 'gh api'];
    for (const { name: step, run = '' } of stepsOf(text)) {
      const [, script = ''] = /npm run ([\w:]+)$/.exec(run) ?? [];
      const isOfNpmTest = scripts.test.includes(`npm run -s ${script}`) || script === 'test:lab';
      const isTried = TRIED.includes(step) || (script !== '' && isOfNpmTest);
      if (run && !isTried) expect(elsewhere.filter((command) => run.includes(command))).toHaveLength(1);
    }
  });
});

describe('the commands of the workflows, as they stand,', () => {
  const command = (file: string, name: string): string =>
    stepsOf(readFileSync(join(FOLDER, file), 'utf8')).find((step) => step.name === name)?.run;

  test('synthesize, price, and say what a plan changes', () => {
    const folder = copyOfProject();
    const bash = (line: string) =>
      spawnSync('bash', ['-e', '-o', 'pipefail', '-c', line], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, GITHUB_STEP_SUMMARY: join(folder, 'summary.md'), STACK: 'shop' },
      });
    expect(bash(command('check.yml', 'Synthesize')).stdout).toContain('Written: cdktf.out/stacks/scale-up');
    expect(bash(command('check.yml', 'Cost')).status).toBe(0);
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('| **together**');
    const grow = { actions: ['update'], before: { size: 20 }, after: { size: 30 }, after_unknown: {} };
    const volume = { address: 'digitalocean_volume.database-volume', change: grow };
    bash(`echo '${JSON.stringify({ resource_changes: [volume] })}' > shop.json`);
    expect(bash(command('deploy.yml', 'Preview')).stderr).toBe('');
    expect(readFileSync(join(folder, 'preview.md'), 'utf8')).toContain(
      "- Grows: the database's volume, 20 -> 30 GiB",
    );
  });
});
