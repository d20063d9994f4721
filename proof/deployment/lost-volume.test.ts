import { synth } from '../../__tests__/synth';
import type { Deployment } from '../../lab/apply/testing/deployment';
import { openAccount } from './account';
import { openGates } from './open-gates';

const stack = openGates(synth({ deletionProtection: false }));
const NOT_THE_ONE = 'The volume production-database is not the one that this deployment has its data on';
const KNOWN = 'terraform_data.database-known-volume';

let deployment: Deployment;
beforeEach(async () => {
  deployment = await openAccount();
  await deployment.apply(stack);
});
afterEach(() => deployment.end());

const volumes = async () => (await deployment.get('/volumes')).volumes;

async function lose(): Promise<string> {
  const [{ id, droplet_ids, region }] = await volumes();
  const detach = { type: 'detach', droplet_id: droplet_ids[0], region: region.slug };
  await deployment.call('POST', `/volumes/${id}/actions`, detach);
  await deployment.call('DELETE', `/volumes/${id}`);
  return id;
}

test('a volume that is lost is not replaced by an empty one that MySQL would begin on, however often one deploys', async () => {
  const lost = await lose();
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(deployment.apply(stack)).rejects.toThrow(NOT_THE_ONE);
    for (const { id, droplet_ids } of await volumes()) {
      expect(id).not.toBe(lost);
      expect(droplet_ids).toEqual([]);
    }
  }
});

test('an empty one is begun on by who says so, and a later deployment changes nothing', async () => {
  await lose();
  await expect(deployment.apply(stack)).rejects.toThrow(NOT_THE_ONE);
  await deployment.replace(stack, KNOWN);
  expect((await volumes()).map(({ droplet_ids }: { droplet_ids: number[] }) => droplet_ids.length)).toEqual([
    1,
  ]);
  expect(await deployment.plan(stack)).toEqual([]);
});
