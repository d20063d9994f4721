import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** `npm run bench [-- <name>...]`: runs the files of this folder, each in a process of its own, one after the other. */

const NOT_BENCHES = ['run', 'results', 'generators', 'api-process'];
const all = readdirSync(__dirname)
  .map((file) => basename(file, '.ts'))
  .filter((name) => !NOT_BENCHES.includes(name) && !name.endsWith('.test'));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all;

for (const name of wanted) {
  if (!all.includes(name)) {
    console.error(`There is no bench "${name}", only ${all.join(', ')}.`);
    process.exit(1);
  }
  console.log(`Measuring: ${name}`);
  const { status } = spawnSync(process.execPath, [...process.execArgv, join(__dirname, `${name}.ts`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
