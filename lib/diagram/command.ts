import { readArchitecture } from '../architecture';
import { argumentsOf } from '../commands/program';
import { choose, withStacks } from '../commands/synthesis';
import { mermaid } from './mermaid';
import { svg } from './svg';

/** `npm run diagram [-- [<stack>] [--svg]]`: the architecture as a picture, on standard output. */
export async function diagram(args: readonly string[]): Promise<void> {
  const { values, positionals } = argumentsOf(args, { svg: { type: 'boolean' } });
  const architecture = await withStacks((stacks) =>
    readArchitecture(choose(stacks, positionals[0], 'diagram').file),
  );
  process.stdout.write(values.svg ? svg(architecture) : `${mermaid(architecture)}\n`);
}
