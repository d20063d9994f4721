import { EVERY_SETTING, type Json, synth, written } from './synth';

const WORLD = ['0.0.0.0/0', '::/0'];

const tag = (role: string) => `\${digitalocean_tag.network-${role}-tag.id}`;
const ends = (rule: Json): string[] => [
  ...(rule.source_tags ?? rule.destination_tags ?? []),
  ...(rule.source_addresses ?? rule.destination_addresses ?? []),
];
const lines = (rules: Json[] = []) =>
  rules.map((rule) => `${rule.protocol} ${rule.port_range} ${ends(rule).join(' ')}`).sort();

describe('the firewalls', () => {
  const json = synth();
  const firewall = (role: string, stack = json) => stack.resource.digitalocean_firewall[`firewall-${role}`];
  const everywhere = ['tcp 443', 'tcp 53', 'tcp 80', 'udp 123', 'udp 53'].map(
    (rule) => `${rule} ${WORLD.join(' ')}`,
  );

  test('are one per role, attached by tag so that they exist before the droplets', () => {
    for (const role of ['load-balancer', 'web', 'app', 'database']) {
      expect(firewall(role).tags).toEqual([tag(role)]);
      expect(firewall(role)).not.toHaveProperty('droplet_ids');
    }
  });

  test('are there before their droplets, and until these are gone', () => {
    for (const [name, { depends_on }] of Object.entries<Json>(json.resource.digitalocean_droplet)) {
      expect(depends_on).toContain(`digitalocean_firewall.firewall-${name.replace(/-\d+$/, '')}`);
    }
  });

  test('let in exactly the declared flows', () => {
    const page = `tcp 8406 ${tag('load-balancer')}`;
    expect(lines(firewall('load-balancer').inbound_rule)).toEqual([
      `tcp 443 ${WORLD.join(' ')}`,
      `tcp 80 ${WORLD.join(' ')}`,
      `tcp 8404-8405 ${tag('load-balancer')}`,
      page,
    ]);
    expect(lines(firewall('web').inbound_rule)).toEqual([`tcp 80 ${tag('load-balancer')}`, page]);
    expect(lines(firewall('app').inbound_rule)).toEqual(
      [`tcp 8080 ${tag('load-balancer')}`, `tcp 8080 ${tag('web')}`, page].sort(),
    );
    expect(lines(firewall('database').inbound_rule)).toEqual([`tcp 3306 ${tag('app')}`, page]);
  });

  test('let out exactly the declared flows, names, time and packages', () => {
    expect(lines(firewall('load-balancer').outbound_rule)).toEqual(
      [
        ...everywhere,
        `tcp 8404-8405 ${tag('load-balancer')}`,
        `tcp 80 ${tag('web')}`,
        `tcp 8080 ${tag('app')}`,
        ...['app', 'database', 'load-balancer', 'web'].map((role) => `tcp 8406 ${tag(role)}`),
      ].sort(),
    );
    expect(lines(firewall('web').outbound_rule)).toEqual([...everywhere, `tcp 8080 ${tag('app')}`].sort());
    expect(lines(firewall('app').outbound_rule)).toEqual(
      [...everywhere, `tcp 3306 ${tag('database')}`].sort(),
    );
    expect(lines(firewall('database').outbound_rule)).toEqual(everywhere);
  });

  test('open SSH to the networks in the settings, and to nobody without', () => {
    expect(JSON.stringify(json.resource.digitalocean_firewall)).not.toContain('"22"');
    const open = synth(EVERY_SETTING);
    for (const role of ['load-balancer', 'web', 'app', 'database']) {
      expect(lines(firewall(role, open).inbound_rule)).toContain('tcp 22 203.0.113.7/32');
    }
  });

  test('are told in the JSON what each of their rules is for', () => {
    const { '//': comment, resource } = written(EVERY_SETTING);
    const inbound = Object.entries<Json>(resource.digitalocean_firewall).flatMap(([name, { inbound_rule }]) =>
      inbound_rule.map((rule: Json) => `${name.slice(9)} ${rule.protocol} ${rule.port_range}`),
    );
    const told = comment.flows.filter(({ to }: Json) => typeof to === 'string');
    expect(told.map(({ to, protocol, ports }: Json) => `${to} ${protocol} ${ports}`).sort()).toEqual(
      inbound.sort(),
    );
    for (const { purpose } of comment.flows) expect(purpose).toMatch(/^\w.{3,}/);
  });

  test('stay below the 50 rules that DigitalOcean allows each', () => {
    for (const role of ['load-balancer', 'web', 'app', 'database']) {
      const { inbound_rule, outbound_rule } = firewall(role, synth(EVERY_SETTING));
      expect(inbound_rule.length + outbound_rule.length).toBeLessThanOrEqual(50);
    }
  });
});
