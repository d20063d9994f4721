import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, synth } from '../../__tests__/synth';
import { Terraform } from '../../lab/apply/terraform';
import type { Deployment } from '../../lab/apply/testing/deployment';
import { providerObstacle } from '../../lab/apply/testing/providers';
import { openAccount } from './account';
import { openGates } from './open-gates';

const obstacle = providerObstacle();

/** The provider waits 10 s for each step of a droplet, and on a busy machine all else takes longer still. */
const PATIENCE = 900_000;

/** What must be the same afterwards, since it can't be made anew or others know it. */
const KEPT = ['volumes', 'reserved_ips', 'vpcs', 'domains', 'firewalls', 'tags'];

let deployment: Deployment;
beforeEach(async () => {
  deployment = await openAccount();
});
afterEach(() => deployment.end());

/** How docs/environments.md names a thing to Terraform. */
function idOf(type: string, { id, domain, check_id }: Json): string {
  if (type === 'digitalocean_record') return `${domain},${id}`;
  return type === 'digitalocean_uptime_alert' ? `${check_id},${id}` : id;
}

async function account(): Promise<Json> {
  const lists = [...KEPT, 'domains/foobar.com/records'].map(async (kind) => {
    const found = Object.values<Json>(await deployment.get(`/${kind}?per_page=200`)).find(
      Array.isArray,
    ) as Json[];
    const names = found.map(({ id, ip, name, type }: Json) =>
      id && KEPT.includes(kind) ? id : `${ip ?? name} ${type}`,
    );
    return [kind, names.sort()];
  });
  return Object.fromEntries(await Promise.all(lists));
}

(obstacle ? test.skip : test)(
  `a state that is lost is had back by importing what there is, and one deployment replaces the droplets and leaves nothing over${obstacle ? ` (not run: ${obstacle})` : ''}`,
  async () => {
    const stack = openGates(synth({ alerts: { emails: ['lab@example.com'] } }));
    const target = deployment.target(stack);
    await new Terraform(target).apply();
    const before = await account();

    const state = join(target.folder, 'terraform.tfstate');
    const known: Json[] = JSON.parse(readFileSync(state, 'utf8')).resources;
    rmSync(state);
    const imports = known
      .filter(({ mode, type }) => mode === 'managed' && type.startsWith('digitalocean_'))
      .map(({ type, name, instances }) => ({
        to: `${type}.${name}`,
        id: idOf(type, instances[0].attributes),
      }));
    writeFileSync(join(target.folder, 'import.tf.json'), JSON.stringify({ import: imports }));

    const { changes } = await new Terraform(target).apply();
    const replaced = changes.filter(({ action }) => action === 'replace').map(({ address }) => address);
    expect(replaced.sort()).toEqual(
      ['app-1', 'database-1', 'load-balancer-1', 'load-balancer-2', 'web-1'].map(
        (name) => `digitalocean_droplet.${name}`,
      ),
    );
    expect(await account()).toEqual(before);
    expect((await deployment.get('/droplets')).droplets).toHaveLength(5);
    expect(await new Terraform(target).plan()).toEqual([]);
  },
  PATIENCE,
);
