import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Deployed } from './deployed';
import { type Needs, needsOf } from './needs';

export interface Synthesized {
  readonly needs: Needs;
  readonly deployed: Deployed;
}

/**
 * What a stack needs, and what there is of it.
 *
 * @param file the Terraform JSON
 * @param folder where Terraform works
 */
export function synthesized(file: string, folder: string): Synthesized {
  const json = JSON.parse(readFileSync(file, 'utf8'));
  const local = json.terraform?.backend?.local;
  const state = local && join(folder, local.path ?? 'terraform.tfstate');
  return { needs: needsOf(json), deployed: Deployed.read(state) };
}
