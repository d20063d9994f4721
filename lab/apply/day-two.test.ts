import { Deployment, type Json } from './testing/deployment';
import { smallStack } from './testing/small-stack';

let deployment: Deployment;
afterEach(() => deployment.end());

const droplets = async (): Promise<Json[]> => (await deployment.get('/droplets')).droplets;
const droplet = async (name: string) => (await droplets()).find((one) => one.name === name);
const action = async (name: string, type: string) =>
  deployment.call('POST', `/droplets/${(await droplet(name)).id}/actions`, { type });

describe('a droplet that was shut down before', () => {
  const sized = (size: string) => {
    const stack = smallStack();
    Object.assign(stack.resource.digitalocean_droplet.database, { size, resize_disk: false });
    return stack;
  };

  test('is resized without a cut of its power, and can go back since its disk stays', async () => {
    deployment = await Deployment.start();
    await deployment.apply(sized('s-1vcpu-1gb'));
    for (const size of ['s-2vcpu-4gb', 's-1vcpu-1gb']) {
      await action('small-database-1', 'shutdown');
      deployment.changes();
      await deployment.apply(sized(size));
      expect(deployment.changes()).toEqual(['POST /droplets/*/actions', 'POST /droplets/*/actions']);
      expect(await droplet('small-database-1')).toMatchObject({
        size_slug: size,
        status: 'active',
        disk: 25,
      });
    }
  });

  test('is replaced like any other, as one that hangs must be', async () => {
    deployment = await Deployment.start();
    await deployment.apply(smallStack());
    const { id } = await droplet('small-database-1');
    await action('small-database-1', 'power_off');
    const stack = smallStack();
    stack.resource.digitalocean_droplet.database.user_data = '#cloud-config\n# new\n';
    await deployment.apply(stack);
    expect((await droplet('small-database-1')).id).not.toBe(id);
    expect(await droplets()).toHaveLength(2);
  });
});

test("a VPC that is its region's default is destroyed once another one is the default", async () => {
  deployment = await Deployment.start(0, { isNew: true });
  await deployment.apply(smallStack());
  await expect(deployment.destroy(smallStack())).rejects.toThrow(
    "the VPC small is the default of nyc3, which can't be deleted: make another VPC the default first",
  );
  await deployment.call('POST', '/vpcs', { name: 'default-nyc3', region: 'nyc3' });
  const { vpcs } = await deployment.get('/vpcs');
  const other = vpcs.find(({ name }: Json) => name === 'default-nyc3');
  await deployment.call('PATCH', `/vpcs/${other.id}`, { default: true });
  await deployment.destroy(smallStack());
  expect((await deployment.get('/vpcs')).vpcs.map(({ name }: Json) => name)).toEqual(['default-nyc3']);
});
