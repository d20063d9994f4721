import { readArchitecture } from '../architecture';
import { argumentsOf, type Command } from '../commands/program';
import { choose, withStacks } from '../commands/synthesis';
import { UserError } from '../user-error';
import { billOf } from './bill';
import { AS_OF } from './prices';
import { costReport, type Traffic, trafficCost } from './report';
import { stepsOf } from './steps';

/** `npm run cost`: by the list of prices. */
export const cost: Command = {
  takes: '[--traffic TIB] [--json]',
  does: 'what it costs a month',
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = argumentsOf(args, {
    traffic: { type: 'string' },
    json: { type: 'boolean' },
  });
  const traffic = trafficOf(values.traffic);
  const architecture = await withStacks((stacks) =>
    readArchitecture(choose(stacks, positionals[0], 'cost').file),
  );
  const bill = billOf(architecture);
  const beyond = traffic === undefined ? undefined : trafficCost(bill.includedTraffic, traffic);
  console.log(
    values.json
      ? JSON.stringify({ asOf: AS_OF, ...bill, traffic, beyond, steps: stepsOf(architecture) }, undefined, 2)
      : costReport(architecture, traffic),
  );
}

function trafficOf(text: string | undefined): Traffic {
  if (text === undefined) return undefined;
  const traffic = Number(text);
  if (text.trim() === '' || !Number.isFinite(traffic) || traffic < 0) {
    throw new UserError([`--traffic: "${text}" is not a number of TiB a month; one looks like 8 or 0.5`]);
  }
  return traffic;
}
