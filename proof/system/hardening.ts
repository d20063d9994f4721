import { checkScript, failures } from '../hardening/check';
import type { Kind } from '../hardening/control';
import type { TestLab } from './test-lab';

/**
 * What the baselines' checks find on the droplets, such as "production-web-1: nginx-05 (No version in answers): prints ...".
 *
 * @param app the kind of the app servers
 */
export async function unhardened(lab: TestLab, app: Kind = 'app'): Promise<string[]> {
  const found = (await lab.droplets()).map(async (droplet) => {
    const role = droplet.name.replace(/^production-(.*)-\d+$/, '$1') as Kind;
    const kind = role === 'app' ? app : role;
    const { stdout } = await lab.exec(droplet, ['bash', '-c', checkScript(kind)]);
    return failures(kind, stdout).map((failure) => `${droplet.name}: ${failure}`);
  });
  return (await Promise.all(found)).flat();
}
