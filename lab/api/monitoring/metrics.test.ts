import { type Lab, start } from '../testing/client';
import { BALANCER_METRICS, DROPLET_METRICS } from './metric-names';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const WINDOW = 'start=1620683817&end=1620705417';
const empty = { status: 'success', data: { resultType: 'matrix', result: [] } };
const get = async (path: string) => (await lab.call('GET', `/v2/monitoring/metrics/${path}&${WINDOW}`)).body;

test('every metric of a droplet and of a load balancer is an empty series', async () => {
  const [id] = await lab.droplets('a');
  for (const name of Object.keys(DROPLET_METRICS))
    expect(await get(`droplet/${name}?host_id=${id}`)).toEqual(empty);
  const public_in = 'interface=public&direction=inbound';
  expect(await get(`droplet/bandwidth?host_id=${id}&${public_in}`)).toEqual(empty);
  expect((await get(`droplet/bandwidth?host_id=${id}&interface=x`)).id).toBe('unprocessable_entity');
  expect((await get('droplet/cpu?host_id=1')).id).toBe('not_found');
  const rule = { entry_protocol: 'tcp', entry_port: 80, target_protocol: 'tcp', target_port: 80 };
  const { load_balancer } = (
    await lab.call('POST', '/v2/load_balancers', { name: 'l', region: 'fra1', forwarding_rules: [rule] })
  ).body;
  for (const name of BALANCER_METRICS)
    expect(await get(`load_balancer/${name}?lb_id=${load_balancer.id}`)).toEqual(empty);
});

test('the health of the targets of a load balancer is what was said of them', async () => {
  const [a = 0, b = 0] = await lab.droplets('a', 'b');
  const rule = { entry_protocol: 'tcp', entry_port: 80, target_protocol: 'tcp', target_port: 80 };
  const { load_balancer } = (
    await lab.call('POST', '/v2/load_balancers', {
      ...{ name: 'l', region: 'fra1', forwarding_rules: [rule], droplet_ids: [a, b] },
    })
  ).body;
  const seen = async () =>
    (await get(`load_balancer/droplets_health_checks?lb_id=${load_balancer.id}`)).data.result.map(
      (series: { values: unknown[] }) => series.values,
    );
  expect(await seen()).toEqual([[[1620705417, '1']], [[1620705417, '1']]]);
  lab.health.set(b, false);
  expect(await seen()).toEqual([[[1620705417, '1']], [[1620705417, '0']]]);
  lab.health.set(b, true);
  expect(await seen()).toEqual([[[1620705417, '1']], [[1620705417, '1']]]);
});
