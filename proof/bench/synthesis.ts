import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { ScaleUpStack } from '../../lib/stack';
import { circumstances, median, writeSection } from './results';

/** `npm run bench`: how long a synthesis takes, beside the runner that `cdktf init --template typescript` sets up. */

const RUNS = 9;
const PROJECT = join(__dirname, '..', '..');
const { app: OURS } = JSON.parse(readFileSync(join(PROJECT, 'cdktf.json'), 'utf8'));
const TEMPLATE = 'npx ts-node main.ts';
const TEMPLATE_TSCONFIG = {
  compilerOptions: {
    target: 'ES2018',
    module: 'CommonJS',
    lib: ['es2023'],
    strict: true,
    moduleResolution: 'node',
    esModuleInterop: true,
    skipLibCheck: true,
  },
  include: ['**/*.ts'],
  exclude: ['node_modules', 'cdktf.out'],
};
const GROWTH = [10, 50, 100, 203];

/** Milliseconds of one synthesis by a command in a folder. */
function time(command: string, cwd: string): number {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(command, { shell: true, cwd, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${command} failed: ${stderr}`);
  }
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Both runners on the same code, turn by turn, so that a slow moment of the machine meets both. */
function compareRunners(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scale-up-bench-'));
  try {
    for (const name of ['main.ts', 'lib', 'cloud-init', 'package.json', 'tsconfig.json']) {
      cpSync(join(PROJECT, name), join(folder, 'ours', name), { recursive: true });
      cpSync(join(PROJECT, name), join(folder, 'template', name), { recursive: true });
    }
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'template', 'tsconfig.json'), JSON.stringify(TEMPLATE_TSCONFIG));
    const ours: number[] = [];
    const template: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const pair = [time(OURS, join(folder, 'ours')), time(TEMPLATE, join(folder, 'template'))] as const;
      // The first pair fills the caches of both.
      if (run > 0) {
        ours.push(pair[0]);
        template.push(pair[1]);
      }
      process.stderr.write(
        `run ${run} of ${RUNS}: ${pair.map((ms) => `${ms.toFixed(0)} ms`).join(' beside ')}\n`,
      );
    }
    const ratio = median(ours.map((ms, i) => ms / (template[i] ?? Number.NaN)));
    const row = (name: string, values: number[]) =>
      `| \`${name}\` | ${median(values).toFixed(0)} | ${Math.min(...values).toFixed(0)} | ${Math.max(...values).toFixed(0)} |`;
    return [
      `The default stack, ${RUNS} pairs of runs, wall time in ms:`,
      '',
      '| runner | median | least | most |',
      '|---|---|---|---|',
      row(OURS, ours),
      row(TEMPLATE, template),
      '',
      `Ratio, median of the pairs: **${ratio.toFixed(2)}** (goal: at most 0.35).`,
    ].join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds, and the user_data of both load balancers, of a stack with so many droplets. */
function synthesize(droplets: number): { ms: number; userData: string } {
  const outdir = mkdtempSync(join(tmpdir(), 'scale-up-bench-'));
  try {
    const web = Math.ceil((droplets - 3) / 2);
    const start = process.hrtime.bigint();
    const app = new App({ outdir });
    new ScaleUpStack(app, 'scale-up', {
      domain: 'www.foobar.com',
      web: { count: web },
      app: { count: droplets - 3 - web },
    });
    app.synth();
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    const { data, locals } = JSON.parse(readFileSync(join(outdir, 'stacks/scale-up/cdk.tf.json'), 'utf8'));
    const { '//': _, ...documents } = data.cloudinit_config;
    const balancers = Object.entries<{ part: unknown }>(documents).filter(([name]) =>
      name.startsWith('load-balancer'),
    );
    return {
      ms,
      userData: JSON.stringify([balancers.map(([, { part }]) => part), locals['cloud-init-load-balancer']]),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** What one more droplet costs, from 10 to 203 (100 web, 100 app). */
function measureGrowth(): string {
  synthesize(10);
  const results = GROWTH.map((droplets) => {
    const runs = Array.from({ length: 5 }, () => synthesize(droplets));
    return { droplets, ms: median(runs.map(({ ms }) => ms)), userData: runs[0]?.userData };
  });
  const same = results.every(({ userData }) => userData === results[0]?.userData);
  return [
    'Growth, within one warm process, median of 5:',
    '',
    '| droplets | ms | ms per droplet |',
    '|---|---|---|',
    ...results.map(
      ({ droplets, ms }) => `| ${droplets} | ${ms.toFixed(0)} | ${(ms / droplets).toFixed(2)} |`,
    ),
    '',
    `The load balancers' user_data with 10 and with 203 droplets: ${same ? 'the same bytes' : '**different**'}.`,
  ].join('\n');
}

writeSection(
  'Synthesis',
  ['`npm run bench`', circumstances(), compareRunners(), measureGrowth()].join('\n\n'),
);
console.log('Written to docs/results.md.');
