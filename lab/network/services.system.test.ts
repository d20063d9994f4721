import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { attempt, run } from '../common/run';
import { describeAsRoot } from '../testing/as-root';
import { droplet, RESERVED_IP } from '../testing/droplets';
import { addFabric } from './fabric';
import { clientOf, dropletNamespace, fabricOf } from './link-names';
import { inside, ip, namespaces, processesIn } from './namespace';
import { sweep } from './sweep';
import { pause } from './testing/world';

const [one, two] = [droplet(1), droplet(2)];

describeAsRoot('the lab’s process inside the fabric', () => {
  const lab = `test-services-${process.pid}`;
  const children: ChildProcess[] = [];
  let labProcess: ChildProcess;

  beforeAll(async () => {
    await sweep(lab);
    await addFabric(lab);
    const script = [process.execPath, '-r', 'ts-node/register', join(__dirname, 'testing/lab-process.ts')];
    labProcess = start(fabricOf(lab), [...script, lab], 'ipc');
    await answered();
    for (const { id, public: open, anchor, private: closed } of [one, two]) {
      await ip(dropletNamespace(lab, id), [
        `address add ${open.ip}/16 dev eth0`,
        `address add ${anchor.ip}/16 dev eth0`,
        `address add ${closed.ip}/20 dev eth1`,
        'link set eth0 up',
        'link set eth1 up',
        `route add default via ${open.gateway}`,
      ]);
    }
  }, 20_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await sweep(lab);
  });

  function start(
    namespace: string,
    command: readonly string[],
    ipc: 'ipc' | 'ignore' = 'ignore',
  ): ChildProcess {
    const [file = '', ...args] = [...inside(namespace), ...command];
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', ipc] });
    children.push(child);
    return child;
  }

  async function tell(message: string, listener?: ReturnType<typeof createServer>): Promise<void> {
    labProcess.send(message, listener);
    await answered();
  }

  const answered = () =>
    new Promise<void>((resolve, reject) => {
      labProcess.once('message', () => resolve());
      labProcess.once('exit', () => reject(new Error('The lab’s process has ended.')));
    });

  async function fetchFrom(namespace: string, url: string, ...options: string[]): Promise<string> {
    return (await attempt([...inside(namespace), 'curl', '-s', '-m', '3', ...options, url])).stdout;
  }

  const metadata = (n: number, path: string) =>
    fetchFrom(dropletNamespace(lab, n), `http://169.254.169.254/metadata/v1${path}`);

  test('tells each droplet its own metadata, at DigitalOcean’s paths', async () => {
    const expected = {
      '/id': '1',
      '/hostname': 'droplet-1',
      '/region': 'fra1',
      '/user-data': '#!/bin/sh\n# droplet 1\n',
      '/vendor-data': '',
      '/public-keys': 'ssh-ed25519 AAAA one\nssh-ed25519 BBBB two',
      '/tags': 'production\nproduction-web',
      '/dns/nameservers': '67.207.67.2\n67.207.67.3',
      '/features': 'dhcp_enabled',
      '/interfaces/': 'public/\nprivate/',
      '/interfaces/public/0/ipv4/address': '198.18.1.1',
      '/interfaces/public/0/ipv4/gateway': '198.18.0.1',
      '/interfaces/public/0/ipv4/netmask': '255.255.0.0',
      '/interfaces/public/0/anchor_ipv4/address': '10.17.1.1',
      '/interfaces/public/0/anchor_ipv4/gateway': '10.17.0.1',
      '/interfaces/public/0/mac': one.public.mac,
      '/interfaces/private/0/ipv4/address': '10.116.0.11',
      '/reserved_ip/ipv4/active': 'false',
    };
    for (const [path, answer] of Object.entries(expected))
      expect([path, await metadata(1, path)]).toEqual([path, answer]);
    expect(await metadata(2, '/id')).toBe('2');
    expect(await metadata(2, '/interfaces/private/0/ipv4/address')).toBe('10.116.0.12');
    expect((await metadata(1, '/')).split('\n')).toEqual(
      expect.arrayContaining(['id', 'interfaces/', 'user-data']),
    );
  });

  test('gives metadata as one JSON document, too', async () => {
    const document = JSON.parse(await metadata(1, '.json'));
    expect(document).toMatchObject({
      droplet_id: 1,
      public_keys: one.sshKeys,
      reserved_ip: { ipv4: { active: false } },
      interfaces: {
        public: [{ ipv4: { ip_address: '198.18.1.1' }, anchor_ipv4: { ip_address: '10.17.1.1' } }],
      },
    });
  });

  test('has no other metadata', async () => {
    for (const path of ['/nothing', '/id/more', 'x', '/reserved_ip/ipv4/ip_address', '/constructor'])
      expect([path, await metadata(1, path)]).toEqual([path, 'not found']);
    const posted = await fetchFrom(
      dropletNamespace(lab, 1),
      'http://169.254.169.254/metadata/v1/id',
      '-d',
      'x',
    );
    expect(posted).toBe('method not allowed');
    expect(await fetchFrom(clientOf(lab), 'http://169.254.169.254/metadata/v1/id', '-m', '0.5')).toBe('');
  });

  test('tells the droplet that got the Reserved IP so, a little later', async () => {
    await tell(one.anchor.ip);
    expect(await metadata(1, '/reserved_ip/ipv4/active')).toBe('false');
    await pause(300);
    expect(await metadata(1, '/reserved_ip/ipv4/active')).toBe('true');
    expect(await metadata(1, '/reserved_ip/ipv4/ip_address')).toBe(RESERVED_IP);
    expect(await metadata(1, '/floating_ip/ipv4/active')).toBe('true');
    expect(await metadata(2, '/reserved_ip/ipv4/active')).toBe('false');
  });

  test('answers DNS at the name servers’ real addresses, a hundred records over TCP', async () => {
    const lookUp = `
      const resolver = new (require('node:dns/promises').Resolver)({ timeout: 2000, tries: 1 });
      resolver.setServers([process.argv[1]]);
      resolver.resolve4('web.foobar.com').then((found) => console.log(found.length), (error) => console.log(error.code));`;
    for (const server of ['173.245.58.51', '173.245.59.41', '198.41.222.173', '67.207.67.2', '67.207.67.3'])
      for (const namespace of [dropletNamespace(lab, 1), clientOf(lab)]) {
        const found = await run([...inside(namespace), process.execPath, '-e', lookUp, server]);
        expect([server, namespace, found.trim()]).toEqual([server, namespace, '100']);
      }
  });

  test('is the client’s resolver', async () => {
    const { stdout } = await attempt([
      'ip',
      'netns',
      'exec',
      clientOf(lab),
      'getent',
      'ahostsv4',
      'api.digitalocean.com',
    ]);
    expect(stdout).toContain('198.18.0.2');
  });

  test('leads from a port of this machine to the Reserved IP, as one of its users', async () => {
    start(dropletNamespace(lab, 1), [process.execPath, '-e', HTTP_SERVER]);
    while ((await fetchFrom(clientOf(lab), `http://${RESERVED_IP}/`)) === '') await pause(20);
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as { port: number };
    await tell('port', listener);
    listener.close(); // here; the lab's process has its own by now
    const answers = await Promise.all([1, 2, 3].map(() => fetchPort(port)));
    expect(answers).toEqual(Array(3).fill('192.0.2.2 asks 10.17.1.1'));
  });

  test('can be killed at any moment: the next sweep leaves nothing of it', async () => {
    const fabric = fabricOf(lab);
    const left = start(dropletNamespace(lab, 1), ['sleep', '1000']);
    labProcess.kill('SIGKILL');
    await once(labProcess, 'exit');
    expect((await namespaces()).filter((name) => name.includes(lab))).toHaveLength(4);
    const gone = once(left, 'exit');
    await sweep(lab);
    await gone;
    expect((await namespaces()).filter((name) => name.includes(lab))).toEqual([]);
    expect(existsSync(`/etc/netns/${clientOf(lab)}`)).toBe(false);
    expect(await processesIn(fabric)).toEqual([]);
    expect(await run(['cat', '/proc/mounts'])).not.toContain(lab);
    await sweep(lab); // with nothing left to do
  });
});

const HTTP_SERVER = `
require('node:http')
  .createServer(({ socket }, response) => response.end(socket.remoteAddress + ' asks ' + socket.localAddress))
  .listen(80, '0.0.0.0');
`;

function fetchPort(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1' }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve(body.trim()));
    }).on('error', reject);
  });
}
