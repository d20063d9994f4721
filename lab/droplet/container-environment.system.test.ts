import { run } from '../common/run';
import { inside, pathOf } from '../network/namespace';
import { pause, World } from '../network/testing/world';
import { describeAsRoot } from '../testing/as-root';
import { droplet } from '../testing/droplets';
import { resetNetwork } from './container-environment';

const one = droplet(1);

describeAsRoot('a droplet that is switched on again', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create('power');
    await world.boot(one);
  });
  afterAll(() => world?.close());

  test('knows nothing of the connections that it had when its power went', async () => {
    const namespace = world.namespace(1);
    const connections = () => run([...inside(namespace), 'ss', '--no-header', '--tcp', '--all']);
    const server = await world.start(namespace, ['socat', '-d', '-d', 'TCP4-LISTEN:7', 'EXEC:cat']);
    const visitor = world.connect(world.client, `${one.public.ip}:7`);
    expect(await visitor.say('hello')).toBe(true);
    await world.network.unplug(1);
    server.kill('SIGKILL');
    await pause(100);
    expect(await connections()).toMatch(/FIN-WAIT-1/);
    await resetNetwork(pathOf(namespace));
    expect(await connections()).toBe('');
  });
});
