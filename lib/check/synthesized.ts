import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { choose, synthesize } from '../deployment/synthesis';
import { Deployed } from './deployed';
import { type Needs, needsOf } from './needs';

export interface Synthesized {
  readonly needs: Needs;
  readonly deployed: Deployed;
}

/**
 * Synthesizes, as a deploy does, so that the check is of what `main.ts` says now.
 *
 * @param wanted which stack, where there are several
 */
export function synthesized(wanted: string | undefined): Synthesized {
  const { file, folder } = choose(synthesize(), wanted, 'check');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  const local = json.terraform?.backend?.local;
  const state = local && join(folder, local.path ?? 'terraform.tfstate');
  return { needs: needsOf(json), deployed: Deployed.read(state) };
}
