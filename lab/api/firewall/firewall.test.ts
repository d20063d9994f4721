import type { FirewallSpec } from '../server/hardware';
import { recordsOnly } from '../server/records-only';
import { droplet, type Lab, start } from '../testing/client';
import { FIREWALLS } from './stored-firewall';

let lab: Lab;
let told: readonly FirewallSpec[] = [];
beforeEach(async () => {
  const setFirewalls = async (all: readonly FirewallSpec[]) => {
    told = all;
  };
  lab = await start({ hardware: { ...recordsOnly, setFirewalls } });
});
afterEach(() => lab.close());

const rules = {
  inbound_rules: [{ protocol: 'tcp', ports: '80', sources: { addresses: ['0.0.0.0/0', '::/0'] } }],
  outbound_rules: [{ protocol: 'icmp', destinations: { addresses: ['0.0.0.0/0'] } }],
};
const firewall = (more: object = {}) => lab.call('POST', '/v2/firewalls', { name: 'fw', ...rules, ...more });

describe('a firewall', () => {
  test('follows its tag: droplets that gain it are behind it, those that lose it are not', async () => {
    await lab.call('POST', '/v2/tags', { name: 'web' });
    const { status, body } = await firewall({ tags: ['web'] });
    expect([status, body.firewall.status, body.firewall.droplet_ids]).toEqual([202, 'succeeded', []]);
    const [id] = await lab.droplets('a');
    const resource = { resources: [{ resource_id: String(id), resource_type: 'droplet' }] };
    await lab.call('POST', '/v2/tags/web/resources', resource);
    await lab.until(`/v2/droplets/${id}/firewalls`, ({ firewalls }) => firewalls[0]?.status === 'succeeded');
    expect(told.map(({ dropletId }) => dropletId)).toEqual([id]);
    await lab.call('DELETE', '/v2/tags/web/resources', resource);
    expect((await lab.call('GET', `/v2/droplets/${id}/firewalls`)).body.firewalls).toEqual([]);
    expect(told).toEqual([]);
  });

  test('waits, and says for which droplets, until the hardware has it', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = await start({
      hardware: { ...recordsOnly, setFirewalls: (all) => (all.length > 0 ? gate : Promise.resolve()) },
    });
    try {
      const [id] = await slow.droplets('a');
      const { body } = await slow.call('POST', '/v2/firewalls', { name: 'fw', ...rules, droplet_ids: [id] });
      expect(body.firewall).toMatchObject({
        status: 'waiting',
        pending_changes: [{ droplet_id: id, removing: false, status: 'waiting' }],
      });
      release();
      const { firewall } = await slow.until(
        `/v2/firewalls/${body.firewall.id}`,
        ({ firewall }) => firewall.status === 'succeeded',
      );
      expect(firewall.pending_changes).toEqual([]);
    } finally {
      release();
      await slow.close();
    }
  });

  test('reaches the hardware with tags and droplets as addresses, public and private', async () => {
    const [id] = await lab.droplets('a');
    const { body } = await lab.call('POST', '/v2/droplets', droplet({ name: 'b', tags: ['peer'] }));
    const { droplet: peer } = await lab.until(
      `/v2/droplets/${body.droplet.id}`,
      ({ droplet }) => !droplet.locked,
    );
    await firewall({
      droplet_ids: [id],
      inbound_rules: [
        { protocol: 'udp', ports: 'all', sources: { tags: ['peer'], addresses: ['192.0.2.1'] } },
      ],
    });
    await lab.until(`/v2/droplets/${id}/firewalls`, ({ firewalls }) => firewalls[0].status === 'succeeded');
    const own = peer.networks.v4.map(({ ip_address }: { ip_address: string }) => `${ip_address}/32`);
    expect(told).toHaveLength(1);
    expect(told[0]?.inbound).toEqual([
      { protocol: 'udp', ports: 'all', addresses: expect.arrayContaining(['192.0.2.1', ...own]) },
    ]);
    expect(told[0]?.outbound).toEqual([{ protocol: 'icmp', ports: '', addresses: ['0.0.0.0/0'] }]);
  });

  test('gains and loses droplets, tags and rules, and is replaced whole by PUT', async () => {
    await lab.call('POST', '/v2/tags', { name: 't' });
    const [id] = await lab.droplets('a');
    const { body } = await firewall();
    const path = `/v2/firewalls/${body.firewall.id}`;
    const more = { inbound_rules: [{ protocol: 'tcp', ports: '8000-9000', sources: { tags: ['t'] } }] };
    for (const method of ['POST', 'DELETE']) {
      expect((await lab.call(method, `${path}/droplets`, { droplet_ids: [id] })).status).toBe(204);
      expect((await lab.call(method, `${path}/tags`, { tags: ['t'] })).status).toBe(204);
      expect((await lab.call(method, `${path}/rules`, more)).status).toBe(204);
      const { firewall: now } = (await lab.call('GET', path)).body;
      const count = method === 'POST' ? 1 : 0;
      expect([now.droplet_ids.length, now.tags.length, now.inbound_rules.length]).toEqual([
        count,
        count,
        count + 1,
      ]);
    }
    const put = await lab.call('PUT', path, { name: 'new', outbound_rules: rules.outbound_rules });
    expect(put.body.firewall).toMatchObject({
      name: 'new',
      inbound_rules: [],
      outbound_rules: [{ ports: '0' }],
    });
    expect((await lab.call('DELETE', path)).status).toBe(204);
    expect((await lab.call('GET', '/v2/firewalls')).body.firewalls).toEqual([]);
  });

  test('keeps the ports of icmp, which mean nothing', async () => {
    const icmp = (ports?: string) => ({
      protocol: 'icmp',
      ports,
      destinations: { addresses: ['0.0.0.0/0'] },
    });
    const outbound_rules = [icmp(), icmp('1-65535'), icmp('all')];
    const { body } = await firewall({ outbound_rules });
    expect(body.firewall.outbound_rules.map(({ ports }: { ports: string }) => ports)).toEqual([
      ...['0', '1-65535', '0'],
    ]);
  });

  const source = { addresses: ['0.0.0.0/0'] };
  test.each([
    ['no rule', { inbound_rules: [], outbound_rules: [] }, 422],
    ['VRRP', { inbound_rules: [{ protocol: 'vrrp', sources: source }] }, 422],
    ['no port', { inbound_rules: [{ protocol: 'tcp', sources: source }] }, 422],
    ['port 99999', { inbound_rules: [{ protocol: 'tcp', ports: '99999', sources: source }] }, 422],
    ['ports upside down', { inbound_rules: [{ protocol: 'tcp', ports: '9-8', sources: source }] }, 422],
    ['no source', { inbound_rules: [{ protocol: 'tcp', ports: '80', sources: {} }] }, 422],
    [
      'a source that is no address',
      { inbound_rules: [{ protocol: 'tcp', ports: '80', sources: { addresses: ['x'] } }] },
      422,
    ],
    ['a tag that does not exist', { tags: ['nowhere'] }, 422],
    ['a droplet that does not exist', { droplet_ids: [1] }, 422],
    [
      'a load balancer that does not exist',
      { inbound_rules: [{ protocol: 'tcp', ports: '80', sources: { load_balancer_uids: ['x'] } }] },
      422,
    ],
    [
      'a Kubernetes cluster',
      { inbound_rules: [{ protocol: 'tcp', ports: '80', sources: { kubernetes_ids: ['x'] } }] },
      501,
    ],
    ['51 rules', { inbound_rules: Array(51).fill({ protocol: 'tcp', ports: '80', sources: source }) }, 422],
    ['a name that is taken', { name: 'taken' }, 409],
  ])('with %s is refused', async (_, wrong, status) => {
    await firewall({ name: 'taken' });
    expect((await firewall(wrong)).status).toBe(status);
    expect(lab.cloud.of(FIREWALLS).size).toBe(1);
  });

  test('a rule is taken away by what it says, also when what it names is gone', async () => {
    await lab.call('POST', '/v2/tags', { name: 'gone' });
    const rule = { protocol: 'tcp', ports: '80', sources: { tags: ['gone'] } };
    const icmp = { protocol: 'icmp', sources: { addresses: ['0.0.0.0/0'] } };
    const { body } = await lab.call('POST', '/v2/firewalls', { name: 'fw', inbound_rules: [rule, icmp] });
    const path = `/v2/firewalls/${body.firewall.id}/rules`;
    await lab.call('DELETE', '/v2/tags/gone');
    expect((await lab.call('POST', path, { inbound_rules: [rule] })).status).toBe(422);
    expect((await lab.call('DELETE', path, {})).status).toBe(422);
    expect((await lab.call('DELETE', path, { inbound_rules: [rule] })).status).toBe(204);
    expect((await lab.call('GET', `/v2/firewalls/${body.firewall.id}`)).body.firewall.inbound_rules).toEqual([
      { protocol: 'icmp', ports: '0', sources: icmp.sources },
    ]);
  });
});
