import { type Lab, start } from './client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

test('the account, regions, sizes and images are there to read', async () => {
  expect((await lab.call('GET', '/v2/account')).body.account.status).toBe('active');
  expect((await lab.call('GET', '/v2/regions')).body.regions).toContainEqual(
    expect.objectContaining({ slug: 'fra1', available: true }),
  );
  const { body } = await lab.call('GET', '/v2/sizes?per_page=200');
  expect(body.sizes).toContainEqual(
    expect.objectContaining({ slug: 's-1vcpu-1gb', memory: 1024, price_monthly: 6 }),
  );
  const { body: images } = await lab.call('GET', '/v2/images?type=distribution');
  const debian = images.images.find(({ slug }: { slug: string }) => slug === 'debian-13-x64');
  expect((await lab.call('GET', '/v2/images/debian-13-x64')).body.image).toEqual(debian);
  expect((await lab.call('GET', `/v2/images/${debian.id}`)).body.image).toEqual(debian);
  expect((await lab.call('GET', '/v2/images?private=true')).body.images).toEqual([]);
  expect((await lab.call('GET', '/v2/images?type=application')).body.images).toEqual([]);
  expect((await lab.call('GET', '/v2/images/plan9')).status).toBe(404);
});

test('an SSH key is found by id and by fingerprint, renamed and deleted', async () => {
  const public_key =
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@here';
  const { status, body } = await lab.call('POST', '/v2/account/keys', { name: 'mine', public_key });
  expect([status, body.ssh_key.fingerprint]).toEqual([
    201,
    '65:96:2d:fc:e8:d5:a9:11:64:0c:0f:ea:00:6e:5b:bd',
  ]);
  for (const key of [body.ssh_key.id, body.ssh_key.fingerprint])
    expect((await lab.call('GET', `/v2/account/keys/${key}`)).body).toEqual(body);
  expect((await lab.call('POST', '/v2/account/keys', { name: 'again', public_key })).status).toBe(422);
  for (const bad of [
    '',
    'ssh-rsa AAAA',
    `pgp ${'A'.repeat(70)}`,
    `ssh-rsa ${'ä'.repeat(70)}`,
    'A'.repeat(80),
  ])
    expect((await lab.call('POST', '/v2/account/keys', { name: 'bad', public_key: bad })).status).toBe(422);
  const renamed = await lab.call('PUT', `/v2/account/keys/${body.ssh_key.fingerprint}`, { name: 'yours' });
  expect(renamed.body.ssh_key.name).toBe('yours');
  expect((await lab.call('GET', '/v2/account/keys')).body.meta.total).toBe(1);
  expect((await lab.call('DELETE', `/v2/account/keys/${body.ssh_key.id}`)).status).toBe(204);
});

test('a tag counts what has it, keeps its first spelling, and leaves everything when deleted', async () => {
  expect((await lab.call('POST', '/v2/tags', { name: 'Web' })).status).toBe(201);
  expect((await lab.call('POST', '/v2/tags', { name: 'web' })).body.tag.name).toBe('Web');
  expect((await lab.call('POST', '/v2/tags', { name: 'a b' })).status).toBe(422);
  const [id] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/volumes', {
    name: 'v',
    region: 'fra1',
    size_gigabytes: 1,
    tags: ['WEB'],
  });
  const droplet = { resource_id: String(id), resource_type: 'droplet' };
  expect((await lab.call('POST', '/v2/tags/web/resources', { resources: [droplet] })).status).toBe(204);
  const { tag } = (await lab.call('GET', '/v2/tags/web')).body;
  expect(tag.resources).toMatchObject({
    count: 2,
    droplets: { count: 1 },
    volumes: { count: 1 },
    images: { count: 0 },
  });
  expect(tag.resources.last_tagged_uri).toBe(`${lab.url}/v2/droplets/${id}`);
  expect((await lab.call('DELETE', '/v2/tags/web')).status).toBe(204);
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.tags).toEqual([]);
  expect((await lab.call('GET', `/v2/volumes/${body.volume.id}`)).body.volume.tags).toEqual([]);
  expect((await lab.call('GET', '/v2/tags')).body.tags).toEqual([]);
});

