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
