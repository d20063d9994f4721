import { DROPLETS } from '../droplet/stored-droplet';
import { droplet, type Lab, start, TOKEN } from '../testing/client';
import { withForcedScopes } from './scopes';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAEMON = 'daemon-token';
let lab: Lab;
beforeEach(async () => {
  lab = await start({ tokens: [{ token: DAEMON, scopes: ['reserved_ip:update'], name: 'daemon' }] });
});
afterEach(() => lab.close());

describe('a token', () => {
  test.each([[''], ['wrong'], [`${TOKEN}x`]])('that is %j is refused with 401', async (token) => {
    const { status, body } = await lab.call('GET', '/v2/account', undefined, token);
    expect([status, body.message]).toEqual([401, 'Unable to authenticate you']);
    expect(body.request_id).toMatch(UUID);
  });

  test('can come by basic authentication, as its user', async () => {
    const authorization = `Basic ${Buffer.from(`${TOKEN}:`).toString('base64')}`;
    expect((await fetch(`${lab.url}/v2/account`, { headers: { authorization } })).status).toBe(200);
  });

  test('for moving a Reserved IP has the scopes that DigitalOcean forces, and no other', () => {
    expect([...withForcedScopes(['reserved_ip:update'])].sort()).toEqual([
      'actions:read',
      'droplet:read',
      'image:read',
      'regions:read',
      'reserved_ip:read',
      'reserved_ip:update',
      'sizes:read',
    ]);
  });

  test('moves a Reserved IP with that scope, and gets 403 for all else', async () => {
    const [id] = await lab.droplets('a');
    const { ip } = (await lab.call('POST', '/v2/reserved_ips', { region: 'fra1' })).body.reserved_ip;
    const as = (method: string, path: string, body?: unknown) => lab.call(method, path, body, DAEMON);
    const { status, body } = await as('POST', `/v2/reserved_ips/${ip}/actions`, {
      type: 'assign',
      droplet_id: id,
    });
    expect(status).toBe(201);
    expect((await as('GET', `/v2/actions/${body.action.id}`)).status).toBe(200);
    const seen = (await as('GET', `/v2/droplets/${id}`)).body.droplet;
    expect([seen.id, 'vpc_uuid' in seen]).toEqual([id, false]);
    expect('project_id' in (await as('GET', `/v2/reserved_ips/${ip}`)).body.reserved_ip).toBe(false);
    for (const [method, path] of [
      ['DELETE', `/v2/reserved_ips/${ip}`],
      ['POST', '/v2/reserved_ips'],
      ['POST', '/v2/droplets'],
      ['DELETE', `/v2/droplets/${id}`],
      ['POST', `/v2/droplets/${id}/actions`],
      ['GET', '/v2/droplets?tag_name=x'],
      ['GET', '/v2/domains'],
      ['GET', '/v2/account'],
    ] as const) {
      const refused = await as(method, path, method === 'POST' ? {} : undefined);
      expect([path, refused.status, refused.body.id]).toEqual([path, 403, 'forbidden']);
    }
  });

  test('without ssh_key:read creates droplets, but none with a key', async () => {
    const own = await start({ tokens: [{ token: DAEMON, scopes: ['droplet:create'] }] });
    try {
      const create = (more: object) => own.call('POST', '/v2/droplets', droplet(more), DAEMON);
      expect((await create({})).status).toBe(202);
      for (const more of [{ ssh_keys: [1] }, { tags: ['t'] }, { volumes: ['v'] }, { vpc_uuid: 'v' }])
        expect((await create(more)).status).toBe(403);
    } finally {
      await own.close();
    }
  });

  test.each([
    [
      'a project lists',
      ['project:read'],
      'droplet:read',
      'GET',
      '/v2/projects/default/resources',
      'resources',
    ],
    ['a VPC lists', ['vpc:read'], 'droplet:read', 'GET', '/v2/vpcs/VPC/members', 'members'],
  ])('%s only what its caller may see', async (_, scopes, scope, method, path, key) => {
    const tokens = [
      { token: 'without', scopes },
      { token: 'with', scopes: [...scopes, scope] },
    ];
    const own = await start({ tokens });
    try {
      const [id] = await own.droplets('a');
      const vpc = own.cloud.of(DROPLETS).get(id ?? 0)?.vpcId ?? '';
      const seen = async (token: string) =>
        (await own.call(method, path.replace('VPC', vpc), undefined, token)).body[key].length;
      expect([await seen('without'), await seen('with')]).toEqual([0, 1]);
    } finally {
      await own.close();
    }
  });

  test.each([
    ['project:assign_resource', 'droplet:read'],
    ['project:update', 'droplet:read'],
  ])('with %s moves things between projects that it may see by %s', async (move, see) => {
    const tokens = [
      { token: 'blind', scopes: [move] },
      { token: 'seeing', scopes: [move, see] },
    ];
    const own = await start({ tokens });
    try {
      const [id] = await own.droplets('a');
      const body = { resources: [`do:droplet:${id}`] };
      const ask = (token: string) => own.call('POST', '/v2/projects/default/resources', body, token);
      expect([(await ask('blind')).status, (await ask('seeing')).status]).toEqual([403, 200]);
    } finally {
      await own.close();
    }
  });

  test('tags a thing only if it may change that thing, and counts only what it may see', async () => {
    const tokens = [
      { token: 'tagger', scopes: ['tag:create'] },
      { token: 'both', scopes: ['tag:create', 'droplet:update'] },
    ];
    const own = await start({ tokens });
    try {
      const [id] = await own.droplets('a');
      await own.call('POST', '/v2/tags', { name: 't' });
      const body = { resources: [{ resource_id: String(id), resource_type: 'droplet' }] };
      const ask = (token: string) => own.call('POST', '/v2/tags/t/resources', body, token);
      expect([(await ask('tagger')).status, (await ask('both')).status]).toEqual([403, 204]);
      const count = async (token: string) =>
        (await own.call('GET', '/v2/tags/t', undefined, token)).body.tag.resources.count;
      expect([await count('tagger'), await count('both')]).toEqual([0, 1]);
    } finally {
      await own.close();
    }
  });

  test('stands a firewall only before droplets and tags that it may see', async () => {
    const tokens = [{ token: 'narrow', scopes: ['firewall:create'] }];
    const own = await start({ tokens });
    try {
      const [id] = await own.droplets('a');
      await own.call('POST', '/v2/tags', { name: 't' });
      const rule = { protocol: 'icmp', sources: { addresses: ['0.0.0.0/0'] } };
      const create = (more: object) =>
        own.call('POST', '/v2/firewalls', { name: 'fw', inbound_rules: [rule], ...more }, 'narrow');
      expect((await create({ droplet_ids: [id] })).status).toBe(403);
      expect((await create({ tags: ['t'] })).status).toBe(403);
      expect((await create({})).status).toBe(202);
    } finally {
      await own.close();
    }
  });
});
