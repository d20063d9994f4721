import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { Progress } from '../../lab/common/progress';
import { writeReadme } from '../report/readme';
import { writeReport } from '../report/report';
import { isMet, keep, keepSeenFailing, runOf } from '../report/results';
import { isOurs } from '../stack/compared-stacks';
import { DRILLS, type Plan, plans } from './plan';
import { type Mutation, mutationOf } from './run/mutation';
import { Runner } from './run/runner';

/** `npm run drills`: breaks on purpose what the stack promises to survive, and writes down what users saw. */

const LAB = 'drills';
const OUTPUT = join(__dirname, '..', '..', 'drills.out');

new Command('npm run drills --')
  .description(
    `Breaks one thing after the other in a lab, under load, and writes docs/results.md and docs/drills.html.\n\nDrills: ${Object.keys(DRILLS).join(', ')}; tutorial is those that the tutorial's stack goes through, by-hand a release as people deploy containers to plain servers.`,
  )
  .argument('[names...]', 'which drills; by default all')
  .option('--runs <count>', 'how often each', positive)
  .option('--seed <number>', 'of the first run of seeded-cut', positive)
  .option('--full', 'the long version, for a night')
  .option('--mutate', 'each once with what it tests taken out: it has to notice')
  .showHelpAfterError('(--help says more)')
  .action(async (names: string[], options: Options) => {
    const all: readonly Step[] = options.mutate ? mutatedPlans(names, options) : plans(names, options);
    const progress = new Progress();
    const calm = options.mutate ? 5 : 20;
    const runner = new Runner({ lab: LAB, progress, calm, seed: options.seed, output: OUTPUT });
    let interruption: Promise<never> | undefined;
    process.once('SIGINT', () => {
      progress.say('Interrupted: taking everything down');
      interruption = runner.end().then(() => process.exit(130));
    });
    try {
      for (const plan of all) {
        const { mutation } = plan;
        const isFine = await (mutation ? mutated(runner, plan, mutation, progress) : measured(runner, plan));
        if (!isFine) process.exitCode = 1;
      }
    } finally {
      await (interruption ?? runner.end()); // what is taken down under a drill makes it fail
    }
    progress.say(`Written to docs/results.md${options.mutate ? '' : ' and docs/drills.html'}`);
  })
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });

interface Step extends Plan {
  /** Taken out before. @default - nothing: it is measured what the stack is worth */
  readonly mutation?: Mutation;
}

interface Options {
  readonly runs?: number;
  readonly seed?: number;
  readonly full?: boolean;
  readonly mutate?: boolean;
}

/** Resolves to whether a drill met all its bars; what the tutorial's stack makes of ours is no matter. */
async function measured(runner: Runner, plan: Plan): Promise<boolean> {
  const results = await runner.run(plan);
  const shown = results.map((result) => ({ result, run: runOf(plan, result) }));
  const runs = shown.map(({ run }) => run);
  const all = keep(plan, runs);
  writeReport(plan, shown, all);
  writeReadme(all);
  return !isOurs(plan.stack) || isMet(runs);
}

/** Which drills can be mutated. @throws one sentence when none of those that are named can, or when it makes no sense */
function mutatedPlans(names: readonly string[], { runs, full }: Options): Step[] {
  if (runs || full)
    throw new Error('With --mutate each drill runs once: --runs and --full say something else.');
  const found = plans(names).flatMap((plan) => {
    const mutation = isOurs(plan.stack) ? mutationOf(plan.name, plan.drill.variant) : undefined;
    return mutation ? [{ ...plan, mutation }] : [];
  });
  if (found.length === 0) throw new Error(`There is nothing to take out for ${names.join(' or ')}.`);
  return found;
}

/** Resolves to whether a drill noticed that what it tests was taken out. */
async function mutated(runner: Runner, plan: Plan, mutation: Mutation, { say }: Progress): Promise<boolean> {
  const result = await runner.runMutated(plan, mutation).catch((error: Error) => error);
  if (result instanceof Error) {
    say(`${plan.key}, when ${mutation.what}: not to be seen: ${result.message}`);
    return false;
  }
  const { verdict, journal } = result;
  say(`${plan.key}, when ${mutation.what}: ${verdict}`);
  // What is not even steady before the fault says nothing about the drill.
  const noticed = journal.deviated && journal.steady_states.before.steady_state_met;
  if (noticed) writeReadme(keepSeenFailing(plan, mutation.what, verdict));
  return noticed;
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number, at least 1.');
  return Number(text);
}
