import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describeAsRoot } from '../testing/as-root';
import { droplet } from '../testing/droplets';
import { ip, processesIn } from './namespace';
import { sweep } from './sweep';
import { pause, World } from './testing/world';

const [one, two] = [droplet(1), droplet(2)];

describeAsRoot('a change of the network', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create('change');
    await world.boot(one, two);
    await world.serve(world.namespace(1), 'tcp', 80);
  });
  afterEach(() => world.network.mend());
  afterAll(() => world?.close());

  const wrong = () =>
    world.network.setFirewalls([
      {
        dropletId: 1,
        inbound: [{ protocol: 'tcp', ports: 'no port', addresses: ['10.0.0.0/8'] }],
        outbound: [],
      },
    ]);
  const asked = () => world.ask(world.namespace(2), 'tcp', `${one.private.ip}:80`);

  test('that the packet filter refuses changes nothing, and spoils no later one', async () => {
    await expect(wrong()).rejects.toThrow();
    const end = await world.network.cut({ droplet: 1, side: 'vpc' }, { droplet: 2, side: 'vpc' });
    expect(await world.ignored(world.namespace(2), 'tcp', `${one.private.ip}:80`)).toBe(true);
    await end();
    expect(await asked()).toContain('asks');
  });

  test('that is refused leaves those alone that were to be made with it', async () => {
    const first = world.network.setFlows('stay'); // the others wait for it, and are made together
    const [refused, cut] = await Promise.allSettled([
      wrong(),
      world.network.cut({ droplet: 1, side: 'vpc' }, { droplet: 2, side: 'vpc' }),
    ]);
    await first;
    expect([refused.status, cut.status]).toEqual(['rejected', 'fulfilled']);
    expect(await world.ignored(world.namespace(2), 'tcp', `${one.private.ip}:80`)).toBe(true);
  });
});

/** Sends packets to an address and port, each of a new connection, until its input ends; says how many. */
const SENDER = `
import select, socket, sys, time
sent, target = 0, (sys.argv[1], int(sys.argv[2]))
while not select.select([sys.stdin], [], [], 0)[0]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", target)
    sent += 1
    time.sleep(0.0002)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    one.sendto(b"end", target)
print(sent)
`;
/** Counts packets at a port until one says that it was the last; however busy the machine is, all have room meanwhile. */
const RECEIVER = `
import socket, sys
SO_RCVBUFFORCE, received = 33, 0
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
    port.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
    port.bind(("0.0.0.0", int(sys.argv[1])))
    print("listening on", file=sys.stderr, flush=True)
    while port.recv(100) != b"end":
        received += 1
print(received)
`;

describeAsRoot('a change of the network that concerns others', () => {
  const CHANGES = 200;
  const PORT = 4000;
  let world: World;

  beforeAll(async () => {
    world = await World.create('many-changes');
    await world.boot(one, two);
  });
  afterAll(() => world?.close());

  test.each([
    ['where no firewall is', []],
    ['that a firewall lets pass by an address', [`${two.private.ip}/32`]],
    ['that a firewall lets pass by a range', ['10.0.0.0/8', '192.168.0.0/16']],
  ])(
    'loses no packet of a new connection %s',
    async (_, addresses) => {
      const rule = { protocol: 'udp', ports: `${PORT}`, addresses } as const;
      const own = addresses.length > 0 ? [{ dropletId: 1, inbound: [rule], outbound: [] }] : [];
      const other = { dropletId: 2, inbound: [], outbound: [{ ...rule, addresses: ['0.0.0.0/0'] }] };
      await world.network.setFirewalls([...own, other]);
      const receiver = await world.start(world.namespace(1), ['python3', '-c', RECEIVER, `${PORT}`]);
      const sender = await world.start(
        world.namespace(2),
        ['python3', '-c', SENDER, one.private.ip, `${PORT}`],
        200,
      );
      const said = Promise.all([sender, receiver].map(({ stdout }) => text(stdout as Readable)));
      for (let i = 0; i < CHANGES; i++) await world.network.setFirewalls([...own, other]);
      sender.stdin?.end();
      const [sent, received] = (await said).map(Number);
      expect(sent).toBeGreaterThan(CHANGES);
      expect(received).toBe(sent);
    },
    120_000,
  );
});

describeAsRoot('a network that can not be changed', () => {
  test('is left by the line that was to delay its packets', async () => {
    const world = await World.create('broken');
    await world.boot(one);
    const before = await processesIn(world.fabric);
    // A droplet whose card has gone: no filter can name it.
    await ip(world.fabric, ['link delete pub-1']);
    await expect(world.network.disturb({ droplet: 1, side: 'public' }, { delay: 20 })).rejects.toThrow();
    await expect(world.network.hold({ droplet: 1, side: 'public' }, 'client')).rejects.toThrow();
    for (let i = 0; i < 100 && (await processesIn(world.fabric)).length > before.length; i++) await pause(50);
    expect(await processesIn(world.fabric)).toEqual(before);
    await sweep(world.lab);
  });
});
