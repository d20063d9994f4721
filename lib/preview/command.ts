import { readFileSync } from 'node:fs';
import { argumentsOf, type Command } from '../commands/program';
import { choose, placeOf, type Stack, withStacks } from '../commands/synthesis';
import { UserError } from '../user-error';
import type { ResourceChange } from './change';
import { expectedChanges } from './expected';
import { pastOf, pastOfState } from './past';
import { plannedChanges } from './plan-file';
import { asMarkdown, asText } from './print';
import { reportOf } from './report';

/** `npm run preview`. What is written now is compared with the state, where that is a file on this machine, else with what was synthesized last. */
export const preview: Command = {
  takes: '[--state FILE | --plan FILE] [--json | --markdown]',
  does: 'what a deployment would change, without Terraform and without the network',
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = argumentsOf(args, {
    state: { type: 'string' },
    plan: { type: 'string' },
    json: { type: 'boolean' },
    markdown: { type: 'boolean' },
  });
  if (values.plan !== undefined && values.state !== undefined) {
    throw new UserError(['--plan and --state: one of them; a plan knows its state']);
  }
  if (values.plan !== undefined && positionals.length > 0) {
    throw new UserError([`--plan: is of one stack already, so "${positionals[0]}" has no use; leave it out`]);
  }
  if (values.json && values.markdown) throw new UserError(['--json and --markdown: one of them']);
  const [title, changes] =
    values.plan === undefined
      ? await withStacks((stacks) => expected(choose(stacks, positionals[0], 'preview'), values.state))
      : [`What ${values.plan} would change`, plannedChanges(values.plan)];
  const report = reportOf(changes);
  if (values.json) console.log(JSON.stringify({ title, ...report }, undefined, 2));
  else console.log((values.markdown ? asMarkdown : asText)(report, title));
}

/** The stack as it is written now, against what there was. */
function expected(stack: Stack, state: string | undefined): [string, ResourceChange[]] {
  const json = JSON.parse(readFileSync(stack.file, 'utf8'));
  const past = state === undefined ? pastOf(placeOf(stack.name), json) : pastOfState(state);
  return [
    `What a deployment of ${stack.name} would change, against ${past.name}`,
    expectedChanges(json, past),
  ];
}
