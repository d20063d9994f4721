import { recordsOnly } from '../server/records-only';
import { droplet, type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const web = { entry_protocol: 'http', entry_port: 80, target_protocol: 'http', target_port: 80 };
const base = { name: 'lb', region: 'fra1', forwarding_rules: [web] };
const create = async (more: object = {}) => {
  const { status, body } = await lab.call('POST', '/v2/load_balancers', { ...base, ...more });
  expect([status, body.message]).toEqual([202, undefined]);
  return body.load_balancer;
};
const read = async (id: string) => (await lab.call('GET', `/v2/load_balancers/${id}`)).body.load_balancer;
const refusal = async (more: object) => {
  const { status, body } = await lab.call('POST', '/v2/load_balancers', { ...base, ...more });
  return status === 422 ? body.message : status;
};

test('a load balancer is new, becomes active with an address, and has the defaults that the document names', async () => {
  const { id, status, ip } = await create();
  expect([status, ip]).toEqual(['new', '']);
  const { load_balancer: active } = await lab.until(
    `/v2/load_balancers/${id}`,
    ({ load_balancer }) => load_balancer.status === 'active',
  );
  expect(active).toMatchObject({
    ...{
      ip: expect.stringMatching(/^203\.0\.113\./),
      size: 'lb-small',
      size_unit: 1,
      algorithm: 'round_robin',
    },
    forwarding_rules: [{ ...web, certificate_id: '', tls_passthrough: false }],
    health_check: { protocol: 'http', port: 80, path: '/', check_interval_seconds: 10 },
    sticky_sessions: { type: 'none' },
    ...{ droplet_ids: [], tag: '', http_idle_timeout_seconds: 60, network: 'EXTERNAL', type: 'REGIONAL' },
    ...{ network_stack: 'IPV4', tls_cipher_policy: 'DEFAULT', firewall: { allow: [], deny: [] } },
  });
  expect((await lab.call('GET', '/v2/actions')).body.actions).toEqual([]);
  expect((await lab.call('GET', '/v2/load_balancers')).body.meta.total).toBe(1);
  expect((await lab.call('DELETE', `/v2/load_balancers/${id}`)).status).toBe(204);
  expect((await lab.call('GET', `/v2/load_balancers/${id}`)).status).toBe(404);
});

test('its targets are the droplets named, or those with its tag in its region, as they come and go', async () => {
  const [a, b] = await lab.droplets('a', 'b');
  const named = await create({ droplet_ids: [a] });
  const path = `/v2/load_balancers/${named.id}/droplets`;
  expect((await lab.call('POST', path, { droplet_ids: [b] })).status).toBe(204);
  expect((await read(named.id)).droplet_ids).toEqual([a, b]);
  expect((await lab.call('DELETE', path, { droplet_ids: [a] })).status).toBe(204);
  expect((await read(named.id)).droplet_ids).toEqual([b]);
  const tagged = await create({ tag: 'web' });
  expect(tagged.droplet_ids).toEqual([]);
  const { body } = await lab.call('POST', '/v2/droplets', droplet({ tags: ['web'] }));
  await lab.call('POST', '/v2/droplets', droplet({ tags: ['web'], region: 'nyc3' }));
  expect((await read(tagged.id)).droplet_ids).toEqual([body.droplet.id]);
  const more = await lab.call('POST', `/v2/load_balancers/${tagged.id}/droplets`, { droplet_ids: [a] });
  expect(more.status).toBe(422);
  await lab.call('DELETE', `/v2/droplets/${b}`);
  await lab.until(`/v2/droplets/${b}`, ({ id }) => id === 'not_found');
  expect((await read(named.id)).droplet_ids).toEqual([]);
});

test('rules are added and taken, the last one stays', async () => {
  const { id } = await create();
  const path = `/v2/load_balancers/${id}/forwarding_rules`;
  const other = { ...web, entry_port: 81 };
  expect((await lab.call('POST', path, { forwarding_rules: [other] })).status).toBe(204);
  expect((await lab.call('POST', path, { forwarding_rules: [other] })).status).toBe(422);
  expect((await read(id)).forwarding_rules).toHaveLength(2);
  expect((await lab.call('DELETE', path, { forwarding_rules: [web] })).status).toBe(204);
  expect((await read(id)).forwarding_rules).toMatchObject([other]);
  expect((await lab.call('DELETE', path, { forwarding_rules: [other] })).status).toBe(422);
});

test('a change resets what it does not name, and leaves its place', async () => {
  const before = await create({
    redirect_http_to_https: true,
    size: 'lb-medium',
    network_stack: 'DUALSTACK',
  });
  const path = `/v2/load_balancers/${before.id}`;
  const { body } = await lab.call('PUT', path, { ...base, name: 'lb2', size_unit: 4 });
  expect(body.load_balancer).toMatchObject({
    ...{ id: before.id, name: 'lb2', size_unit: 4, redirect_http_to_https: false },
    ...{ network_stack: 'DUALSTACK', ipv6: before.ipv6, vpc_uuid: before.vpc_uuid },
  });
  expect('size' in body.load_balancer).toBe(false);
  expect((await lab.call('PUT', path, { ...base, region: 'nyc3' })).status).toBe(422);
});

test.each([
  [{ forwarding_rules: [] }, 'forwarding_rules must have at least one rule.'],
  [{ region: 'mars1' }, 'region mars1 is invalid'],
  [{ region: undefined }, 'region is required'],
  [{ size: 'lb-huge' }, 'size: Invalid option: expected one of "lb-small"|"lb-medium"|"lb-large"|""'],
  [{ size: 'lb-small', size_unit: 2 }, 'size and size_unit are mutually exclusive.'],
  [{ droplet_ids: [7] }, 'Droplet 7 does not exist.'],
  [{ forwarding_rules: [web, web] }, 'Two forwarding rules have the entry port 80/tcp.'],
  [
    { forwarding_rules: [{ ...web, entry_protocol: 'https' }] },
    'A rule for https needs a certificate_id or tls_passthrough.',
  ],
  [
    { forwarding_rules: [{ ...web, entry_protocol: 'https', certificate_id: 'x' }] },
    'Certificate x does not exist.',
  ],
  [{ forwarding_rules: [{ ...web, entry_protocol: 'udp' }] }, 'A rule can not forward udp as http.'],
  [{ vpc_uuid: 'x' }, 'VPC x does not exist.'],
  [{ type: 'GLOBAL', region: undefined }, 'A GLOBAL load balancer needs glb_settings.'],
  [
    { sticky_sessions: { type: 'cookies' } },
    'Sticky sessions by cookies need a cookie_name and cookie_ttl_seconds.',
  ],
])('%j is refused', async (more, message) => {
  expect(await refusal(more)).toBe(message);
});

test('only a global one has a cache to purge', async () => {
  const glb = await create({
    ...{ type: 'GLOBAL', region: undefined, forwarding_rules: undefined },
    glb_settings: { target_protocol: 'http', target_port: 80, cdn: { is_enabled: true } },
  });
  expect('region' in glb || 'vpc_uuid' in glb || 'network' in glb).toBe(false);
  expect((await lab.call('DELETE', `/v2/load_balancers/${glb.id}/cache`)).status).toBe(204);
  const { id } = await create();
  expect((await lab.call('DELETE', `/v2/load_balancers/${id}/cache`)).status).toBe(422);
});

test('it is a member of its VPC and a thing of its project, and firewall rules may name it', async () => {
  const vpc = (await lab.call('POST', '/v2/vpcs', { name: 'net', region: 'fra1' })).body.vpc.id;
  const { project } = (await lab.call('POST', '/v2/projects', { name: 'p', purpose: 'IoT' })).body;
  const { id, project_id } = await create({ vpc_uuid: vpc, project_id: project.id });
  expect(project_id).toBe(project.id);
  const urn = `do:loadbalancer:${id}`;
  const members = await lab.call('GET', `/v2/vpcs/${vpc}/members`);
  expect(members.body.members).toMatchObject([{ name: 'lb', urn }]);
  expect((await lab.call('DELETE', `/v2/vpcs/${vpc}`)).status).toBe(403);
  const resources = await lab.call('GET', `/v2/projects/${project.id}/resources`);
  expect(resources.body.resources).toMatchObject([
    { urn, links: { self: `${lab.url}/v2/load_balancers/${id}` } },
  ]);
  const moved = await lab.call('POST', '/v2/projects/default/resources', { resources: [urn] });
  expect(moved.body.resources).toMatchObject([{ urn, status: 'assigned' }]);
  const rule = { protocol: 'tcp', ports: '80', sources: { load_balancer_uids: [id] } };
  const firewall = await lab.call('POST', '/v2/firewalls', { name: 'fw', inbound_rules: [rule] });
  expect(firewall.body.firewall.inbound_rules).toEqual([rule]);
  const unknown = { ...rule, sources: { load_balancer_uids: ['x'] } };
  expect((await lab.call('POST', '/v2/firewalls', { name: 'f2', inbound_rules: [unknown] })).status).toBe(
    422,
  );
});

test('where droplets really run it is refused by its name', async () => {
  const booted = await start({ hardware: { ...recordsOnly } });
  try {
    const { status, body } = await booted.call('POST', '/v2/load_balancers', base);
    expect([status, body.message]).toEqual([
      501,
      'A load balancer, where Droplets really run, is not emulated by the lab.',
    ]);
  } finally {
    await booted.close();
  }
});