test('tagging several things, one of which does not exist, tags none', async () => {
  await lab.call('POST', '/v2/tags', { name: 't' });
  const [id] = await lab.droplets('a');
  const resources = [
    { resource_id: String(id), resource_type: 'droplet' },
    { resource_id: '1', resource_type: 'droplet' },
  ];
  expect((await lab.call('POST', '/v2/tags/t/resources', { resources })).status).toBe(404);
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.tags).toEqual([]);
});

test("new things are in the default project, and move; a project with things can't be deleted", async () => {
  const [id] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/projects', {
    name: 'app',
    purpose: 'Fun',
    environment: 'production',
  });
  expect(body.project).toMatchObject({ purpose: 'Other: Fun', environment: 'Production', is_default: false });
  const path = `/v2/projects/${body.project.id}`;
  const urn = `do:droplet:${id}`;
  expect((await lab.call('GET', '/v2/projects/default/resources')).body.resources).toMatchObject([
    { urn, status: 'ok' },
  ]);
  const moved = await lab.call('POST', `${path}/resources`, { resources: [urn, 'do:droplet:1'] });
  expect(moved.body.resources.map(({ status }: { status: string }) => status)).toEqual([
    'assigned',
    'not_found',
  ]);
  const refused = await lab.call('DELETE', path);
  expect([refused.status, refused.body.id]).toEqual([412, 'precondition_failed']);
  await lab.call('POST', '/v2/projects/default/resources', { resources: [urn] });
  expect((await lab.call('DELETE', path)).status).toBe(204);
  expect((await lab.call('POST', '/v2/projects/default/resources', { resources: ['fish'] })).status).toBe(
    422,
  );
});

test('another project can be made the default one; then the former can go', async () => {
  const { body: first } = await lab.call('GET', '/v2/projects/default');
  expect((await lab.call('DELETE', `/v2/projects/${first.project.id}`)).status).toBe(412);
  const { body } = await lab.call('POST', '/v2/projects', { name: 'app', purpose: 'IoT' });
  const path = `/v2/projects/${body.project.id}`;
  expect((await lab.call('PATCH', path, { is_default: true })).body.project.is_default).toBe(true);
  expect((await lab.call('PUT', '/v2/projects/default', { description: 'd' })).body.project).toMatchObject({
    name: 'app',
    description: 'd',
  });
  expect((await lab.call('PATCH', path, { name: first.project.name })).status).toBe(409);
  for (const wrong of [{ environment: 'moon' }, {}, null, [], 'x'])
    expect((await lab.call('PUT', path, wrong === 'x' ? '"x"' : wrong)).status).toBe(422);
  expect('environment' in (await lab.call('GET', path)).body.project).toBe(false);
  expect((await lab.call('PUT', path, { environment: 'staging' })).body.project.environment).toBe('Staging');
  expect((await lab.call('PATCH', '/v2/projects/default', { purpose: 'IoT' })).body.project.purpose).toBe(
    'IoT',
  );
  expect((await lab.call('DELETE', `/v2/projects/${first.project.id}`)).status).toBe(204);
  expect((await lab.call('GET', '/v2/projects')).body.meta.total).toBe(1);
});

test('a Reserved IP in a project has the URN it was assigned by, or the strict one', async () => {
  for (const strictProjects of [false, true]) {
    const own = await start({ strictProjects });
    try {
      const [id] = await own.droplets('a');
      const { body } = await own.call('POST', '/v2/reserved_ips', { region: 'fra1' });
      const { ip } = body.reserved_ip;
      const urns = [`do:reservedip:${ip}`];
      const path = '/v2/projects/default/resources';
      const last = async () => (await own.call('GET', path)).body.resources.at(-1).urn;
      expect(await last()).toBe(`do:floatingip:${ip}`);
      await own.call('POST', path, { resources: urns });
      expect(await last()).toBe(strictProjects ? `do:floatingip:${ip}` : urns[0]);
      await own.act(`/v2/reserved_ips/${ip}/actions`, { type: 'assign', droplet_id: id });
      expect((await own.call('POST', path, { resources: urns })).status).toBe(strictProjects ? 412 : 200);
    } finally {
      await own.close();
    }
  }
});

