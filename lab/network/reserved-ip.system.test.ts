import { run } from '../common/run';
import { describeAsRoot } from '../testing/as-root';
import { droplet, RESERVED_IP } from '../testing/droplets';
import { inside, setSysctls } from './namespace';
import { pause, World } from './testing/world';

const [one, two, three] = [droplet(1), droplet(2), droplet(3)];

describeAsRoot('a Reserved IP', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create('reserved-ip');
    await world.boot(one, two, three);
    await Promise.all(
      [1, 2, 3].flatMap((n) => [
        world.serve(world.namespace(n), 'tcp', 80),
        world.echo(world.namespace(n), 7),
      ]),
    );
    await world.serve(world.namespace(1), 'tcp', 8080, one.anchor.ip);
    await world.serve(world.namespace(1), 'udp', 53, one.anchor.ip);
  });
  afterEach(async () => {
    await world.network.replug(one.id);
    await world.network.assignReservedIp(RESERVED_IP, null);
  });
  afterAll(() => world?.close());

  describe.each(['stay', 'cut'] as const)('when established flows are to %s', (flows) => {
    beforeAll(() => world.network.setFlows(flows));

    test('that nobody holds answers nobody', async () => {
      expect(await world.ignored(world.client, 'tcp', `${RESERVED_IP}:80`)).toBe(true);
    });

    test('brings clients to the holder’s anchor address, with their own address', async () => {
      await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
      expect(await world.ask(world.client, 'tcp', `${RESERVED_IP}:80`)).toBe('192.0.2.2 asks 10.17.1.1');
      expect(await world.ask(world.client, 'udp', `${RESERVED_IP}:53`)).toContain('192.0.2.2 asks');
      expect(await world.ask(world.client, 'tcp', `${RESERVED_IP}:8080`)).toBe('192.0.2.2 asks 10.17.1.1');
      expect(await world.ask(world.client, 'icmp', RESERVED_IP)).not.toBe('');
    });

    test('brings droplets there too, the holder included', async () => {
      await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
      expect(await world.ask(world.namespace(2), 'tcp', `${RESERVED_IP}:80`)).toBe(
        '198.18.1.2 asks 10.17.1.1',
      );
      expect(await world.ask(world.namespace(1), 'tcp', `${RESERVED_IP}:80`)).toBe(
        '10.17.0.1 asks 10.17.1.1',
      );
    });

    test('moves to another holder for all new connections', async () => {
      await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
      await world.network.assignReservedIp(RESERVED_IP, two.anchor.ip);
      for (const asker of [world.client, world.namespace(1), world.namespace(2), world.namespace(3)])
        expect(await world.ask(asker, 'tcp', `${RESERVED_IP}:80`)).toContain('asks 10.17.1.2');
    });

    test('leads nowhere, without a word, while its holder has no power', async () => {
      await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
      await world.network.unplug(one.id);
      expect(await world.ignored(world.client, 'tcp', `${RESERVED_IP}:80`)).toBe(true);
    });

    test('carries much data unharmed', async () => {
      await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
      const conversation = world.connect(world.client, `${RESERVED_IP}:7`);
      expect(await conversation.say('x'.repeat(300_000))).toBe(true);
    });

    test('is where traffic comes from that a droplet sends from its anchor address', async () => {
      await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
      const asked = await world.ask(world.namespace(1), 'tcp', `${three.public.ip}:80`, one.anchor.ip);
      expect(asked).toBe('198.19.0.1 asks 198.18.1.3');
      const port = flows === 'stay' ? 5000 : 5001;
      const ear = await world.listen(world.namespace(3), `UDP4-RECV:${port}`);
      const say = (n: number, from: string, text: string) =>
        world.send(world.namespace(n), `UDP4-DATAGRAM:${three.public.ip}:${port},bind=${from}`, text);
      await say(2, two.anchor.ip, 'from who does not hold it');
      await say(1, one.anchor.ip, 'from the holder');
      expect(await ear.hears('from the holder')).toBe(true);
      expect(await ear.hears('from who', 300)).toBe(false);
    });

    test('is the only way to an anchor address', async () => {
      await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
      expect(await world.ignored(world.client, 'tcp', `${one.anchor.ip}:80`)).toBe(true);
      expect(await world.ignored(world.namespace(2), 'tcp', `${one.anchor.ip}:80`)).toBe(true);
    });
  });

  test('keeps established connections at the old holder when flows stay', async () => {
    await world.network.setFlows('stay');
    await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
    const conversation = world.connect(world.client, `${RESERVED_IP}:7`);
    expect(await conversation.say('before')).toBe(true);
    await world.network.assignReservedIp(RESERVED_IP, two.anchor.ip);
    expect(await conversation.say('after')).toBe(true);
  });

  test.each([
    ['after an answer', 40404],
    ['in the middle of a request', 40406],
  ])(
    'forgets the connections of a droplet without power that clients give up %s',
    async (when, port) => {
      await world.network.setFlows('stay');
      await setSysctls(world.client, ['net.ipv4.tcp_orphan_retries=1']); // its port is soon free again
      const fromOnePort = `${RESERVED_IP}:7,sourceport=${port},reuseaddr`;
      await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
      const conversation = world.connect(world.client, fromOnePort);
      expect(await conversation.say('before')).toBe(true);
      await world.network.unplug(one.id);
      await run([...inside(world.namespace(1)), 'ss', '--kill', '--tcp', 'state', 'established']);
      if (when === 'in the middle of a request') expect(await conversation.say('unheard', 100)).toBe(false);
      conversation.hangUp();
      await world.network.assignReservedIp(RESERVED_IP, two.anchor.ip);
      await pause(8000);
      await world.network.replug(one.id);
      expect(await world.connect(world.client, fromOnePort).say('anew')).toBe(true);
      const connections = await run([...inside(world.namespace(2)), 'ss', '-Htn', 'sport = 7']);
      expect(connections).toContain(`192.0.2.2:${port}`);
    },
    20_000,
  );

  test('has established connections reset by the new holder when flows are cut', async () => {
    await world.network.setFlows('cut');
    await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
    const conversation = world.connect(world.client, `${RESERVED_IP}:7`);
    expect(await conversation.say('before')).toBe(true);
    await world.network.assignReservedIp(RESERVED_IP, two.anchor.ip);
    expect(await conversation.say('after', 500)).toBe(false);
    expect(await conversation.ended()).toBe(true);
  });

  test('has one holder, and a droplet holds one', async () => {
    await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
    await world.network.assignReservedIp('198.19.0.2', one.anchor.ip);
    expect(await world.ignored(world.client, 'tcp', `${RESERVED_IP}:80`)).toBe(true);
    expect(await world.ask(world.client, 'tcp', '198.19.0.2:80')).toBe('192.0.2.2 asks 10.17.1.1');
    await world.network.assignReservedIp('198.19.0.2', null);
  });

  test('shows in metadata a little after it has moved', async () => {
    await world.network.assignReservedIp(RESERVED_IP, three.anchor.ip);
    expect(world.network.resident(three.public.ip)?.reservedIp).toBeUndefined();
    await pause(400);
    expect(world.network.resident(three.public.ip)?.reservedIp).toBe(RESERVED_IP);
    expect(world.network.resident(one.public.ip)?.reservedIp).toBeUndefined();
  });
});
