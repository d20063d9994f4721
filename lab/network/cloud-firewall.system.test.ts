import type { FirewallRule, FirewallSpec } from '../api/server/hardware';
import { describeAsRoot } from '../testing/as-root';
import { droplet, RESERVED_IP } from '../testing/droplets';
import { type Conversation, World } from './testing/world';

const [web, app, open] = [droplet(1), droplet(2), droplet(3)];
const tcp = (ports: string, ...addresses: string[]): FirewallRule => ({ protocol: 'tcp', ports, addresses });
const udp = (ports: string, ...addresses: string[]): FirewallRule => ({ protocol: 'udp', ports, addresses });
const icmp = (...addresses: string[]): FirewallRule => ({ protocol: 'icmp', ports: '', addresses });
const firewall = (dropletId: number, inbound: FirewallRule[], outbound: FirewallRule[]): FirewallSpec => ({
  dropletId,
  inbound,
  outbound,
});
const EVERYWHERE = ['0.0.0.0/0', '::/0'];

describeAsRoot('a cloud firewall', () => {
  let world: World;
  let vrrp: Conversation;
  const sendVrrp = (n: number, text: string) => world.send(from(n), `IP4-SENDTO:${web.private.ip}:112`, text);
  const client = () => world.client;
  const from = (n: number) => world.namespace(n);

  beforeAll(async () => {
    world = await World.create('firewall');
    await world.boot(web, app, open);
    for (const { id } of [web, app, open]) {
      await Promise.all([
        ...[80, 8080].map((port) => world.serve(from(id), 'tcp', port)),
        world.serve(from(id), 'udp', 53),
      ]);
    }
    vrrp = await world.listen(from(web.id), 'IP4-RECV:112');
    await world.echo(from(web.id), 7);
    await world.serve(world.fabric, 'tcp', 443, '198.18.0.2');
    await world.serve(world.fabric, 'tcp', 80, '169.254.169.254');
  });
  afterEach(() => world.network.setFirewalls([]));
  afterAll(() => world?.close());

  test('that a droplet does not have allows everything', async () => {
    expect(await world.ask(client(), 'tcp', `${web.public.ip}:80`)).toBe('192.0.2.2 asks 198.18.1.1');
    expect(await world.ask(from(2), 'tcp', `${web.private.ip}:8080`)).toBe('10.116.0.12 asks 10.116.0.11');
    expect(await world.ask(from(2), 'udp', `${web.private.ip}:53`)).toContain('10.116.0.12 asks');
    expect(await world.ask(client(), 'icmp', web.public.ip)).not.toBe('');
    await sendVrrp(2, 'all is allowed');
    expect(await vrrp.hears('all is allowed')).toBe(true);
  });

  test('lets in what a rule names, by port and source, on both sides, and nothing else', async () => {
    await world.network.setFirewalls([
      firewall(web.id, [tcp('80', ...EVERYWHERE), tcp('8000-8080', app.private.ip)], []),
    ]);
    expect(await world.ask(client(), 'tcp', `${web.public.ip}:80`)).not.toBe('');
    expect(await world.ask(from(3), 'tcp', `${web.private.ip}:80`)).not.toBe('');
    expect(await world.ask(from(2), 'tcp', `${web.private.ip}:8080`)).not.toBe('');
    expect(await world.ignored(from(3), 'tcp', `${web.private.ip}:8080`)).toBe(true);
    expect(await world.ignored(from(2), 'tcp', `${web.public.ip}:8080`)).toBe(true);
    expect(await world.ignored(client(), 'udp', `${web.public.ip}:53`)).toBe(true);
    expect(await world.ignored(client(), 'icmp', web.public.ip)).toBe(true);
  });

  test('lets out what a rule names and nothing else, to droplets and to the API', async () => {
    await world.network.setFirewalls([
      firewall(web.id, [], [tcp('80', '10.116.0.0/20'), tcp('443', '198.18.0.2/32')]),
    ]);
    expect(await world.ask(from(1), 'tcp', `${app.private.ip}:80`)).not.toBe('');
    expect(await world.ignored(from(1), 'tcp', `${app.private.ip}:8080`)).toBe(true);
    expect(await world.ignored(from(1), 'tcp', `${app.public.ip}:80`)).toBe(true);
    expect(await world.ask(from(1), 'tcp', '198.18.0.2:443')).not.toBe('');
    await world.network.setFirewalls([firewall(web.id, [], [tcp('80', '10.116.0.0/20')])]);
    expect(await world.ignored(from(1), 'tcp', '198.18.0.2:443')).toBe(true);
    expect(await world.ignored(from(1), 'icmp', app.private.ip)).toBe(true);
  });

  test('of the asked and that of the asker must both allow', async () => {
    const out = firewall(app.id, [], [tcp('80', '0.0.0.0/0')]);
    await world.network.setFirewalls([out, firewall(web.id, [], [])]);
    expect(await world.ignored(from(2), 'tcp', `${web.private.ip}:80`)).toBe(true);
    await world.network.setFirewalls([out, firewall(web.id, [tcp('80', app.private.ip)], [])]);
    expect(await world.ask(from(2), 'tcp', `${web.private.ip}:80`)).not.toBe('');
  });

  test('passes UDP, ICMP and whole ranges of ports where rules say so', async () => {
    const inbound = [
      udp('53', '192.0.2.0/24'),
      icmp('0.0.0.0/0'),
      tcp('all', '10.116.0.0/20', '10.116.0.12/32'),
    ];
    await world.network.setFirewalls([firewall(web.id, inbound, [])]);
    expect(await world.ask(client(), 'udp', `${web.public.ip}:53`)).toContain('192.0.2.2 asks');
    expect(await world.ask(client(), 'icmp', web.public.ip)).not.toBe('');
    expect(await world.ask(from(2), 'tcp', `${web.private.ip}:8080`)).not.toBe('');
    expect(await world.ignored(client(), 'tcp', `${web.public.ip}:80`)).toBe(true);
  });

  test('drops every protocol but TCP, UDP and ICMP, which no rule can allow', async () => {
    const all = [tcp('all', '0.0.0.0/0'), udp('all', '0.0.0.0/0'), icmp('0.0.0.0/0')];
    await world.network.setFirewalls([firewall(web.id, all, all)]);
    await sendVrrp(2, 'dropped on the way in');
    await world.network.setFirewalls([firewall(app.id, all, all)]);
    await sendVrrp(2, 'dropped on the way out');
    await sendVrrp(3, 'none of their business');
    expect(await vrrp.hears('none of their business')).toBe(true);
    expect(await vrrp.hears('dropped', 300)).toBe(false);
  });

  test('drops VRRP also when it was flowing before', async () => {
    await sendVrrp(2, 'before');
    expect(await vrrp.hears('before')).toBe(true);
    await world.send(from(1), `IP4-SENDTO:${app.private.ip}:112`, 'answer, which establishes a flow');
    await world.network.setFirewalls([firewall(web.id, [], [])]);
    await sendVrrp(2, 'after');
    expect(await vrrp.hears('after', 300)).toBe(false);
  });

  test('changes for new connections without touching those that are established', async () => {
    const conversation = world.connect(client(), `${web.public.ip}:7`);
    expect(await conversation.say('before')).toBe(true);
    for (let n = 0; n < 5; n++) await world.network.setFirewalls([firewall(web.id, [], [])]);
    expect(await conversation.say('after')).toBe(true);
    expect(await world.ignored(client(), 'tcp', `${web.public.ip}:7`)).toBe(true);
  });

  test('judges traffic through the Reserved IP by who really asks', async () => {
    await world.network.assignReservedIp(RESERVED_IP, web.anchor.ip);
    await world.network.setFirewalls([firewall(web.id, [tcp('80', '192.0.2.0/24')], [])]);
    expect(await world.ask(client(), 'tcp', `${RESERVED_IP}:80`)).toBe('192.0.2.2 asks 10.17.1.1');
    expect(await world.ignored(from(3), 'tcp', `${RESERVED_IP}:80`)).toBe(true);
    await world.network.setFirewalls([firewall(app.id, [], [tcp('80', `${RESERVED_IP}/32`)])]);
    expect(await world.ask(from(2), 'tcp', `${RESERVED_IP}:80`)).not.toBe('');
    expect(await world.ignored(from(2), 'tcp', `${web.public.ip}:80`)).toBe(true);
  });

  test('does not stand between a droplet and its metadata', async () => {
    await world.network.setFirewalls([firewall(web.id, [], [])]);
    expect(await world.ask(from(1), 'tcp', '169.254.169.254:80')).not.toBe('');
  });

  test('refuses an address that is none, and keeps what was before', async () => {
    await world.network.setFirewalls([firewall(web.id, [], [])]);
    await expect(world.network.setFirewalls([firewall(web.id, [tcp('80', 'nonsense')], [])])).rejects.toThrow(
      /nonsense/,
    );
    await world.network.setFlows('stay');
    expect(await world.ignored(client(), 'tcp', `${web.public.ip}:80`)).toBe(true);
  });
});
