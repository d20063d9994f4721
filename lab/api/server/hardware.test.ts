import { droplet, type Lab, start } from '../testing/client';
import type { DropletSpec, Hardware } from './hardware';
import { recordsOnly } from './records-only';

const log: string[] = [];
let spec: DropletSpec | undefined;
let failing: keyof Hardware | undefined;
/** Writes down each call; the one that is failing is refused. */
const hardware = Object.fromEntries(
  Object.keys(recordsOnly).map((name) => [
    name,
    async (...given: unknown[]) => {
      if (name !== 'setFirewalls') log.push(name);
      if (name === 'createDroplet') spec = given[0] as DropletSpec;
      if (name === failing) throw new Error(`the machine refuses ${name}`);
    },
  ]),
) as unknown as Hardware;

let lab: Lab;
beforeEach(async () => {
  log.length = 0;
  failing = undefined;
  lab = await start({ hardware });
});
afterEach(() => lab.close());

test('a droplet reaches the hardware with all that it is made of', async () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me';
  const { body: made } = await lab.call('POST', '/v2/account/keys', { name: 'k', public_key: key });
  const { body: net } = await lab.call('POST', '/v2/vpcs', {
    name: 'v',
    region: 'fra1',
    ip_range: '10.20.0.0/20',
  });
  const more = {
    ssh_keys: [made.ssh_key.id],
    vpc_uuid: net.vpc.id,
    user_data: 'data',
    tags: ['t'],
    monitoring: true,
  };
  const { body } = await lab.call('POST', '/v2/droplets', droplet(more));
  await lab.until(`/v2/droplets/${body.droplet.id}`, ({ droplet }) => droplet.status === 'active');
  expect(spec).toEqual({
    id: body.droplet.id,
    name: 'web-1',
    image: 'debian-13-x64',
    vcpus: 1,
    memory: 1024,
    disk: 25,
    region: 'fra1',
    userData: 'data',
    sshKeys: [key],
    tags: ['t'],
    monitoring: true,
    public: { ip: '198.18.0.10', netmask: '255.255.0.0', gateway: '198.18.0.1', mac: '02:00:c6:12:00:0a' },
    anchor: { ip: '10.17.0.10', netmask: '255.255.0.0', gateway: '10.17.0.1' },
    private: {
      ip: '10.20.0.2',
      netmask: '255.255.240.0',
      mac: '02:00:0a:14:00:02',
      vpcId: net.vpc.id,
      vpcRange: '10.20.0.0/20',
    },
  });
});

test('hardware that fails ends the action as errored, says why, and leaves the droplet as it was', async () => {
  const said: string[] = [];
  lab.events.on((event) => event.kind === 'droplet' && event.error && said.push(event.error));
  failing = 'createDroplet';
  const { body } = await lab.call('POST', '/v2/droplets', droplet());
  const { action } = await lab.until(
    `/v2/actions/${body.links.actions[0].id}`,
    ({ action }) => action.status !== 'in-progress',
  );
  expect([action.status, said]).toEqual(['errored', ['the machine refuses createDroplet']]);
  expect((await lab.call('GET', `/v2/droplets/${body.droplet.id}`)).body.droplet).toMatchObject({
    status: 'new',
    locked: false,
  });
  failing = undefined;
  expect((await lab.call('DELETE', `/v2/droplets/${body.droplet.id}`)).status).toBe(204);
});

test('a Reserved IP that the network could not move stays where it was', async () => {
  const [a] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/reserved_ips', { region: 'fra1' });
  failing = 'assignReservedIp';
  const path = `/v2/reserved_ips/${body.reserved_ip.ip}`;
  expect((await lab.act(`${path}/actions`, { type: 'assign', droplet_id: a })).status).toBe('errored');
  expect((await lab.call('GET', path)).body.reserved_ip.droplet).toBeNull();
});

test('each action does its own thing to the hardware, in order', async () => {
  const [id] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/volumes', { name: 'v', region: 'fra1', size_gigabytes: 1 });
  const volume = `/v2/volumes/${body.volume.id}`;
  await lab.act(`${volume}/actions`, { type: 'attach', droplet_id: id });
  await lab.act(`${volume}/actions`, { type: 'resize', size_gigabytes: 2 });
  for (const type of ['reboot', 'power_cycle', 'shutdown', 'power_on', 'power_off'])
    await lab.act(`/v2/droplets/${id}/actions`, { type });
  await lab.act(`/v2/droplets/${id}/actions`, { type: 'resize', size: 's-1vcpu-2gb', disk: true });
  await lab.act(`/v2/droplets/${id}/actions`, { type: 'rename', name: 'b' });
  await lab.act(`/v2/droplets/${id}/actions`, { type: 'rebuild', image: 'debian-12-x64' });
  await lab.act(`${volume}/actions`, { type: 'detach', droplet_id: id });
  await lab.call('DELETE', volume);
  await lab.call('DELETE', `/v2/droplets/${id}`);
  await lab.until(`/v2/droplets/${id}`, (gone) => gone.id === 'not_found');
  expect(log).toEqual([
    'createDroplet',
    'createVolume',
    'attachVolume',
    'resizeVolume',
    'reboot',
    'powerOff',
    'powerOn',
    'shutdown',
    'powerOn',
    'powerOff',
    'resizeDroplet',
    'renameDroplet',
    'rebuildDroplet',
    'detachVolume',
    'destroyVolume',
    'destroyDroplet',
  ]);
});

test('the traffic of a Reserved IP moves at the end of the action, not at its beginning', async () => {
  await lab.close();
  lab = await start({ hardware, actionTime: (type) => (type === 'assign_ip' ? 300 : 0) });
  const [id] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/reserved_ips', { region: 'fra1' });
  const path = `/v2/reserved_ips/${body.reserved_ip.ip}/actions`;
  const { body: begun } = await lab.call('POST', path, { type: 'assign', droplet_id: id });
  let before = [...log];
  await lab.until(`${path}/${begun.action.id}`, ({ action }) => {
    if (action.status === 'completed') return true;
    expect(before).not.toContain('assignReservedIp');
    before = [...log];
    return false;
  });
  expect(log).toContain('assignReservedIp');
});
