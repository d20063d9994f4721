import { run } from '../common/run';
import { describeAsRoot } from '../testing/as-root';
import { droplet } from '../testing/droplets';
import { inside } from './namespace';
import { type Knock, knock } from './port-scan';
import { World } from './testing/world';

const [web, app] = [droplet(1), droplet(2)];
const PORTS = Array.from({ length: 3000 }, (_, i) => i + 1);

describeAsRoot('knocks', () => {
  let world: World;
  const knockAtWeb = async () => {
    const asked = { addresses: [web.public.ip, web.private.ip], tcp: PORTS, udp: [53], protocols: [112] };
    const door = world.namespace(web.id);
    const { knocks, arrivals } = await knock(
      world.lab,
      new Map<string, Knock>([
        [world.client, { addresses: [web.public.ip], tcp: PORTS }],
        [world.namespace(app.id), asked],
      ]),
      [door],
    );
    const heard = (arrivals.get(door) ?? []).map(({ from, to, what }) => `${from} -> ${to}: ${what}`);
    return { knocks, heard: heard.sort() };
  };

  beforeAll(async () => {
    world = await World.create('knock');
    await world.boot(web, app);
  });
  afterEach(() => world.network.setFirewalls([]));
  afterAll(() => world?.close());

  test('all arrive where nothing is closed', async () => {
    const { knocks, heard } = await knockAtWeb();
    expect(knocks).toBe(3 * PORTS.length + 2 * 2);
    expect(heard).toHaveLength(knocks);
  });

  test('arrive where a rule lets them, and nowhere else', async () => {
    const rule = { protocol: 'tcp', ports: '2999-3100', addresses: [app.private.ip] } as const;
    await world.network.setFirewalls([{ dropletId: web.id, inbound: [rule], outbound: [] }]);
    expect((await knockAtWeb()).heard).toEqual(
      [2999, 3000].map((port) => `${app.private.ip} -> ${web.private.ip}: tcp/${port}`),
    );
  });

  test('that are lost before the network could decide prove nothing', async () => {
    const nft = (rules: string) =>
      run([...inside(world.namespace(app.id)), 'nft', '-f', '-'], { input: rules });
    // As a full queue would do it: the sender believes that it has sent.
    await nft(
      'table netdev lossy { chain out { type filter hook egress device "eth1" priority 0; tcp dport 77 drop; }; }',
    );
    try {
      await expect(knockAtWeb()).rejects.toThrow(/^Of 9004 knocks 9003 came to the network/);
    } finally {
      await nft('delete table netdev lossy');
    }
  });
});
