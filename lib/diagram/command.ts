import { readArchitecture } from '../architecture';
import { argumentsOf } from '../commands/program';
import { choose, synthesize } from '../commands/synthesis';
import { mermaid } from './mermaid';
import { svg } from './svg';

/** `npm run diagram [-- [<stack>] [--svg]]`: the architecture as a picture, on standard output. */
export function diagram(args: readonly string[]): void {
  const { values, positionals } = argumentsOf(args, { svg: { type: 'boolean' } });
  const architecture = readArchitecture(choose(synthesize(), positionals[0], 'diagram').file);
  process.stdout.write(values.svg ? svg(architecture) : `${mermaid(architecture)}\n`);
}
