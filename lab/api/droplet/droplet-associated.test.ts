import { PROJECT_RESOURCES } from '../project/stored-project';
import { RESERVED_IPS } from '../reserved-ip/stored-reserved-ip';
import { recordsOnly } from '../server/records-only';
import { SNAPSHOTS } from '../snapshot/stored-snapshot';
import { type Lab, start } from '../testing/client';
import { VOLUMES } from '../volume/stored-volume';
import { DROPLETS } from './stored-droplet';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

/** A droplet with a volume, snapshots of both, and a Reserved IP; its path. */
async function furnished(): Promise<string> {
  const [id] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/volumes', { name: 'v', region: 'fra1', size_gigabytes: 100 });
  await lab.act(`/v2/volumes/${body.volume.id}/actions`, { type: 'attach', droplet_id: id });
  await lab.call('POST', `/v2/volumes/${body.volume.id}/snapshots`, { name: 'vs' });
  await lab.act(`/v2/droplets/${id}/actions`, { type: 'snapshot', name: 's' });
  const { body: reserved } = await lab.call('POST', '/v2/reserved_ips', { region: 'fra1' });
  await lab.act(`/v2/reserved_ips/${reserved.reserved_ip.ip}/actions`, { type: 'assign', droplet_id: id });
  return `/v2/droplets/${id}/destroy_with_associated_resources`;
}
const left = () =>
  [lab.cloud.of(DROPLETS), lab.cloud.of(VOLUMES), lab.cloud.of(SNAPSHOTS), lab.cloud.of(RESERVED_IPS)].map(
    (all) => all.size,
  );

test('all that belongs to a droplet is listed, with what it would cost', async () => {
  const path = await furnished();
  const { status, body } = await lab.call('GET', path);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    reserved_ips: [{ name: '198.19.0.10' }],
    floating_ips: [{ name: '198.19.0.10' }],
    snapshots: [{ name: 's' }],
    volumes: [{ name: 'v', cost: '10.00' }],
    volume_snapshots: [{ name: 'vs', cost: '0.00' }],
  });
  expect((await lab.call('GET', '/v2/droplets/1/destroy_with_associated_resources')).status).toBe(404);
});

test('only what is named is destroyed with the droplet', async () => {
  const path = await furnished();
  const { body } = await lab.call('GET', path);
  const volumes = [body.volumes[0].id];
  expect((await lab.call('DELETE', `${path}/selective`, { volumes: ['other'] })).status).toBe(422);
  expect((await lab.call('DELETE', `${path}/selective`, { snapshots: volumes })).status).toBe(422);
  expect((await lab.call('GET', `${path}/status`)).status).toBe(404);
  const answer = await lab.call('DELETE', `${path}/selective`, { volumes });
  expect([answer.status, answer.body]).toEqual([202, undefined]);
  const done = await lab.until(`${path}/status`, ({ completed_at }) => completed_at !== undefined);
  expect(done).toMatchObject({ failures: 0, droplet: { name: 'a' }, resources: { snapshots: [] } });
  expect(done.resources.volumes).toEqual([{ id: volumes[0], name: 'v', destroyed_at: done.completed_at }]);
  expect(left()).toEqual([0, 0, 2, 1]);
});

test('everything is destroyed with the droplet, when the danger is acknowledged', async () => {
  const path = await furnished();
  expect((await lab.call('DELETE', `${path}/dangerous`)).status).toBe(400);
  expect(left()).toEqual([1, 1, 2, 1]);
  const headers = { authorization: 'Bearer admin-token', 'x-dangerous': 'true' };
  expect((await fetch(`${lab.url}${path}/dangerous`, { method: 'DELETE', headers })).status).toBe(202);
  await lab.until(`${path}/status`, ({ completed_at }) => completed_at !== undefined);
  expect(left()).toEqual([0, 0, 0, 0]);
  expect((await lab.call('POST', `${path}/retry`)).status).toBe(202);
  expect(lab.cloud.of(PROJECT_RESOURCES).size).toBe(0);
});

test('what failed is told, and can be tried again, but not while it is under way', async () => {
  let isBroken = true;
  const own = await start({
    hardware: {
      ...recordsOnly,
      destroyDroplet: async () => {
        if (isBroken) throw new Error('it does not let go');
      },
    },
  });
  try {
    const [id] = await own.droplets('a');
    const path = `/v2/droplets/${id}/destroy_with_associated_resources`;
    expect((await own.call('POST', `${path}/retry`)).status).toBe(404);
    await own.call('DELETE', `${path}/selective`, {});
    const failed = await own.until(`${path}/status`, ({ failures }) => failures > 0);
    expect(failed.droplet.error_message).toBe('It could not be destroyed.');
    isBroken = false;
    own.fault({ call: 'POST /v2/droplets/**', kind: 'never-completes', times: 1 });
    expect((await own.call('POST', `${path}/retry`)).status).toBe(202);
    const refused = await own.call('POST', `${path}/retry`);
    expect([refused.status, refused.body.id]).toEqual([409, 'conflict']);
  } finally {
    await own.close();
  }
});
