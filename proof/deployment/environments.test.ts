import { join } from 'node:path';
import type { Json } from '../../__tests__/synth';
import { BuiltInApply } from '../../lab/apply/built-in-apply';
import type { Deployment } from '../../lab/apply/testing/deployment';
import { readStack } from '../../lab/stack/stack';
import { openAccount } from './account';
import { openGates } from './open-gates';

const EXAMPLE = 'node --disable-warning=DEP0044 --require ts-node/register examples/two-environments/main.ts';

/** Of the zone, which both share, the records alone: its file and its serial number are about both. */
const LISTINGS = ['droplets', 'firewalls', 'volumes', 'vpcs', 'tags', 'reserved_ips'];

describe('the two environments of examples/two-environments in one account', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await openAccount();
  });
  afterAll(() => deployment.end());

  const stack = async (name: string): Promise<Json> =>
    openGates(
      (await readStack({ stack: name, app: EXAMPLE }, join(deployment.folder, 'synthesized'))).terraform,
    );
  /** Each has a state of its own. */
  const deployer = async (name: string) =>
    new BuiltInApply({ ...deployment.target(await stack(name)), folder: join(deployment.folder, name) });

  /** All that there is, in so many words that a change of anything shows. */
  async function account(): Promise<Record<string, Json[]>> {
    const lists = LISTINGS.map(async (name) => [name, (await deployment.get(`/${name}?per_page=200`))[name]]);
    const { domain_records } = await deployment.get('/domains/foobar.com/records?per_page=200');
    const records = domain_records.filter(({ type }: Json) => type !== 'SOA');
    return { ...Object.fromEntries(await Promise.all(lists)), records };
  }

  test('are deployed one after the other, and one is destroyed without anything of the other being touched', async () => {
    await (await deployer('production')).apply();
    const alone = await account();
    expect(alone.droplets).toHaveLength(7);

    await (await deployer('staging')).apply();
    const both = await account();
    expect(both.droplets?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['production-web-2', 'staging-web-1', 'staging-database-1']),
    );
    for (const [listing, found] of Object.entries(alone))
      expect(both[listing]).toEqual(expect.arrayContaining(found));
    for (const name of ['production', 'staging']) expect(await (await deployer(name)).plan()).toEqual([]);

    await (await deployer('staging')).destroy();
    expect(await account()).toEqual(alone);
    expect(await (await deployer('production')).plan()).toEqual([]);
  });
});
