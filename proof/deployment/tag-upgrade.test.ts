import { synth } from '../../__tests__/synth';
import { DROPLETS } from '../../lab/api/droplet/stored-droplet';
import { FIREWALLS } from '../../lab/api/firewall/stored-firewall';
import type { Deployment, Json } from '../../lab/apply/testing/deployment';
import { openAccount } from './account';
import { openGates } from './open-gates';

let deployment: Deployment;
afterEach(() => deployment.end());

const droplets = async (): Promise<Json[]> => (await deployment.get('/droplets')).droplets;

describe('the tags of before, which said not whose they were,', () => {
  const now = openGates(synth({ tls: false }));
  const before: Json = structuredClone(now);
  for (const tag of Object.values<Json>(before.resource.digitalocean_tag))
    tag.name = tag.name.replace('scale-up:foobar_com:', '').replace(':', '-');

  /** Deploys with the old tags, then with the new ones, and gives the droplets that were without a firewall meanwhile. */
  async function upgrade(first: () => Promise<void>): Promise<string[]> {
    deployment = await openAccount();
    await deployment.apply(before);
    const { cloud } = deployment.api;
    const bare = new Set<string>();
    const stop = cloud.onChange(() => {
      const guarded = new Set(
        cloud
          .of(FIREWALLS)
          .values()
          .flatMap(({ tags }) => tags),
      );
      for (const { name, tags } of cloud.of(DROPLETS).values())
        if (!tags.some((tag) => guarded.has(tag))) bare.add(name);
    });
    await first();
    await deployment.apply(now);
    stop();
    expect(new Set((await droplets()).flatMap(({ tags }) => tags))).toEqual(
      new Set(Object.values<Json>(now.resource.digitalocean_tag).map(({ name }) => name)),
    );
    return [...bare];
  }

  test('leave every droplet without a firewall for a moment when only a deploy replaces them', async () => {
    expect(await upgrade(async () => undefined)).toHaveLength(5);
  });

  test('give way to the new ones without such a moment when the droplets carry these before', async () => {
    const addNewTags = async () => {
      for (const { id, tags } of await droplets())
        for (const tag of tags.filter((one: string) => one.includes('-'))) {
          const name = `scale-up:foobar_com:${tag.replace('-', ':')}`;
          await deployment.call('POST', '/tags', { name });
          const resources = [{ resource_id: String(id), resource_type: 'droplet' }];
          await deployment.call('POST', `/tags/${name}/resources`, { resources });
        }
    };
    expect(await upgrade(addNewTags)).toEqual([]);
  });
});
