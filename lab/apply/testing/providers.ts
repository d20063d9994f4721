import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { smallStack } from './small-stack';

/** Whether Terraform itself can be asked. It needs no provider and no network for a configuration of locals. */
export const hasTerraform = spawnSync('terraform', ['version']).status === 0;

/** Why Terraform's real providers can't be had here; undefined when they can. Takes at most half a minute. */
export function providerObstacle(): string | undefined {
  if (!hasTerraform) return 'there is no terraform here';
  const folder = mkdtempSync(join(tmpdir(), 'digitalocean-lab-providers-'));
  try {
    const { terraform } = smallStack();
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform }));
    const env = { ...process.env, CHECKPOINT_DISABLE: '1', TF_REGISTRY_DISCOVERY_RETRY: '0' };
    const init = spawnSync('terraform', ['init', '-input=false'], { cwd: folder, env, timeout: 120_000 });
    return init.status === 0 ? undefined : 'neither a registry nor TF_CLI_CONFIG_FILE leads to the providers';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
