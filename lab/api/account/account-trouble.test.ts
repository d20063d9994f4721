import { droplet, type Lab, start } from '../testing/client';
import type { AccountOptions } from './account-options';

let lab: Lab;
const account = async (options: Partial<AccountOptions>) => {
  lab = await start({ account: options });
};
afterEach(() => lab.close());

const refusal = async (method: string, path: string, body: unknown) => {
  const answer = await lab.call(method, path, body);
  return [answer.status, answer.body?.message];
};

describe('an account that is asked for with', () => {
  test('a droplet limit says so, and refuses the droplet that would exceed it', async () => {
    await account({ dropletLimit: 3 });
    expect((await lab.call('GET', '/v2/account')).body.account.droplet_limit).toBe(3);
    await lab.droplets('a', 'b');
    expect(await refusal('POST', '/v2/droplets', droplet({ name: undefined, names: ['c', 'd'] }))).toEqual([
      422,
      'creating this/these droplet(s) will exceed your droplet limit',
    ]);
    await lab.droplets('c');
  });

  test('a droplet limit that comes later refuses the next droplet until it is taken away', async () => {
    await account({});
    await lab.droplets('a');
    lab.limitDroplets(5);
    const raise = lab.limitDroplets(1);
    expect((await lab.call('GET', '/v2/account')).body.account.droplet_limit).toBe(1);
    expect((await refusal('POST', '/v2/droplets', droplet({ name: 'b' })))[0]).toBe(422);
    raise();
    await lab.droplets('b');
    expect((await lab.call('GET', '/v2/account')).body.account.droplet_limit).toBe(5000);
  });

  test('a limit of Reserved IPs refuses one more', async () => {
    await account({ reservedIpLimit: 1 });
    expect((await lab.call('GET', '/v2/account')).body.account.floating_ip_limit).toBe(1);
    const create = () => refusal('POST', '/v2/reserved_ips', { region: 'fra1' });
    expect((await create())[0]).toBe(202);
    expect(await create()).toEqual([422, 'You have reached your Reserved IP limit.']);
  });

  test('verified addresses refuses alerts to others, of droplets and of checks', async () => {
    await account({ verifiedEmails: ['ops@foobar.com'] });
    expect((await lab.call('GET', '/v2/account')).body.account.email_verified).toBe(false);
    const policy = (...email: string[]) => ({
      ...{
        type: 'v1/insights/droplet/cpu',
        description: 'd',
        compare: 'GreaterThan',
        value: 1,
        window: '5m',
      },
      alerts: { email },
    });
    const made = await lab.call('POST', '/v2/monitoring/alerts', policy('ops@foobar.com'));
    expect(made.status).toBe(200);
    const refused = [400, "invalid value for field 'alerts.email[1]': invalid email 'bob@foobar.com'"];
    const both = policy('ops@foobar.com', 'bob@foobar.com');
    expect(await refusal('POST', '/v2/monitoring/alerts', both)).toEqual(refused);
    const one = `/v2/monitoring/alerts/${made.body.policy.uuid}`;
    expect(await refusal('PUT', one, both)).toEqual(refused);
    const check = await lab.call('POST', '/v2/uptime/checks', {
      ...{ name: 'c', type: 'https', target: 'https://foobar.com/', regions: ['us_east'] },
    });
    const alert = (email: string) => ({
      name: 'a',
      type: 'down',
      notifications: { email: [email] },
      period: '2m',
    });
    const alerts = `/v2/uptime/checks/${check.body.check.id}/alerts`;
    expect(await refusal('POST', alerts, alert('bob@foobar.com'))).toEqual([
      400,
      "invalid value for field 'notifications.email[0]': invalid email 'bob@foobar.com'",
    ]);
    expect((await refusal('POST', alerts, alert('ops@foobar.com')))[0]).toBe(201);
  });

  test('regions and sizes sold out lists them so, and makes no droplet of them', async () => {
    await account({ soldOut: ['fra1', 's-1vcpu-1gb'] });
    const { regions } = (await lab.call('GET', '/v2/regions?per_page=200')).body;
    const region = (slug: string) => regions.find((one: { slug: string }) => one.slug === slug);
    expect([region('fra1').available, region('nyc3').available]).toEqual([false, true]);
    expect(region('nyc3').sizes).not.toContain('s-1vcpu-1gb');
    const { sizes } = (await lab.call('GET', '/v2/sizes?per_page=200')).body;
    expect(sizes.find(({ slug }: { slug: string }) => slug === 's-1vcpu-1gb').available).toBe(false);
    const create = async (more: object) => (await refusal('POST', '/v2/droplets', droplet(more)))[0];
    expect(await create({ size: 's-1vcpu-2gb' })).toBe(422);
    expect(await create({ region: 'nyc3' })).toBe(422);
    expect(await create({ region: 'nyc3', size: 's-1vcpu-2gb' })).toBe(202);
  });

  test("nothing in it makes a region's first VPC its default, which goes only once another is", async () => {
    await account({ isNew: true });
    const create = async (name: string) =>
      (await lab.call('POST', '/v2/vpcs', { name, region: 'fra1' })).body.vpc;
    const [first, second] = [await create('first'), await create('second')];
    expect([first.default, second.default]).toEqual([true, false]);
    const path = `/v2/vpcs/${first.id}`;
    expect(await refusal('DELETE', path, undefined)).toEqual([403, 'Can not delete default VPCs']);
    await lab.call('PATCH', `/v2/vpcs/${second.id}`, { default: true });
    expect((await lab.call('DELETE', path)).status).toBe(204);
  });

  test('nothing special has a default VPC in each region', async () => {
    await account({});
    const { vpcs } = (await lab.call('GET', '/v2/vpcs?per_page=200')).body;
    const regions = (await lab.call('GET', '/v2/regions?per_page=200')).body.regions;
    expect(vpcs.map(({ region }: { region: string }) => region).sort()).toEqual(
      regions.map(({ slug }: { slug: string }) => slug).sort(),
    );
    expect(vpcs.every((vpc: { default: boolean }) => vpc.default)).toBe(true);
  });
});
