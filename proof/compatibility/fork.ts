import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { circumstances, writeSection } from '../bench/results';
import { Copy, Failure, step } from './copy';
import { NODE_VERSIONS } from './versions';

/**
 * `npm run test:fork`: takes a copy of the project to the fork of CDKTF, by the commands of docs/cdktf.md, and holds it to the same tests, the same
 * snapshots and the same JSON.
 */

/** The oldest Node.js that the fork's command line is for. */
const FIRST_OF_FORK_CLI = 22;

async function main(): Promise<void> {
  const copy = new Copy();
  const synthesize = (command: readonly string[], bin?: string) => async () =>
    valuesOf((await copy.synthesize(command, bin)).json);
  await step('CDKTF: npm ci', () => copy.run(['npm', 'ci']));
  const before = await step('CDKTF: npm run synth', synthesize(['npm', 'run', 'synth']));
  const read = (file: string) => readFileSync(join(copy.folder, file));
  const original = read('package.json');

  await step('The fork: the commands of docs/cdktf.md', () => copy.run(['sh', '-euc', commandsOf('Switch')]));
  const { name, version } = JSON.parse(read('node_modules/cdktf/package.json').toString());
  if (name !== 'cdktn') throw new Failure(`cdktf is still ${name} ${version}`);
  await step('The fork: types', () => copy.run(['npm', 'run', 'types']));
  const tests = await step('The fork: unit tests and snapshots', () => copy.unitTests());
  compare(before, await step('The fork: npm run synth', synthesize(['npm', 'run', 'synth'])));
  const nodes = NODE_VERSIONS.filter((node) => Number.parseInt(node, 10) >= FIRST_OF_FORK_CLI);
  for (const node of nodes) {
    const bin = await step(`Node.js ${node}: install`, () => copy.node(node));
    const what = `Node.js ${node}: npx cdktn synth`;
    compare(before, await step(what, synthesize(['npx', 'cdktn', 'synth'], bin)));
  }
  await step('Back: the commands of docs/cdktf.md', () => copy.run(['sh', '-euc', commandsOf('Back')]));
  if (!read('package.json').equals(original))
    throw new Failure('The way back leads to another package.json.');
  writeSection(
    'The fork of CDKTF',
    `\`npm run test:fork\`

${circumstances()}

With ${name} ${version} in the place of \`cdktf\`, by the commands of [cdktf.md](cdktf.md), the types fit, of the unit tests with their snapshots ${tests}, and the default stack's JSON has the same values, all but the version that wrote it. Its command line writes them too, on Node.js ${nodes.join(', ')}. The commands of the way back lead to the same \`package.json\`.`,
  );
}

/** The indented commands below a heading of docs/cdktf.md. */
function commandsOf(heading: string): string {
  const text = readFileSync(join(__dirname, '../../docs/cdktf.md'), 'utf8');
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const [commands = ''] = section.match(/(^ {4}.*\n)+/m) ?? [];
  if (!commands) throw new Failure(`docs/cdktf.md has no commands below "${heading}"`);
  return commands;
}

/** As Terraform reads it: how an empty list is written does not count, nor which version wrote it. */
function valuesOf(text: Buffer): unknown {
  const json = JSON.parse(text.toString());
  delete json['//'].metadata.version;
  return json;
}

function compare(before: unknown, after: unknown): void {
  if (!isDeepStrictEqual(before, after))
    throw new Failure('The JSON of the fork has other values than that of CDKTF.');
}

new Command('npm run test:fork')
  .description('Takes a copy of the project to the fork of CDKTF and back, with its tests and its JSON.')
  .action(main)
  .parseAsync()
  .catch((error) => {
    if (!(error instanceof Failure)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  });
