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
    const terraform = (...args: string[]) =>
      execFileSync('terraform', args, {
        cwd: folder,
        encoding: 'utf8',
        stdio: 'pipe',
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, CHECKPOINT_DISABLE: '1' },
      });
    terraform('apply', '-auto-approve');
    const values: Record<string, { value: string }> = JSON.parse(terraform('output', '-json'));
    return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
