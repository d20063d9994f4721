import { type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

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
  const vpc = (await lab.call('GET', '/v2/vpcs')).body.vpcs[0].urn;
  for (const wrong of ['fish', vpc])
    expect((await lab.call('POST', '/v2/projects/default/resources', { resources: [wrong] })).status).toBe(
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
