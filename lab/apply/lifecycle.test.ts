import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuiltInApply } from './built-in-apply';
import { Deployment, type Json } from './testing/deployment';
import { smallStack } from './testing/small-stack';

let deployment: Deployment;

beforeEach(async () => {
  deployment = await Deployment.start();
});

afterEach(() => deployment.end());

/** The small stack after a change to it. */
function changed(change: (resource: Json, stack: Json) => void): Json {
  const stack = smallStack();
  change(stack.resource, stack);
  return stack;
}

const droplets = async () => (await deployment.get('/droplets')).droplets;
const dropletNamed = async (name: string) => (await droplets()).find((one: Json) => one.name === name);
const records = async () =>
  Object.fromEntries(
    (await deployment.get('/domains/example.org/records')).domain_records.map((one: Json) => [
      one.name,
      one.data,
    ]),
  );

test('the first apply makes everything, and after it there is nothing to do', async () => {
  const outputs = await deployment.apply(smallStack());
  const web = await dropletNamed('small-web-1');
  const publicIp = web.networks.v4.find((one: Json) => one.type === 'public').ip_address;
  const privateIp = web.networks.v4.find((one: Json) => one.type === 'private').ip_address;

  expect(outputs).toEqual({
    address: (await deployment.get('/reserved_ips')).reserved_ips[0].ip,
    web: { 'small-web-1': [publicIp] },
  });
  expect(await records()).toMatchObject({ web: privateIp, www: outputs.address });
  expect((await dropletNamed('small-database-1')).volume_ids).toHaveLength(1);
  expect(await deployment.plan(smallStack())).toEqual([]);
});

