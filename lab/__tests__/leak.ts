import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestLab } from './test-lab';

const PROGRAM = readFileSync(join(__dirname, 'leak.py'), 'utf8');

/** Secrets that a unit's processes have in their environment, and have to. */
const OWN = { 'app.service': ['database password'] };

/**
 * Who but root can read a secret, on every droplet: files, processes, the journal, metadata. One sentence for each leak.
 *
 * @param ofApp more secrets by name, which the application may have in its environment
 */
export async function leaks(lab: TestLab, ofApp: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const own = { 'app.service': [...OWN['app.service'], ...Object.keys(ofApp)] };
  const asked = JSON.stringify({ secrets: { ...(await secretsOf(lab)), ...ofApp }, own });
  const found = (await lab.droplets()).map(async (droplet) => {
    const { stdout, stderr } = await lab.exec(droplet, ['python3', '-c', PROGRAM], asked);
    if (!stdout) throw new Error(`${droplet.name}: ${stderr}`);
    return (JSON.parse(stdout) as string[]).map((leak) => `${droplet.name}: ${leak}`);
  });
  return (await Promise.all(found)).flat();
}

async function secretsOf(lab: TestLab): Promise<Record<string, string>> {
  const password = ['cat', '/etc/scale-up/secrets/database-password'];
  return {
    'Reserved IP token': lab.access.reservedIpToken,
    'deploy token': lab.access.deployToken,
    'database password': (await lab.exec(await lab.droplet('database-1'), password)).stdout.trim(),
  };
}
