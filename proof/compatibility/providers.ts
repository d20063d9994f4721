import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { providerObstacle } from '../../lab/apply/testing/providers';
import { PROVIDERS } from '../../lib/versions';
import { circumstances, table, writeSection } from '../bench/results';

/**
 * `npm run test:providers`, as root: has Terraform apply, plan and destroy with the providers of lib/versions.ts, and writes their versions into
 * docs/results.md when all of it passes.
 */

const JEST = join(__dirname, '../../node_modules/.bin/jest');

function main(): void {
  const obstacle = providerObstacle();
  if (obstacle) throw new Error(`The providers of lib/versions.ts can't be tried: ${obstacle}.`);
  const folder = mkdtempSync(join(tmpdir(), 'scale-up-providers-'));
  try {
    const report = join(folder, 'report.json');
    const tests = [
      '--selectProjects',
      'unit',
      'system',
      '--testPathPatterns',
      '/real-providers?(\\.system)?\\.test\\.ts',
    ];
    spawnSync(JEST, ['--ci', ...tests, '--json', `--outputFile=${report}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { success, numPassedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
    if (!success || numPassedTests !== numTotalTests || numTotalTests === 0) {
      throw new Error(`Only ${numPassedTests} of ${numTotalTests} tests passed: the versions are not fit.`);
    }
    writeSection('Providers', section(numTotalTests));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function section(tests: number): string {
  const { terraform_version } = JSON.parse(
    execFileSync('terraform', ['version', '-json'], { encoding: 'utf8' }),
  );
  return `\`npm run test:providers\`

${circumstances()}; Terraform ${terraform_version}

All ${tests} tests that have Terraform itself apply, plan, change and destroy in the lab passed with

${table(['provider', 'version'], Object.entries(PROVIDERS))}`;
}

new Command('npm run test:providers')
  .description('Has Terraform apply, plan and destroy in the lab with the providers of lib/versions.ts.')
  .action(main)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
