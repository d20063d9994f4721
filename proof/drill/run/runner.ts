import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Progress } from '../../../lab/common/progress';
import { ask } from '../../../lab/instance/control-api';
import { down } from '../../../lab/instance/down';
import { keepLogs, logsOf, whereLogsAre } from '../../../lab/instance/keep-logs';
import { up } from '../../../lab/instance/up';
import { picture } from '../../report/chart';
import { isOurs, type Stack } from '../../stack/compared-stacks';
import { withNotesImages } from '../../stack/notes-image';
import { Site } from '../../stack/running-stack';
import type { Plan } from '../plan';
import { experiment, type Result } from './experiment';
import type { Mutation } from './mutation';

export interface RunnerOptions {
  /** Name of the lab. It is made, and remade when something in it can't be restored. */
  readonly lab: string;
  readonly progress: Progress;
  /** Seconds of good service that end the first experiment of a drill. @default 20 */
  readonly calm?: number;
  /** Of the first run of a drill that is different each time; the next has the next. @default 1 */
  readonly seed?: number;
  /** A folder for each run's journal and picture. @default - none */
  readonly output?: string;
}

/** Repetitions need no such long proof: what the first one showed to be good stays good. Nor do others' stacks. Seconds. */
const CALM_AGAIN = 5;

/** Runs drills in labs of its own, one after the other. */
export class Runner {
  private site: Site | undefined;
  private kept = 0;

  constructor(private readonly options: RunnerOptions) {}

  /** Runs one drill as often as planned. Rejects when a run could not be measured. */
  async run(plan: Plan): Promise<Result[]> {
    const results: Result[] = [];
    for (let run = 1; run <= plan.runs; run++) {
      const site = await this.steady(plan.stack);
      const { calm = 20, seed = 1 } = this.options;
      const { say } = this.options.progress;
      const result = await experiment(site, plan.drill, {
        calm: run === 1 && isOurs(plan.stack) ? calm : Math.min(calm, CALM_AGAIN),
        seed: seed + run - 1,
      }).catch(async (error) => {
        await this.keepLogs(plan);
        throw error;
      });
      say(`${plan.key}${plan.runs > 1 ? ` (${run} of ${plan.runs})` : ''}: ${result.verdict}`);
      if (this.options.output) record(this.options.output, plan, run, result);
      results.push(result);
      if (isOurs(plan.stack) && result.bars.some(({ met }) => !met)) await this.keepLogs(plan);
      // A drill that broke off may have left something that no restoring knows of.
      if (result.journal.status === 'failed') await this.end();
    }
    return results;
  }

  /** Runs one drill once, in a lab of its own, with what it tests taken out. */
  async runMutated(plan: Plan, { where, script, account, seed }: Mutation): Promise<Result> {
    await this.end();
    const site = await this.steady(plan.stack);
    await Promise.all(where.map((name) => site.run(name, 'sh', '-c', script)));
    await account?.(site);
    await site.untilWhole(60);
    const { calm, seed: asked } = this.options;
    const result = await experiment(site, plan.drill, { calm, seed: asked ?? seed });
    await this.end();
    return result;
  }

  /** For whoever wants to know why a drill was missed. */
  private async keepLogs({ key }: Plan): Promise<void> {
    this.kept += 1;
    const folder = await keepLogs(
      this.options.lab,
      logsOf(`${this.options.lab}-${this.kept}-${fileName(key)}`),
    );
    if (folder) this.options.progress.say(whereLogsAre(folder));
  }

  /** Leaves nothing. */
  async end(): Promise<void> {
    this.site = undefined;
    await down(this.options.lab);
  }

  /** The stack in a state in which nothing is missing: the lab that there is, or a new one. */
  private async steady(stack: Stack): Promise<Site> {
    const { progress } = this.options;
    if (this.site?.stack === stack) {
      try {
        await this.site.restore();
        return this.site;
      } catch (error) {
        progress.say(`The lab is replaced, for it could not be restored: ${(error as Error).message}`);
      }
    }
    await this.end();
    const { lab } = this.options;
    progress.say(`A lab boots: ${stack.name}`);
    await boot(lab, stack);
    this.site = new Site(lab, stack);
    await this.site.restore();
    return this.site;
  }
}

async function boot(name: string, { app, ready, releases, variables = {} }: Stack): Promise<void> {
  for (const [variable, value] of Object.entries(variables)) process.env[`TF_VAR_${variable}`] = value;
  const quiet = new Progress(() => {});
  const options = { name, port: 0, apply: 'direct', flows: 'stay', app, ready, progress: quiet } as const;
  if (!releases) {
    await up(options);
    return;
  }
  await withNotesImages(releases.good, async (archives) => {
    const [[, image = ''] = [], ...later] = archives;
    await up({ ...options, image });
    for (const [tag, archive] of later)
      await ask(name, 'POST', '/push', { archive, reference: `${releases.place}:${tag}` });
  });
}

const fileName = (key: string) => key.replace(/[^a-z0-9]+/gi, '-');

function record(folder: string, { key, drill }: Plan, run: number, result: Result): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${fileName(key)}-${run}`);
  const { journal, bars, verdict, marks } = result;
  writeFileSync(`${file}.json`, `${JSON.stringify({ ...journal, verdict, bars, marks }, null, 1)}\n`);
  writeFileSync(`${file}.svg`, picture({ ...result, title: drill.title }));
}
