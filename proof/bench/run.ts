import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Argument, Command } from 'commander';

/** `npm run bench [-- <name>...]`: runs the files of this folder, each in a process of its own, one after the other. */

const NOT_BENCHES = ['run', 'results', 'generators'];
const all = readdirSync(__dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'))
  .filter((name) => !NOT_BENCHES.includes(name) && !name.endsWith('.test'));

const [wanted = []] = new Command('npm run bench --')
  .description('Measures one thing after the other, and writes docs/results.md.')
  .addArgument(new Argument('[names...]', 'which; by default all').choices(all).default(all))
  .parse().processedArgs;

for (const name of wanted) {
  console.log(`Measuring: ${name}`);
  const { status } = spawnSync(process.execPath, [...process.execArgv, join(__dirname, `${name}.ts`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
