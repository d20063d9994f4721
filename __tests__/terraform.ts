import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether Terraform itself can be asked. It needs no provider and no network for a configuration of locals. */
export const hasTerraform = spawnSync('terraform', ['version']).status === 0;

/** The values that Terraform makes of these template strings, by name. */
export function evaluate(templates: Record<string, string>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'scale-up-terraform-'));
  try {
    const output = Object.fromEntries(
      Object.keys(templates).map((name) => [name, { value: `\${local.${name}}` }]),
    );
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ locals: templates, output }));
    const options = {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, CHECKPOINT_DISABLE: '1' },
    } as const;
    execFileSync('terraform', ['apply', '-auto-approve', '-no-color'], { ...options, stdio: 'pipe' });
    const values: Record<string, { value: string }> = JSON.parse(
      execFileSync('terraform', ['output', '-json'], options),
    );
    return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
