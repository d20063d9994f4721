import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateFile } from '../state-file';
import { UserError } from '../user-error';
import type { Stack } from './synthesis';

/** Milliseconds. */
const ANOTHER_LOOK = 2000;

/**
 * Refuses a local state file that is empty though there was something in it. Terraform writes it in place: one that is killed in that
 * moment leaves it so, takes it for a deployment that was never made, and would make everything a second time.
 *
 * @throws UserError that says how to get it back
 */
export async function checkState(stack: Stack): Promise<void> {
  const state = stateOf(stack);
  const isEmpty = () => state && existsSync(state) && statSync(state).size === 0;
  if (!state || !isEmpty()) return;
  await sleep(ANOTHER_LOOK); // another one may be writing it just now
  if (!isEmpty()) return;
  const backup = `${state}.backup`;
  const [from, to] = [backup, state].map((file) => relative(process.cwd(), file));
  throw new UserError([
    `${to}: is empty: a Terraform that was killed has left it so, and does not know any more what it has made`,
    existsSync(backup)
      ? `\`cp ${from} ${to}\` brings back what it knew before that deployment; \`npm run check\` then lists droplets that it does not know`
      : 'import what there is, or delete the file if there is nothing',
  ]);
}

/**
 * Refuses to change anything while the state should be in a bucket and one of before is still in a file: where that was never moved,
 * Terraform would know nothing of what there is and make it a second time.
 *
 * @throws UserError that says how to move it
 */
export function refuseUnmovedState({ name, file, folder }: Stack): void {
  const left = join(folder, stateFile(name));
  if (!backendOf(file).s3 || !existsSync(left) || statSync(left).size === 0) return;
  const shown = relative(process.cwd(), left);
  throw new UserError([
    `${shown}: is still here, and the state is to be in a bucket: \`terraform -chdir=${folder} init -migrate-state\` moves it, and once \`npm run diff\` says "No changes." delete the file, which holds every secret`,
  ]);
}

/** Closes the local state files of a stack, which hold its secrets, to everybody else: Terraform leaves them as open as it finds them. */
export function closeState(stack: Stack): void {
  const state = stateOf(stack);
  if (!state) return;
  const place = dirname(state);
  if (!existsSync(place)) return;
  // Beside it are Terraform's backup, and those that are made by hand.
  for (const name of readdirSync(place).filter((name) => name.startsWith(basename(state)))) {
    chmodSync(join(place, name), 0o600);
  }
}

/** Path of the local state file; undefined where the state lies elsewhere. */
function stateOf({ file, folder }: Stack): string | undefined {
  const { local } = backendOf(file);
  return local && join(folder, local.path ?? 'terraform.tfstate');
}

interface Backend {
  readonly local?: { readonly path?: string };
  readonly s3?: object;
}

const backendOf = (file: string): Backend => JSON.parse(readFileSync(file, 'utf8')).terraform?.backend ?? {};