test('an alert policy is created, replaced and deleted', async () => {
  const policy = {
    type: 'v1/insights/droplet/cpu',
    description: 'cpu',
    compare: 'GreaterThan',
    value: 90.5,
    window: '5m',
    alerts: { email: ['a@example.test'] },
    tags: ['web'],
  };
  const { status, body } = await lab.call('POST', '/v2/monitoring/alerts', policy);
  expect([status, body.policy.alerts.slack, body.policy.enabled]).toEqual([200, [], true]);
  const path = `/v2/monitoring/alerts/${body.policy.uuid}`;
  expect((await lab.call('PUT', path, { ...policy, value: 80, enabled: false })).body.policy).toMatchObject({
    value: 80,
    enabled: false,
  });
  for (const wrong of [
    { type: 'v1/x' },
    { window: '6m' },
    { compare: 'Equal' },
    { value: '90' },
    { alerts: undefined },
    { type: 'constructor' },
  ])
    expect((await lab.call('POST', '/v2/monitoring/alerts', { ...policy, ...wrong })).status).toBe(422);
  expect((await lab.call('GET', '/v2/monitoring/alerts')).body.policies).toHaveLength(1);
  expect((await lab.call('DELETE', path)).status).toBe(204);
  expect((await lab.call('GET', path)).status).toBe(404);
});

test('an uptime check has a state and alerts, and takes them along when deleted', async () => {
  const check = { name: 'site', type: 'https', target: 'https://example.test/', regions: ['eu_west'] };
  const { status, body } = await lab.call('POST', '/v2/uptime/checks', { ...check, method: 'GET' });
  expect([status, body.check]).toEqual([201, { id: body.check.id, ...check, enabled: true }]);
  const path = `/v2/uptime/checks/${body.check.id}`;
  expect((await lab.call('GET', '/v2/uptime/checks')).body.checks).toEqual([body.check]);
  expect((await lab.call('GET', `${path}/state`)).body.state.regions.eu_west.status).toBe('CHECKING');
  expect((await lab.call('PUT', path, { name: 'new' })).body.check).toEqual({ ...body.check, name: 'new' });
  const alert = {
    name: 'down',
    type: 'down',
    period: '2m',
    notifications: { email: ['a@example.test'], slack: null },
    comparison: '',
  };
  const { body: made } = await lab.call('POST', `${path}/alerts`, alert);
  expect(made.alert).toEqual({
    id: made.alert.id,
    name: 'down',
    type: 'down',
    period: '2m',
    notifications: { email: ['a@example.test'], slack: [] },
  });
  const limit = {
    name: 'slow',
    type: 'latency',
    threshold: 300,
    comparison: 'greater_than',
    notifications: {},
    period: '3m',
  };
  const one = `${path}/alerts/${made.alert.id}`;
  expect((await lab.call('PUT', one, limit)).body.alert).toMatchObject({ type: 'latency', threshold: 300 });
  expect((await lab.call('PUT', one, { ...limit, threshold: undefined })).status).toBe(422);
  expect((await lab.call('GET', `${path}/alerts`)).body.alerts).toHaveLength(1);
  expect((await lab.call('GET', one)).status).toBe(200);
  expect((await lab.call('POST', '/v2/uptime/checks', { ...check, target: 'nonsense' })).status).toBe(422);
  expect((await lab.call('POST', '/v2/uptime/checks', { ...check, regions: ['moon'] })).status).toBe(422);
  expect((await lab.call('DELETE', path)).status).toBe(204);
  expect(lab.cloud.uptimeAlerts.size).toBe(0);
});
