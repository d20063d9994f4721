import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Stack } from './synthesis';

/** Closes the local state files of a stack, which hold its secrets, to everybody else: Terraform leaves them as open as it finds them. */
export function closeState({ file, folder }: Stack): void {
  const { backend } = JSON.parse(readFileSync(file, 'utf8')).terraform ?? {};
  if (!backend?.local) return;
  const state = join(folder, backend.local.path ?? 'terraform.tfstate');
  const place = dirname(state);
  if (!existsSync(place)) return;
  // Beside it are Terraform's backup, and those that are made by hand.
  for (const name of readdirSync(place).filter((name) => name.startsWith(basename(state)))) {
    chmodSync(join(place, name), 0o600);
  }
}
