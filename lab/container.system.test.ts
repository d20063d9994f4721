import { until } from './common/until';
import { Container, describeWithPodman } from './testing/container';
import { InstalledPackage } from './testing/installed-package';

const MINUTE = 60_000;
const ASK = `fetch('http://127.0.0.2:8080/v2/account', JSON.parse(process.argv[1]))
  .then(async (answer) => console.log(answer.status, await answer.text()))`;

describeWithPodman('the image of the Dockerfile', () => {
  const container = new Container();
  let installed: InstalledPackage;

  beforeAll(async () => {
    installed = new InstalledPackage();
    await container.build(installed.folder);
    await container.start({ DIGITALOCEAN_TOKEN: 'ci' });
    await until(isHealthy, { within: 5 * MINUTE, otherwise: 'Nothing serves in the container.' });
  }, 30 * MINUTE);

  afterAll(async () => {
    await container.remove();
    installed?.remove();
  }, 5 * MINUTE);

  const isHealthy = async () =>
    container.exec(...(await container.healthCheck())).then(
      () => true,
      () => false,
    );
  /** By another address than the one that it would listen on without a word. */
  const ask = (authorization: string) =>
    container.exec('node', '-e', ASK, JSON.stringify({ headers: { authorization } }));

  test('answers beyond its loopback to who has the token, and to nobody else', async () => {
    expect(await ask('Bearer ci')).toMatch(/^200 .*"status":"active"/);
    expect(await ask('Bearer other')).toMatch(/^401 /);
  });

  test('runs as a user who is not root and may change nothing of it', async () => {
    expect((await container.exec('id', '-u')).trim()).toBe('1000');
    const program = 'test -w "$(readlink -f "$(command -v digitalocean-lab)")" && echo yes || echo no';
    expect((await container.exec('sh', '-c', program)).trim()).toBe('no');
  });

  test('can serve HTTPS', async () => {
    expect(await container.exec('openssl', 'version')).toContain('OpenSSL');
  });

  test('ends when it is told to', async () => {
    expect(await container.stop()).toBe(0);
  });
});
