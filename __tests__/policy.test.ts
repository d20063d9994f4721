import { DataCloudinitConfig } from '@cdktf/provider-cloudinit/lib/data-cloudinit-config';
import { Droplet } from '@cdktf/provider-digitalocean/lib/droplet';
import { Firewall } from '@cdktf/provider-digitalocean/lib/firewall';
import { Testing } from 'cdktf';
import { pack } from '../lib/packed-content';
import { ScaleUpStack } from '../lib/stack';
import { UserError } from '../lib/user-error';
import { withApp } from './synth';

const WEB_TAG = '${digitalocean_tag.network-web-tag.id}';
const GOOD = {
  name: 'extra',
  image: 'debian-13-x64',
  size: 's-1vcpu-1gb',
  monitoring: true,
  vpcUuid: '${digitalocean_vpc.network-vpc.id}',
  tags: [WEB_TAG],
};

/** What the policy says of the default stack after somebody added to it. */
function verdict(add: (stack: ScaleUpStack) => void): readonly string[] {
  return withApp((app) => {
    const stack = new ScaleUpStack(app, 'scale-up', { domain: 'www.foobar.com' });
    add(stack);
    try {
      Testing.synth(stack);
    } catch (error) {
      if (error instanceof UserError) {
        return error.mistakes;
      }
      throw error;
    }
    return [];
  });
}

const extraDroplet = (changes: object) =>
  verdict((stack) => new Droplet(stack, 'extra', { ...GOOD, ...changes }));

describe('the policy', () => {
  test('has nothing against the stack, nor against a droplet with all protections', () => {
    expect(verdict(() => undefined)).toEqual([]);
    expect(extraDroplet({})).toEqual([]);
  });

  test.each([
    [{ monitoring: false }, 'has no monitoring agent; set monitoring: true'],
    [{ vpcUuid: undefined }, 'is in no VPC of ours; set vpcUuid to that of the network'],
    [{ tags: ['scale-up:other_com:production:web'] }, 'has no firewall; give it a tag that a firewall names'],
    [
      { userData: 'echo ${digitalocean_droplet.web-1.ipv4_address_private}' },
      "has another droplet's attribute in its user_data, and would be replaced with it; use an internal DNS name",
    ],
    [
      { userData: `TOKEN_FILE=/x\ncurl -H "Bearer dop_v1_${'0'.repeat(64)}"` },
      'has a DigitalOcean token in its user_data; refer to a sensitive variable or a generated password',
    ],
    [
      { userData: 'export DB_PASSWORD="hunter2hunter2"' },
      'has a literal secret in its user_data; refer to a sensitive variable or a generated password',
    ],
    [
      { userData: 'url: mysql://app:hunter2@db/app' },
      'has a password in a URL in its user_data; refer to a sensitive variable or a generated password',
    ],
    [
      { userData: '#cloud-config\nusers:\n  - name: bob\n    passwd: $6$abcdef$ghijkl' },
      'has a literal password in its user_data; refer to a sensitive variable or a generated password',
    ],
    [
      { userData: 'x'.repeat(64 * 1024) },
      'has 65536 bytes of user_data; keep it below 64512, DigitalOcean refuses more than 65536',
    ],
  ])('stops a droplet with %j', (changes, sentence) => {
    expect(extraDroplet(changes)).toEqual([`digitalocean_droplet.extra ${sentence}`]);
  });

  test('stops a droplet without a role tag', () => {
    expect(extraDroplet({ tags: ['${digitalocean_tag.network-stack-tag.id}'] })).toContain(
      'digitalocean_droplet.extra has no role tag; give it the tag of one role (load-balancer, web, app, database)',
    );
  });

  test('reads the parts of a cloud-init document too', () => {
    const found = verdict((stack) => {
      const part = [{ content: 'x'.repeat(64 * 1024) }, { content: 'PASSWORD=hunter2hunter2' }];
      const document = new DataCloudinitConfig(stack, 'document', { part });
      new Droplet(stack, 'extra', { ...GOOD, userData: document.rendered });
    });
    expect(found).toHaveLength(2);
  });

  test.each([
    ['contents', `# A file\n${'#\n'.repeat(2000)}export DB_PASSWORD="hunter2hunter2"\n`],
    ['archives', `etc/default/app${'\0'.repeat(400)}DB_PASSWORD=hunter2hunter2\n${'\0'.repeat(400)}`],
  ])('reads packed %s too', (_, packed) => {
    const content = pack(packed);
    const userData = `#cloud-config\nwrite_files:\n  - path: /a\n    content: |\n      ${content}\n`;
    expect(extraDroplet({ userData })).toEqual([
      'digitalocean_droplet.extra has a literal secret in its user_data; refer to a sensitive variable or a generated password',
    ]);
  });

  test('allows secrets by reference', () => {
    expect(extraDroplet({ userData: 'PASSWORD=${random_password.database-password.result}' })).toEqual([]);
  });

  test('stops a firewall that opens anything but the load balancers to the internet', () => {
    const open = (tags: string[], address: string) =>
      verdict(
        (stack) =>
          new Firewall(stack, 'open', {
            name: 'open',
            tags,
            inboundRule: [{ protocol: 'tcp', portRange: '3306', sourceAddresses: [address] }],
          }),
      );
    const sentence =
      'digitalocean_firewall.open opens tcp 3306 to the internet; only the load balancers may be open to it';
    expect(open([WEB_TAG], '0.0.0.0/0')).toEqual([sentence]);
    expect(open([WEB_TAG], '::/0')).toEqual([sentence]);
    expect(open([WEB_TAG], '0.0.0.0/1')).toEqual([sentence]);
    expect(open([WEB_TAG], '203.0.113.0/24')).toEqual([]);
    expect(open(['production-load-balancer'], '0.0.0.0/0')).toEqual([sentence]);
    expect(open(['${digitalocean_tag.network-load-balancer-tag.id}'], '0.0.0.0/0')).toEqual([]);
  });

  test('reports every broken rule at once', () => {
    expect(extraDroplet({ monitoring: undefined, vpcUuid: undefined, tags: [] })).toHaveLength(4);
  });
});