test('an apply that finds nothing to do changes nothing', async () => {
  await deployment.apply(smallStack());
  deployment.changes();
  const outputs = await deployment.apply(smallStack());
  expect(deployment.changes()).toEqual([]);
  expect(outputs.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
});

test('a droplet is renamed, resized and tagged in place', async () => {
  await deployment.apply(smallStack());
  const { id } = await dropletNamed('small-web-1');
  const stack = changed(({ digitalocean_droplet: { 'web-1': web } }) => {
    Object.assign(web, { name: 'small-web-9', size: 's-2vcpu-2gb' });
    web.tags.push('small-extra');
  });

  expect(await deployment.plan(stack)).toEqual(['update digitalocean_droplet.web-1 (name, size, tags)']);
  await deployment.apply(stack);

  expect(await dropletNamed('small-web-9')).toMatchObject({
    id,
    status: 'active',
    size_slug: 's-2vcpu-2gb',
    tags: ['small-web', 'small-extra'],
  });
  expect(await deployment.plan(stack)).toEqual([]);
});

test('a droplet made before its predecessor is destroyed has the others moved over in between', async () => {
  await deployment.apply(smallStack());
  const before = await dropletNamed('small-web-1');
  const stack = changed((_, stack) => {
    stack.locals.common += 'runcmd: [date]\n';
  });
  expect(await deployment.plan(stack)).toEqual([
    'replace digitalocean_droplet.web-1 (user_data)',
    'update digitalocean_record.web-1 (value)',
  ]);
  deployment.changes();

  await deployment.apply(stack);

  expect(deployment.changes()).toEqual([
    'POST /droplets',
    'PUT /domains/example.org/records/*',
    'DELETE /droplets/*',
  ]);
  const after = await dropletNamed('small-web-1');
  expect(after.id).not.toBe(before.id);
  expect((await records()).web).toBe(
    after.networks.v4.find((one: Json) => one.type === 'private').ip_address,
  );
  expect(await deployment.plan(stack)).toEqual([]);
});

test('a droplet with a volume is destroyed before its successor is made, and the volume stays', async () => {
  await deployment.apply(smallStack());
  const [volume] = (await deployment.get('/volumes')).volumes;
  const stack = changed(({ digitalocean_droplet: { database } }) => {
    database.user_data = '#cloud-config\nruncmd: [date]\n';
  });
  deployment.changes();

  await deployment.apply(stack);

  const [shutDown, detach, destroy, create] = deployment.changes();
  expect([shutDown, detach]).toEqual(['POST /droplets/*/actions', 'POST /volumes/*/actions']);
  expect([destroy, create]).toEqual(['DELETE /droplets/*', 'POST /droplets']);
  const { id, volume_ids } = await dropletNamed('small-database-1');
  expect(volume_ids).toEqual([volume.id]);
  expect((await deployment.get('/volumes')).volumes).toMatchObject([{ id: volume.id, droplet_ids: [id] }]);
});

test('what is to be replaced is replaced though nothing about it changed, and its name follows', async () => {
  await deployment.apply(smallStack());
  const { id } = await dropletNamed('small-web-1');
  const replace = ['digitalocean_droplet.web-1'];
  const again = new BuiltInApply({ ...deployment.target(smallStack()), replace });

  expect((await again.apply()).changes).toMatchObject([
    { action: 'replace', address: 'digitalocean_droplet.web-1' },
    { action: 'update', address: 'digitalocean_record.web-1', because: ['value'] },
  ]);
  expect((await dropletNamed('small-web-1')).id).not.toBe(id);
  expect(await deployment.plan(smallStack())).toEqual([]);
});

test('a resource that is to be replaced and does not exist is refused by name', async () => {
  const target = { ...deployment.target(smallStack()), replace: ['digitalocean_droplet.wbe-1'] };
  await expect(new BuiltInApply(target).apply()).rejects.toThrow(
    'digitalocean_droplet.wbe-1 is to be replaced, and there is no such resource',
  );
  expect(await droplets()).toEqual([]);
});

test('where one resource is named, it alone is changed, with what it rests on', async () => {
  await deployment.apply(smallStack());
  const changed = smallStack();
  const sized = changed.resource.digitalocean_droplet;
  for (const name of ['web-1', 'database']) sized[name].size = 's-2vcpu-4gb';
  changed.resource.digitalocean_volume.data.size = 20;
  await deployment.applyTo(changed, 'digitalocean_droplet.database');

  expect((await dropletNamed('small-database-1')).size_slug).toBe('s-2vcpu-4gb');
  expect((await deployment.get('/volumes')).volumes).toMatchObject([{ size_gigabytes: 20 }]);
  expect(await deployment.plan(changed)).toEqual(['update digitalocean_droplet.web-1 (size)']);
  await expect(deployment.applyTo(changed, 'digitalocean_droplet.wbe-1')).rejects.toThrow(
    'digitalocean_droplet.wbe-1 is to be changed, and there is no such resource',
  );
});

test('a droplet that was deleted behind our back is made again, and its name follows', async () => {
  await deployment.apply(smallStack());
  await deployment.call('DELETE', `/droplets/${(await dropletNamed('small-web-1')).id}`);

  expect(await deployment.plan(smallStack())).toEqual([
    'create digitalocean_droplet.web-1',
    'update digitalocean_record.web-1 (value)',
  ]);
  await deployment.apply(smallStack());
  expect(await droplets()).toHaveLength(2);
  expect(await deployment.plan(smallStack())).toEqual([]);
});

test('a change made behind our back is undone', async () => {
  await deployment.apply(smallStack());
  const [{ id }] = (await deployment.get('/firewalls')).firewalls;
  await deployment.call('PUT', `/firewalls/${id}`, {
    name: 'small-web',
    tags: ['small-web'],
    inbound_rules: [{ protocol: 'tcp', ports: '22', sources: { addresses: ['0.0.0.0/0'] } }],
  });
  expect(await deployment.plan(smallStack())).toEqual([
    'update digitalocean_firewall.web (inbound_rule, outbound_rule)',
  ]);
  await deployment.apply(smallStack());
  expect(await deployment.plan(smallStack())).toEqual([]);
});

test('what is no longer configured is destroyed, dependents first, and nothing else is touched', async () => {
  await deployment.apply(smallStack());
  const stack = changed((resource, { output }) => {
    delete resource.digitalocean_droplet['web-1'];
    delete resource.digitalocean_record['web-1'];
    delete output.web;
  });
  deployment.changes();
  await deployment.apply(stack);
  expect(deployment.changes()).toEqual(['DELETE /domains/example.org/records/*', 'DELETE /droplets/*']);
});

test('a volume and its tags are changed in place', async () => {
  await deployment.apply(smallStack());
  const stack = changed(({ digitalocean_volume: { data } }) => {
    Object.assign(data, { size: 20, tags: ['small-database'] });
  });
  expect(await deployment.plan(stack)).toEqual(['update digitalocean_volume.data (size, tags)']);
  await deployment.apply(stack);
  expect((await deployment.get('/volumes')).volumes).toMatchObject([
    { size_gigabytes: 20, tags: ['small-database'] },
  ]);
});

test('each other kind of resource is changed in place where it can be', async () => {
  await deployment.apply(smallStack());
  const stack = changed((resource) => {
    resource.digitalocean_vpc.main.description = 'The small network';
    resource.digitalocean_record.www.ttl = 60;
    resource.digitalocean_monitor_alert.cpu.alerts = {
      email: ['ops@example.org'],
      slack: [{ channel: '#ops', url: 'https://hooks.slack.com/services/T/B/X' }],
    };
    resource.digitalocean_uptime_check.site.regions = ['se_asia'];
    resource.digitalocean_uptime_alert.down.period = '5m';
  });
  const plan = await deployment.plan(stack);
  expect(plan.sort()).toEqual([
    'update digitalocean_monitor_alert.cpu (alerts)',
    'update digitalocean_record.www (ttl)',
    'update digitalocean_uptime_alert.down (period)',
    'update digitalocean_uptime_check.site (regions)',
    'update digitalocean_vpc.main (description)',
  ]);
  await deployment.apply(stack);
  expect(await deployment.plan(stack)).toEqual([]);
});

test('a protected resource is destroyed by no plan, and nothing else is done either', async () => {
  const stack = (size: number, region: string) =>
    changed(({ digitalocean_volume: { data }, digitalocean_tag: tag }) => {
      Object.assign(data, { size, region, lifecycle: { prevent_destroy: true } });
      tag[`size-${size}`] = { name: `size-${size}` };
    });
  await deployment.apply(stack(10, 'nyc3'));
  deployment.changes();

  const sentence = 'digitalocean_volume.data is protected from being destroyed (prevent_destroy)';
  await expect(deployment.apply(stack(20, 'fra1'))).rejects.toThrow(`${sentence}, since region changed`);
  await expect(deployment.destroy(stack(10, 'nyc3'))).rejects.toThrow(sentence);
  expect(deployment.changes()).toEqual([]);
});

test('attributes that are told to be ignored are left as they are', async () => {
  const stack = (size: string) =>
    changed(({ digitalocean_droplet: { 'web-1': web } }) => {
      web.size = size;
      web.lifecycle = { ignore_changes: ['size'] };
    });
  await deployment.apply(stack('s-1vcpu-1gb'));
  expect(await deployment.plan(stack('s-2vcpu-2gb'))).toEqual([]);
});

test('a resource is replaced with another that changes, and not when that one is new', async () => {
  const stack = (revision?: number) =>
    changed((resource) => {
      if (revision === undefined) return;
      resource.terraform_data = { ...resource.terraform_data, revision: { triggers_replace: { revision } } };
      resource.digitalocean_droplet['web-1'].lifecycle = {
        replace_triggered_by: ['terraform_data.revision'],
      };
    });
  await deployment.apply(stack());
  expect(await deployment.plan(stack(1))).toEqual(['create terraform_data.revision']);
  await deployment.apply(stack(1));
  expect(await deployment.plan(stack(1))).toEqual([]);
  expect(await deployment.plan(stack(2))).toEqual(
    expect.arrayContaining([
      'replace terraform_data.revision (triggers_replace)',
      'replace digitalocean_droplet.web-1',
    ]),
  );
});

test('destroying takes everything away and leaves what was there before', async () => {
  await deployment.call('POST', '/tags', { name: 'somebody-elses' });
  const count = async () => {
    const paths = ['droplets', 'volumes', 'reserved_ips', 'firewalls', 'domains', 'vpcs', 'uptime/checks'];
    const lists = await Promise.all(
      [...paths, 'monitoring/alerts', 'tags'].map((path) => deployment.get(`/${path}`)),
    );
    return lists.map((list) => list.meta.total);
  };
  await deployment.apply(smallStack());
  await deployment.destroy(smallStack());

  expect((await deployment.get('/tags')).tags.map(({ name }: Json) => name)).toEqual(['somebody-elses']);
  expect((await count()).slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(deployment.state().resources).toEqual({});
});

test('an apply that failed in part goes on where it was', async () => {
  deployment.api.fault({ call: 'POST /v2/droplets', kind: '422', message: 'No room.', times: 1 });
  await expect(deployment.apply(smallStack())).rejects.toThrow(
    /^digitalocean_droplet\.(web-1|database): POST \/droplets: 422 No room\.$/,
  );
  expect(await droplets()).toHaveLength(1);
  expect((await deployment.get('/firewalls')).firewalls).toHaveLength(1);

  await deployment.apply(smallStack());
  expect(await droplets()).toHaveLength(2);
  expect(await deployment.plan(smallStack())).toEqual([]);
});

test('a droplet that was begun and never finished is replaced', async () => {
  await deployment.apply(smallStack());
  const { id } = await dropletNamed('small-web-1');
  const state = deployment.state();
  state.resources['digitalocean_droplet.web-1'].current.tainted = true;
  writeFileSync(join(deployment.folder, 'state', 'state.json'), JSON.stringify(state));

  await deployment.apply(smallStack());
  expect(await droplets()).toHaveLength(2);
  expect((await dropletNamed('small-web-1')).id).not.toBe(id);
});

test('a predecessor that could not be destroyed is destroyed by the next apply', async () => {
  await deployment.apply(smallStack());
  const stack = changed((_, stack) => {
    stack.locals.common += 'runcmd: [date]\n';
  });
  deployment.api.fault({ call: 'DELETE /v2/droplets/*', kind: '422', message: 'Busy.', times: 1 });
  await expect(deployment.apply(stack)).rejects.toThrow('digitalocean_droplet.web-1: DELETE');
  expect(await droplets()).toHaveLength(3);

  await deployment.apply(stack);
  expect(await droplets()).toHaveLength(2);
});

test('a call that the API refuses for the moment is made again', async () => {
  deployment.api.fault({ call: 'POST /v2/droplets', kind: '429', retryAfter: 0, times: 2 });
  await deployment.apply(smallStack());
  expect(await droplets()).toHaveLength(2);
});

test('only its owner can read the state, which holds passwords', async () => {
  await deployment.apply(smallStack());
  expect(statSync(join(deployment.folder, 'state')).mode & 0o777).toBe(0o700);
  expect(statSync(join(deployment.folder, 'state', 'state.json')).mode & 0o777).toBe(0o600);
});

test('a state file of something else is left alone', async () => {
  mkdirSync(join(deployment.folder, 'state'));
  writeFileSync(join(deployment.folder, 'state', 'state.json'), '{"version": 4, "serial": 1}');
  await expect(deployment.apply(smallStack())).rejects.toThrow('is not a state file of this program');
});

test('conditions are checked before and after, with the resource as self', async () => {
  const withCondition = (kind: string, condition: string) =>
    changed(({ digitalocean_droplet: { 'web-1': web } }) => {
      web.lifecycle = {
        [kind]: [{ condition, error_message: 'Droplet ${digitalocean_tag.web.name} is odd.' }],
      };
    });
  const address = '${self.ipv4_address != "" && self.region == "nyc3"}';
  await deployment.apply(withCondition('postcondition', address));

  const message = 'digitalocean_droplet.web-1: Droplet small-web is odd.';
  await expect(deployment.plan(withCondition('postcondition', '${self.memory > 1024}'))).rejects.toThrow(
    message,
  );
  const never = '${digitalocean_vpc.main.region == "fra1"}';
  await expect(deployment.plan(withCondition('precondition', never))).rejects.toThrow(message);
});

test('an API that is not there is one sentence', async () => {
  await deployment.apply(smallStack());
  const target = deployment.target(smallStack());
  await deployment.api.close();
  await expect(deployment.plan(smallStack())).rejects.toThrow(
    new RegExp(`^the API at ${target.api.url} can't be reached: .*ECONNREFUSED[^\n]*$`),
  );
});

/** The small stack with its Reserved IP and its volume given to a droplet by resources of their own. */
const assigned = (droplet: string) =>
  changed((resource) => {
    resource.digitalocean_droplet.database.volume_ids = undefined;
    resource.digitalocean_reserved_ip_assignment = {
      main: {
        ip_address: '${digitalocean_reserved_ip.main.ip_address}',
        droplet_id: `\${digitalocean_droplet.${droplet}.id}`,
      },
    };
    resource.digitalocean_volume_attachment = {
      data: {
        volume_id: '${digitalocean_volume.data.id}',
        droplet_id: `\${digitalocean_droplet.${droplet}.id}`,
      },
    };
  });
const holder = async () => (await deployment.get('/reserved_ips')).reserved_ips[0].droplet?.name;

test('a Reserved IP and a volume are given to a droplet, moved to another one, and back after somebody else moved them', async () => {
  await deployment.apply(assigned('database'));
  expect(await holder()).toBe('small-database-1');
  expect((await dropletNamed('small-database-1')).volume_ids).toHaveLength(1);
  expect(await deployment.plan(assigned('database'))).toEqual([]);

  await deployment.apply(assigned('web-1'));
  expect(await holder()).toBe('small-web-1');
  expect((await dropletNamed('small-web-1')).volume_ids).toHaveLength(1);
  expect((await dropletNamed('small-database-1')).volume_ids).toHaveLength(0);

  const { ip } = (await deployment.get('/reserved_ips')).reserved_ips[0];
  const { id } = await dropletNamed('small-database-1');
  await deployment.call('POST', `/reserved_ips/${ip}/actions`, { type: 'assign', droplet_id: id });
  expect(await deployment.plan(assigned('web-1'))).toEqual([
    'create digitalocean_reserved_ip_assignment.main',
  ]);
  await deployment.apply(assigned('web-1'));
  expect(await holder()).toBe('small-web-1');
});

test('what gave a Reserved IP and a volume to a droplet is taken away with them', async () => {
  await deployment.apply(assigned('web-1'));
  await deployment.apply(
    changed((resource) => (resource.digitalocean_droplet.database.volume_ids = undefined)),
  );
  expect(await holder()).toBeUndefined();
  expect((await dropletNamed('small-web-1')).volume_ids).toHaveLength(0);
});
