import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BackupStore, backupStoreOf } from './backup-store';
import { Deployed } from './deployed';
import { type Needs, needsOf } from './needs';
import { deployedBy, type StateStore, storeOf } from './state-store';

export interface Synthesized {
  readonly needs: Needs;
  readonly deployed: Deployed;
  /** Where its state is. @default - a file on this machine */
  readonly store?: StateStore;
  /** Where the copies of its database lie. @default - it makes none */
  readonly backups?: BackupStore;
}

/**
 * What a stack needs, and what there is of it.
 *
 * @param file the Terraform JSON
 * @param folder where Terraform works
 */
export async function synthesized(file: string, folder: string): Promise<Synthesized> {
  const json = JSON.parse(readFileSync(file, 'utf8'));
  const local = json.terraform?.backend?.local;
  const store = storeOf(json);
  return {
    needs: needsOf(json),
    deployed: local
      ? Deployed.read(join(folder, local.path ?? 'terraform.tfstate'))
      : await deployedBy(store),
    store,
    backups: backupStoreOf(json),
  };
}
