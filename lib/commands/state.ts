import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
  const { backend } = JSON.parse(readFileSync(file, 'utf8')).terraform ?? {};
  return backend?.local && join(folder, backend.local.path ?? 'terraform.tfstate');
}
