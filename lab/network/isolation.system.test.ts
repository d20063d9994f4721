import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { attempt, run } from '../common/run';
import { describeAsRoot } from '../testing/as-root';
import { droplet } from '../testing/droplets';
import { inside, ip, namespaces, setSysctls } from './namespace';
import { World } from './testing/world';

const [one, two] = [droplet(1), droplet(2)];
const elsewhere = droplet(3, { vpc: 1 });

describeAsRoot('the fabric', () => {
  let world: World;
  let neighbour: World;

  beforeAll(async () => {
    world = await World.create('isolation');
    neighbour = await World.create('next-door');
    await Promise.all([world.boot(one, two, elsewhere), neighbour.boot(one)]);
    await Promise.all([
      ...[1, 2, 3].map((n) => world.serve(world.namespace(n), 'tcp', 80)),
      world.serve(world.fabric, 'tcp', 80, '169.254.169.254'),
    ]);
  });
  afterAll(() => Promise.all([world?.close(), neighbour?.close()]));

  test('leads to public addresses from everywhere, and to private ones only within their VPC', async () => {
    expect(await world.ask(world.client, 'tcp', `${two.public.ip}:80`)).toBe('192.0.2.2 asks 198.18.1.2');
    expect(await world.ask(world.namespace(1), 'tcp', `${two.public.ip}:80`)).toBe(
      '198.18.1.1 asks 198.18.1.2',
    );
    expect(await world.ask(world.namespace(1), 'tcp', `${two.private.ip}:80`)).toBe(
      '10.116.0.11 asks 10.116.0.12',
    );
    await ip(world.namespace(3), ['route replace 10.116.0.0/20 via 10.117.0.1 dev eth1']);
    const ear = await world.listen(world.namespace(2), 'UDP4-RECV:5000');
    const target = `UDP4-DATAGRAM:${two.private.ip}:5000`;
    await world.send(world.client, target, 'from a client');
    await world.send(world.namespace(1), `${target},bind=${one.public.ip}`, 'from a public address');
    await world.send(world.namespace(3), target, 'from another VPC');
    await world.send(world.namespace(1), target, 'from the VPC');
    expect(await ear.hears('from the VPC')).toBe(true);
    expect(await ear.hears('from a', 300)).toBe(false);
  });

  test('leads nowhere else: not to this machine’s addresses, not to the world', async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(
        ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('192.0.2.'),
      )
      .map(({ address }) => address);
    const askers = [world.fabric, world.client, world.namespace(1)];
    const answers = askers.flatMap((asker) =>
      ['1.1.1.1', ...own].map((address) => world.ask(asker, 'icmp', address)),
    );
    expect((await Promise.all(answers)).join('')).toBe('');
    const routes = await run(['ip', '-n', world.fabric, 'route', 'show', 'default']);
    expect(routes).toBe('');
  });

  test('answers pings of the gateway, in public and in the VPC', async () => {
    expect(await world.ask(world.namespace(1), 'icmp', '198.18.0.1')).not.toBe('');
    expect(await world.ask(world.namespace(1), 'icmp', '10.116.0.1')).not.toBe('');
  });

  test('drops packets from an address or a card that is not the droplet’s', async () => {
    const ear = await world.listen(world.namespace(1), 'UDP4-RECV:5000');
    const send = (to: string, from: string, text: string) =>
      world.send(world.namespace(2), `UDP4-DATAGRAM:${to}:5000,bind=${from}`, text);
    await ip(world.namespace(2), [
      'address add 198.18.1.77/16 dev eth0',
      'address add 10.116.0.77/20 dev eth1',
    ]);
    await send(one.public.ip, '198.18.1.77', 'false in public');
    await send(one.private.ip, '10.116.0.77', 'false in the VPC');
    await ip(world.namespace(2), ['link set eth0 address 02:00:00:00:01:99']);
    await send(one.public.ip, two.public.ip, 'false card');
    await ip(world.namespace(2), [`link set eth0 address ${two.public.mac}`]);
    await send(one.public.ip, two.public.ip, 'genuine in public');
    await send(one.private.ip, two.private.ip, 'genuine in the VPC');
    expect(await ear.hears('genuine in public')).toBe(true);
    expect(await ear.hears('genuine in the VPC')).toBe(true);
    expect(await ear.hears('false', 300)).toBe(false);
  });

  test('lets no droplet take over another one’s address, also not by ARP', async () => {
    await ip(world.namespace(2), [`address add ${one.private.ip}/20 dev eth1`]);
    await setSysctls(world.namespace(2), ['net.ipv4.conf.eth1.arp_notify=1']);
    await ip(world.namespace(2), ['link set eth1 down', 'link set eth1 up']);
    await ip(world.namespace(1), ['neighbour flush all']);
    await world.boot(droplet(4));
    expect(await world.ask(world.namespace(4), 'tcp', `${one.private.ip}:80`)).toBe(
      '10.116.0.14 asks 10.116.0.11',
    );
    await ip(world.namespace(2), [`address delete ${one.private.ip}/20 dev eth1`]);
    await world.network.remove(4);
  });

  test('carries no multicast and no broadcast', async () => {
    const ear = await world.listen(world.namespace(1), 'UDP4-RECV:5354,ip-add-membership=224.0.0.18:eth1');
    for (const address of ['224.0.0.18', '255.255.255.255', '10.116.15.255', one.private.ip]) {
      const target = `UDP4-DATAGRAM:${address}:5354,broadcast,bind=${two.private.ip}`;
      await world.send(world.namespace(2), target, `to ${address}; `);
    }
    expect(await ear.hears(`to ${one.private.ip}; `)).toBe(true);
    expect(await ear.hears('to 2', 300)).toBe(false);
    expect(await ear.hears('to 10.116.15.255', 0)).toBe(false);
  });

  test('carries no IPv6', async () => {
    await setSysctls(world.namespace(1), ['net.ipv6.conf.eth1.disable_ipv6=0']);
    const { stdout } = await attempt([...inside(world.fabric), 'cat', '/proc/net/if_inet6']);
    expect(stdout.trim()).toBe('');
  });

  test('shows metadata to droplets only', async () => {
    expect(await world.ask(world.namespace(1), 'tcp', '169.254.169.254:80')).not.toBe('');
    expect(await world.ignored(world.client, 'tcp', '169.254.169.254:80')).toBe(true);
  });

  test('loses packets to a droplet without power in silence, until it has power again', async () => {
    const ear = await world.listen(world.namespace(1), 'UDP4-RECV:5001');
    const say = (text: string) => world.send(world.namespace(2), `UDP4-DATAGRAM:${one.public.ip}:5001`, text);
    await world.network.unplug(two.id);
    await ip(world.namespace(1), ['neighbour flush all']);
    expect(await world.ignored(world.client, 'tcp', `${two.public.ip}:80`)).toBe(true);
    expect(await world.ignored(world.namespace(1), 'tcp', `${two.private.ip}:80`)).toBe(true);
    const neighbours = await run(['ip', '-n', world.namespace(1), 'neighbour', 'show', two.private.ip]);
    expect(neighbours).toContain('lladdr'); // else the first seconds after its return would be lost, too
    await say('without power');
    expect(await ear.hears('without', 300)).toBe(false);
    await world.network.replug(two.id);
    await world.configure(two);
    expect(await world.ask(world.client, 'tcp', `${two.public.ip}:80`)).not.toBe('');
    expect(await world.ask(world.namespace(1), 'tcp', `${two.private.ip}:80`)).not.toBe('');
    await say('with power');
    expect(await ear.hears('with power')).toBe(true);
  });

  test('gives a droplet that is plugged in again new, unconfigured cards with the same addresses', async () => {
    const path = await world.network.plugIn(two);
    expect(path).toBe(`/run/netns/${world.namespace(2)}`);
    const links = JSON.parse(await run(['ip', '-n', world.namespace(2), '-j', 'address', 'show']));
    expect(links.find(({ ifname }: { ifname: string }) => ifname === 'eth0')).toMatchObject({
      address: two.public.mac,
      addr_info: [],
    });
    expect(links.find(({ ifname }: { ifname: string }) => ifname === 'eth1')).toMatchObject({
      address: two.private.mac,
      addr_info: [],
    });
    await world.configure(two);
    await world.serve(world.namespace(2), 'tcp', 80);
    expect(await world.ask(world.client, 'tcp', `${two.public.ip}:80`)).not.toBe('');
  });

  test('is each lab’s own, though all use the same addresses', async () => {
    await neighbour.serve(neighbour.namespace(1), 'tcp', 81);
    expect(await neighbour.ask(neighbour.client, 'tcp', `${one.public.ip}:81`)).not.toBe('');
    expect(await world.ask(world.client, 'tcp', `${one.public.ip}:81`)).toBe('');
    expect(await neighbour.ask(neighbour.client, 'tcp', `${one.public.ip}:80`)).toBe('');
  });

  test('goes without a trace, and leaves the lab next door alone', async () => {
    await neighbour.close();
    expect((await namespaces()).filter((name) => name.includes(neighbour.lab))).toEqual([]);
    expect(existsSync(`/etc/netns/${neighbour.client}`)).toBe(false);
    expect(await world.ask(world.client, 'tcp', `${one.public.ip}:80`)).not.toBe('');
  });
});
