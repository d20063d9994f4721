import { attempt, run } from '../common/run';
import { describeAsRoot } from '../testing/as-root';
import { droplet, RESERVED_IP } from '../testing/droplets';
import { CLIENT } from './addresses';
import type { Endpoint } from './faults';
import { inside, processesIn } from './namespace';
import { pause, World } from './testing/world';

const [one, two, three] = [droplet(1), droplet(2), droplet(3)];
const open = (n: number): Endpoint => ({ droplet: n, side: 'public' });
const closed = (n: number): Endpoint => ({ droplet: n, side: 'vpc' });

describeAsRoot('a fault', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create('faults');
    await world.boot(one, two, three);
    await Promise.all([
      ...[1, 2, 3].map((n) => world.serve(world.namespace(n), 'tcp', 80)),
      world.echo(world.namespace(1), 7),
      world.serve(world.fabric, 'tcp', 443, '198.18.0.2'),
      world.serve(world.fabric, 'udp', 53, '173.245.58.51'),
      world.serve(world.fabric, 'tcp', 80, '169.254.169.254'),
    ]);
    await world.network.assignReservedIp(RESERVED_IP, one.anchor.ip);
  });
  afterEach(() => world.network.mend());
  afterAll(() => world?.close());

  const asks = {
    'client to 1': () => world.ignored(world.client, 'tcp', `${one.public.ip}:80`),
    'client to Reserved IP': () => world.ignored(world.client, 'tcp', `${RESERVED_IP}:80`),
    '2 to Reserved IP': () => world.ignored(world.namespace(2), 'tcp', `${RESERVED_IP}:80`),
    '1 to 2 in the VPC': () => world.ignored(world.namespace(1), 'tcp', `${two.private.ip}:80`),
    '1 to 3 in the VPC': () => world.ignored(world.namespace(1), 'tcp', `${three.private.ip}:80`),
    '1 to API': () => world.ignored(world.namespace(1), 'tcp', '198.18.0.2:443'),
    '1 to DNS': () => world.ignored(world.namespace(1), 'udp', '173.245.58.51:53'),
    '1 to metadata': () => world.ignored(world.namespace(1), 'tcp', '169.254.169.254:80'),
    '2 to API': () => world.ignored(world.namespace(2), 'tcp', '198.18.0.2:443'),
  };

  /** The names of those that get no answer. */
  async function broken(): Promise<string[]> {
    const ignored = await Promise.all(
      Object.entries(asks).map(async ([name, ask]) => ((await ask()) ? [name] : [])),
    );
    return ignored.flat();
  }

  /** On a busy machine an answer may be late: what is broken is so however often it is asked. */
  async function expectBroken(names: readonly string[]): Promise<void> {
    let found = await broken();
    for (let tries = 0; tries < 5 && found.length > names.length; tries++) {
      const again = await broken();
      found = found.filter((name) => again.includes(name));
    }
    expect(found).toEqual(names);
  }

  test('is absent at first', async () => {
    await expectBroken([]);
  });

  test.each<[string, Endpoint, Endpoint, string[]]>([
    [
      'the client and a droplet, also by its Reserved IP',
      'client',
      open(1),
      ['client to 1', 'client to Reserved IP'],
    ],
    ['two droplets in public', open(1), open(2), ['2 to Reserved IP']],
    ['two droplets in the VPC', closed(1), closed(2), ['1 to 2 in the VPC']],
    ['a droplet and the API', open(1), 'api', ['1 to API']],
    ['everyone and the API', 'everyone', 'api', ['1 to API', '2 to API']],
    ['a droplet and the name servers', 'dns', open(1), ['1 to DNS']],
    ['a droplet and its metadata', open(1), 'metadata', ['1 to metadata']],
    ['a droplet’s VPC side and everyone', closed(1), 'everyone', ['1 to 2 in the VPC', '1 to 3 in the VPC']],
    [
      'a droplet’s public side and everyone',
      open(1),
      'everyone',
      ['client to 1', 'client to Reserved IP', '2 to Reserved IP', '1 to API', '1 to DNS', '1 to metadata'],
    ],
  ])('cuts %s, and nothing else, until it is mended', async (_, from, to, expected) => {
    await world.network.cut(from, to);
    await expectBroken(expected);
    await world.network.mend();
    await expectBroken([]);
  });

  test('ends by itself where there are several, and leaves the others', async () => {
    const end = await world.network.cut(open(1), 'api');
    await world.network.cut(closed(1), closed(2));
    await end();
    await expectBroken(['1 to 2 in the VPC']);
  });

  test('cuts established connections, which go on when it is mended soon', async () => {
    const conversation = world.connect(world.client, `${RESERVED_IP}:7`);
    expect(await conversation.say('before')).toBe(true);
    await world.network.cut('client', open(1));
    expect(await conversation.say('during', 300)).toBe(false);
    await world.network.mend();
    expect(await conversation.hears('during')).toBe(true);
  });

  test('can be in one direction only', async () => {
    const ear = await world.listen(world.namespace(1), 'UDP4-RECV:5000');
    const other = await world.listen(world.namespace(2), 'UDP4-RECV:5000');
    await world.network.cut(closed(1), closed(2), { oneWay: true });
    await world.send(world.namespace(2), `UDP4-DATAGRAM:${one.private.ip}:5000`, 'from 2 to 1');
    await world.send(world.namespace(1), `UDP4-DATAGRAM:${two.private.ip}:5000`, 'from 1 to 2');
    expect(await ear.hears('from 2 to 1')).toBe(true);
    expect(await other.hears('from 1 to 2', 300)).toBe(false);
  });

  test('can be in one direction only between a droplet and a service', async () => {
    const api = await world.listen(world.fabric, 'UDP4-RECV:5002,bind=198.18.0.2');
    const ear = await world.listen(world.namespace(1), 'UDP4-RECV:5002');
    const ask = (text: string) => world.send(world.namespace(1), 'UDP4-DATAGRAM:198.18.0.2:5002', text);
    const reply = (text: string) =>
      world.send(world.fabric, `UDP4-DATAGRAM:${one.public.ip}:5002,bind=198.18.0.2`, text).catch(() => {});
    await world.network.cut(open(1), 'api', { oneWay: true });
    await Promise.all([ask('lost question'), reply('first answer')]);
    await world.network.mend();
    await world.network.cut('api', open(1), { oneWay: true });
    await Promise.all([ask('second question'), reply('lost answer')]);
    expect(await ear.hears('first answer')).toBe(true);
    expect(await api.hears('second question')).toBe(true);
    expect((await ear.hears('lost', 300)) || (await api.hears('lost', 0))).toBe(false);
  });

  test('loses a share of the packets of a link', async () => {
    const ear = await world.listen(world.namespace(1), 'UDP4-RECV:5001');
    await world.network.disturb(closed(1), { loss: 50 });
    const sent = Array.from({ length: 60 }, (_, n) => `<${n}>`);
    for (const text of sent)
      await world.send(world.namespace(2), `UDP4-DATAGRAM:${one.private.ip}:5001`, text);
    await ear.hears('<59>', 300);
    const heard = (await Promise.all(sent.map((text) => ear.hears(text, 0)))).filter(Boolean).length;
    expect(heard).toBeGreaterThan(10);
    expect(heard).toBeLessThan(50);
  });

  test('delays what goes to a link, so each round trip, and nothing else', async () => {
    const roundTrip = async (asker: string, target: string) => {
      const conversation = world.connect(asker, target);
      await conversation.say('first');
      const start = Date.now();
      await conversation.say('second');
      return Date.now() - start;
    };
    await world.network.disturb(open(1), { delay: 300 });
    expect(await roundTrip(world.client, `${RESERVED_IP}:7`)).toBeGreaterThanOrEqual(295);
    expect(await roundTrip(world.namespace(2), `${one.public.ip}:7`)).toBeGreaterThanOrEqual(295);
    expect(await roundTrip(world.namespace(2), `${one.private.ip}:7`)).toBeLessThan(295);
    await world.network.disturb(open(1), { delay: 600 });
    expect(await roundTrip(world.client, `${RESERVED_IP}:7`)).toBeGreaterThanOrEqual(595);
    await world.network.mend();
    expect(await roundTrip(world.client, `${RESERVED_IP}:7`)).toBeLessThan(295);
  });

  test('leaves data unharmed that is delayed', async () => {
    await world.network.disturb(open(1), { delay: 20 });
    const conversation = world.connect(world.client, `${RESERVED_IP}:7`);
    expect(await conversation.say('x'.repeat(300_000), 10_000)).toBe(true);
  });

  test('of one link is mended alone', async () => {
    const [first, second] = [open(1), closed(1)];
    const end = await world.network.disturb(first, { loss: 100 });
    await world.network.disturb(second, { loss: 100 });
    await end();
    await expectBroken(['1 to 2 in the VPC', '1 to 3 in the VPC']);
  });

  test('that took the place of another one does not end with it', async () => {
    const end = await world.network.disturb(closed(1), { loss: 1 });
    await world.network.disturb(closed(1), { loss: 100 });
    await end();
    await expectBroken(['1 to 2 in the VPC', '1 to 3 in the VPC']);
  });

  test('holds what two droplets send each other, and nothing else, and lets it go on in its order', async () => {
    const ear = await world.listen(world.namespace(1), 'UDP4-RECV:5003');
    const other = await world.listen(world.namespace(2), 'UDP4-RECV:5003');
    const end = await world.network.hold(closed(1), closed(2));
    await expectBroken(['1 to 2 in the VPC']);
    for (const n of [1, 2, 3, 4, 5])
      await world.send(world.namespace(2), `UDP4-DATAGRAM:${one.private.ip}:5003`, `<${n}>`);
    await world.send(world.namespace(1), `UDP4-DATAGRAM:${two.private.ip}:5003`, 'and back');
    expect(await ear.hears('<', 300)).toBe(false);
    await end();
    expect(await ear.hears('<1><2><3><4><5>', 1000)).toBe(true);
    expect(await other.hears('and back', 1000)).toBe(true);
    await expectBroken([]);
  });

  test('holds a connection without breaking it', async () => {
    const conversation = world.connect(world.namespace(2), `${one.private.ip}:7`);
    expect(await conversation.say('before')).toBe(true);
    const end = await world.network.hold(closed(2), closed(1));
    expect(await conversation.say('meanwhile', 1500)).toBe(false);
    await end();
    expect(await conversation.hears('meanwhile', 100)).toBe(true);
  });

  test('of a droplet that goes away goes with it', async () => {
    await world.network.hold(closed(3), closed(2));
    await world.network.disturb(open(3), { delay: 20, mtu: 1300 });
    await world.network.plugIn(three);
    await world.configure(three);
    await world.serve(world.namespace(3), 'tcp', 80);
    await expectBroken([]);
  }, 20_000);

  describe('of a narrow link', () => {
    /** Of setsockopt(2), IP_MTU_DISCOVER: don't cut to pieces, and don't learn from anybody. */
    const PMTUDISC_PROBE = 3;
    /** A card takes as much more as a VLAN tag has. */
    const SLACK = 4;
    /** Sends a packet of so many bytes that must not be cut to pieces. Resolves to what the sender is told. */
    const packet = async (from: string, to: string, size: number) => {
      const send = ['socat', '-u', '-', `UDP4-DATAGRAM:${to}:5004,setsockopt-int=0:10:${PMTUDISC_PROBE}`];
      const { stderr } = await attempt([...inside(from), ...send], { input: 'x'.repeat(size - 28) });
      return stderr;
    };
    const large = 'x'.repeat(100_000);

    test('loses what is too large for it in both directions, and says nothing', async () => {
      await world.network.disturb('client', { mtu: 1280 });
      for (const [from, to, address] of [
        [world.client, world.namespace(1), one.public.ip],
        [world.namespace(1), world.client, CLIENT.address],
      ] as const) {
        const ear = await world.listen(to, 'UDP4-RECV:5004,reuseaddr');
        expect(await packet(from, address, 1281 + SLACK)).toBe('');
        expect(await packet(from, address, 1280)).toBe('');
        expect(await ear.hears('x'.repeat(1252))).toBe(true);
        expect(await ear.hears('x'.repeat(1253), 300)).toBe(false);
        ear.hangUp();
      }
    });

    test('lets no large answer through to who does not ask for small packets, though small ones pass', async () => {
      await world.network.disturb('client', { mtu: 1280 });
      const conversation = world.connect(world.client, `${RESERVED_IP}:7`);
      expect(await conversation.say('small')).toBe(true);
      expect(await conversation.say(large, 2000)).toBe(false);
      const modest = world.connect(world.client, `${RESERVED_IP}:7,mss=1240`);
      expect(await modest.say(large, 2000)).toBe(true);
    });

    test('carries large packets again when it is mended', async () => {
      const end = await world.network.disturb(open(1), { mtu: 1280 });
      expect(await world.connect(world.client, `${RESERVED_IP}:7`).say(large, 1000)).toBe(false);
      await end();
      expect(await world.connect(world.client, `${RESERVED_IP}:7`).say(large)).toBe(true);
    });
  });

  test('leaves nothing behind when it is mended', async () => {
    const before = await processesIn(world.fabric);
    await world.network.disturb('client', { delay: 50, loss: 10 });
    await world.network.hold(closed(1), closed(2));
    const relays = (await processesIn(world.fabric)).filter((id) => !before.includes(id));
    expect(relays).toHaveLength(6);
    await world.network.mend();
    while ((await processesIn(world.fabric)).some((id) => relays.includes(id))) await pause(20);
    expect(await run(['ip', '-n', world.fabric, '-br', 'link'])).not.toContain('delay-');
  });

  test('that makes no sense is refused in one sentence', async () => {
    await expect(world.network.cut('api', 'dns')).rejects.toThrow('Nothing to cut: api and dns');
    await expect(world.network.disturb('everyone', { loss: 1 })).rejects.toThrow(
      'everyone has no link of its own',
    );
    await expect(world.network.disturb('client', { loss: 101 })).rejects.toThrow(
      'A loss of 101 % is not possible',
    );
    await expect(world.network.disturb('client', { mtu: 68 })).rejects.toThrow(
      'A link cannot carry packets of at most 68 bytes: give 576 to 1500.',
    );
    await expect(world.network.hold('client', 'api')).rejects.toThrow('api has no link of its own');
    await expect(world.network.disturb(open(99), { loss: 1 })).rejects.toThrow(
      'Droplet 99 is not plugged into',
    );
    await expect(world.network.unplug(99)).rejects.toThrow('Droplet 99 is not plugged into');
  });
});
