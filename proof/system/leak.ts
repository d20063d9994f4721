import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DropletStatus } from '../../lab/instance/lab';
import type { TestLab } from './test-lab';

const PROGRAM = readFileSync(join(__dirname, 'leak.py'), 'utf8');

/** Text that only root may see, but for these. */
export interface Secret {
  readonly value: string;
  /** Whose processes have it in their environment, and have to. */
  readonly unit?: string;
  /** The user who reads it from a file, and has to. */
  readonly reader?: string;
}

/** Where a load balancer has private keys. */
const CERTIFICATE_KEY = '/var/lib/scale-up-certificate/site.pem';
const DATABASE_KEY = '/etc/scale-up/secrets/database-key.pem';
const ACCOUNT_KEY = '/var/lib/scale-up-certificate/lego/accounts/*/*/keys/*.key';

/**
 * Who but root can read a secret, on every droplet: files, processes, the journal, metadata. One sentence for each leak.
 *
 * @param more secrets by name, beside those of every stack
 */
export async function leaks(lab: TestLab, more: Readonly<Record<string, Secret>> = {}): Promise<string[]> {
  const secrets = JSON.stringify({ ...(await secretsOf(lab)), ...more });
  const found = (await lab.droplets()).map(async (droplet) => {
    const { stdout, stderr } = await lab.exec(droplet, ['python3', '-c', PROGRAM], secrets);
    if (!stdout) throw new Error(`${droplet.name}: ${stderr}`);
    return (JSON.parse(stdout) as string[]).map((leak) => `${droplet.name}: ${leak}`);
  });
  return (await Promise.all(found)).flat();
}

async function secretsOf(lab: TestLab): Promise<Record<string, Secret>> {
  const database = await lab.droplet('database-1');
  const read = async (name: string) =>
    (await lab.exec(database, ['cat', `/etc/scale-up/secrets/${name}`])).stdout.trim();
  const balancers = (await lab.droplets()).filter(({ name }) => name.includes('load-balancer'));
  const keys = balancers.map(async (droplet) => [
    [
      `certificate key of ${droplet.name}`,
      { value: await keyIn(lab, droplet, CERTIFICATE_KEY), reader: 'haproxy' },
    ],
    [`ACME account key of ${droplet.name}`, { value: await keyIn(lab, droplet, ACCOUNT_KEY) }],
  ]);
  return {
    'Reserved IP token': { value: lab.access.variables.reserved_ip_token },
    'deploy token': { value: lab.access.deployToken },
    'database password': {
      value: await read('database-password'),
      unit: 'app.service',
    },
    "key of the database's certificate": { value: await keyIn(lab, database, DATABASE_KEY), reader: 'mysql' },
    // As it came in user data.
    "key of the database's certificate, encoded": {
      value: Buffer.from(await read('database-key.pem'))
        .toString('base64')
        .slice(40, 120),
    },
    ...Object.fromEntries((await Promise.all(keys)).flat()),
  };
}

/** The line of a file that gives a private key away. */
async function keyIn(lab: TestLab, droplet: DropletStatus, file: string): Promise<string> {
  const line = `sed -n '/PRIVATE KEY/{n;p;q}' ${file}`;
  const key = (await lab.exec(droplet, ['sh', '-c', line])).stdout.trim();
  if (!key) throw new Error(`${droplet.name}: there is no private key in ${file}`);
  return key;
}
