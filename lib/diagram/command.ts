import { readArchitecture } from '../architecture';
import { argumentsOf, type Command } from '../commands/program';
import { choose, withStacks } from '../commands/synthesis';
import { mermaid } from './mermaid';
import { svg } from './svg';

/** `npm run diagram`: Mermaid, or with `--svg` a picture, on standard output. */
export const diagram: Command = {
  takes: '[--svg]',
  does: 'draws the architecture',
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = argumentsOf(args, { svg: { type: 'boolean' } });
  const architecture = await withStacks((stacks) =>
    readArchitecture(choose(stacks, positionals[0], 'diagram').file),
  );
  process.stdout.write(values.svg ? svg(architecture) : `${mermaid(architecture)}\n`);
}
