import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, synth } from './synth';

const TIERS = ['web', 'app'];
const json = synth({ web: { count: 3 }, app: { count: 2 } });
const gates: Record<string, Json> = json.resource.terraform_data;
const records: Record<string, Json> = json.resource.digitalocean_record;
const namesOf = (tier: string) =>
  Object.keys(json.resource.digitalocean_droplet).filter((name) => name.startsWith(`${tier}-`));
const addressesOf = (tier: string, prefix: string) =>
  namesOf(tier).map((name) => `digitalocean_record.dns-${prefix}${name}`);

describe.each(TIERS)('new droplets of the %s tier', (tier) => {
  const fit = gates[`new-${tier}-fit`];
  const moved = gates[`new-${tier}-moved`];

  test('are all looked at by a name of their own before any of them is used', () => {
    expect(fit.depends_on.sort()).toEqual(addressesOf(tier, 'watched-'));
    for (const name of namesOf(tier)) {
      expect(records[`dns-${name}`].depends_on).toEqual([`terraform_data.new-${tier}-fit`]);
    }
  });

  test('are all used before the gate is passed that their predecessors wait for', () => {
    expect(moved.depends_on.sort()).toEqual(addressesOf(tier, ''));
  });

  test('are what both gates wait for, and pass again for each that is replaced', () => {
    for (const [until, gate] of [
      ['fit', fit],
      ['moved', moved],
    ] as const) {
      expect(gate.triggers_replace).toEqual({
        droplets: namesOf(tier).map((name) => `\${digitalocean_droplet.${name}.id}`),
      });
      const { environment, command, quiet } = gate.provisioner[0]['local-exec'];
      expect(environment).toEqual({
        ADDRESS: '${digitalocean_reserved_ip.reserved-ip.ip_address}',
        LOG_KEY: '${nonsensitive(random_password.log-key.result)}',
        TIER: tier,
        DROPLETS: namesOf(tier)
          .map((name) => `production-${name}=\${digitalocean_droplet.${name}.ipv4_address_private}`)
          .join(),
        UNTIL: until,
      });
      expect([command, quiet]).toEqual([expect.stringMatching(/^node assets\/gate\/\w+\/tier\.js$/), true]);
    }
  });

  test('have no destruction-time command and nothing that is replaced by another', () => {
    const { digitalocean_droplet: droplets } = json.resource;
    const commands = JSON.stringify(Object.values(gates).map(({ provisioner }) => provisioner));
    expect(commands).not.toContain('when');
    for (const name of namesOf(tier)) {
      const { postcondition, ...order } = droplets[name].lifecycle;
      expect(order).toEqual({ create_before_destroy: true });
    }
  });
});

describe('new load balancers', () => {
  test('take their names one after the other, once both could serve', () => {
    expect(gates['new-load-balancer-fit'].depends_on).toEqual(addressesOf('load-balancer', 'watched-'));
    const order = ['fit', '1-moved', '2-moved'];
    [1, 2].forEach((n, i) => {
      expect(records[`dns-load-balancer-${n}`].depends_on).toEqual([
        `terraform_data.new-load-balancer-${order[i]}`,
      ]);
      expect(gates[`new-load-balancer-${n}-moved`]).toMatchObject({
        depends_on: [`digitalocean_record.dns-load-balancer-${n}`],
        triggers_replace: { droplets: [`\${digitalocean_droplet.load-balancer-${n}.id}`] },
      });
    });
  });
});

test('the programs of the gates are one folder beside the JSON, whatever number of gates there is', () => {
  expect(readdirSync(join(__dirname, '../lib/gate')).sort()).toEqual([
    ...['droplets.js', 'load-balancer.js', 'log.js', 'page.js', 'release.js', 'tier.js', 'wait.js'],
  ]);
});
