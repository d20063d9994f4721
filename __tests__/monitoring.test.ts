import { EVERY_SETTING, type Json, synth } from './synth';

describe('monitoring', () => {
  const json = synth(EVERY_SETTING);
  const alerts = Object.values<Json>(json.resource.digitalocean_monitor_alert);
  const uptime = (name: string) => json.resource.digitalocean_uptime_alert[`monitoring-${name}`];

  test('watches CPU, memory and disk of the whole stack, by its tag', () => {
    const types = alerts
      .filter(({ tags }) => tags[0] === '${digitalocean_tag.network-stack-tag.id}')
      .map(({ type }) => type.split('/').at(-1));
    expect(types.sort()).toEqual(['cpu', 'disk_utilization_percent', 'memory_utilization_percent']);
  });

  test("watches the load by role, measured against its droplets' CPUs", () => {
    const load = alerts.filter(({ type }) => type.endsWith('load_5'));
    expect(
      Object.fromEntries(
        load.map(({ tags, value }) => [tags[0].replace(/.*network-(.*)-tag.*/, '$1'), value]),
      ),
    ).toEqual({
      'load-balancer': 4,
      web: 4,
      app: 4,
      database: 4,
    });
  });

  test('tells the addresses in the settings', () => {
    for (const { alerts: channels } of alerts) {
      expect(channels.email).toEqual(['ops@example.org']);
    }
  });

  test('asks for the public URL from outside, and tells when it is down or slow', () => {
    expect(json.resource.digitalocean_uptime_check['monitoring-site']).toMatchObject({
      type: 'https',
      target: 'https://shop.example.org/',
    });
    expect(uptime('site-down')).toMatchObject({ type: 'down' });
    expect(uptime('site-slow')).toMatchObject({
      type: 'latency',
      comparison: 'greater_than',
      threshold: 2000,
    });
  });

  test('tells two weeks before a certificate ends, when it should long have been renewed', () => {
    const alert = (settings: object) =>
      synth(settings).resource.digitalocean_uptime_alert['monitoring-certificate-ends'];
    expect(alert(EVERY_SETTING)).toMatchObject({
      type: 'ssl_expiry',
      comparison: 'less_than',
      threshold: 14,
    });
    expect(alert({ ...EVERY_SETTING, tls: false })).toBeUndefined();
  });

  test('asks for the redundancy path, since nobody else notices a dead standby', () => {
    expect(json.resource.digitalocean_uptime_check['monitoring-redundancy'].target).toBe(
      'https://shop.example.org/-/redundancy',
    );
    expect(uptime('redundancy-lost').check_id).toBe('${digitalocean_uptime_check.monitoring-redundancy.id}');
  });

  test('has no alert without an address, and an output that says so', () => {
    const silent = synth();
    expect(silent.resource).not.toHaveProperty('digitalocean_monitor_alert');
    expect(silent.resource).not.toHaveProperty('digitalocean_uptime_check');
    expect(silent.output.alerts.value).toMatch(/set alerts\.emails/);
    expect(json.output).not.toHaveProperty('alerts');
  });
});
