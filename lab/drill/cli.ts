import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { Progress } from '../progress';
import { DRILLS, plans } from './plan';
import { writeReport } from './report';
import { isMet, keep, runOf } from './results';
import { Runner } from './runner';

/** `npm run drills`: breaks on purpose what the stack promises to survive, and writes down what users saw. */

const LAB = 'drills';
const OUTPUT = join(__dirname, '..', '..', 'drills.out');

new Command('npm run drills --')
  .description(
    `Breaks one thing after the other in a lab, under load, and writes docs/results.md and docs/drills.html.\n\nDrills: ${Object.keys(DRILLS).join(', ')}; tutorial is those that the tutorial's stack goes through.`,
  )
  .argument('[names...]', 'which drills; by default all')
  .option('--runs <count>', 'how often each', positive)
  .option('--seed <number>', 'of the first run of seeded-cut', positive)
  .option('--full', 'the long version, for a night')
  .showHelpAfterError('(--help says more)')
  .action(async (names: string[], options: { runs?: number; seed?: number; full?: boolean }) => {
    const all = plans(names, options);
    const progress = new Progress();
    const runner = new Runner({ lab: LAB, progress, output: OUTPUT, seed: options.seed });
    process.once('SIGINT', () => {
      progress.say('Interrupted: taking everything down');
      runner.end().finally(() => process.exit(130));
    });
    try {
      for (const plan of all) {
        const results = await runner.run(plan);
        const runs = results.map((result) => runOf(plan, result));
        const shown = results.map((result, i) => ({ result, run: runs[i] as (typeof runs)[number] }));
        writeReport(plan, shown, keep(plan, runs));
        if (plan.stack.name === 'ours' && !isMet(runs)) process.exitCode = 1;
      }
    } finally {
      await runner.end();
    }
    progress.say('Written to docs/results.md and docs/drills.html');
  })
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number, at least 1.');
  return Number(text);
}
