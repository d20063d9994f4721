import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { decode, encode } from 'dns-packet';
import { type Dns, startDns } from './dns';
import type { ZoneRecord } from './dns-zone';

const PORT = 15_353 + (process.pid % 10_000);
const NAME_SERVER = '127.0.7.1';
const RESOLVER = '127.0.7.2';

const a = (name: string, data: string): ZoneRecord => ({ type: 'A', name, data, ttl: 30 });
const hundred = Array.from({ length: 100 }, (_, n) => `10.116.0.${n + 1}`);
const records: ZoneRecord[] = [
  { type: 'SOA', name: '@', data: '1800', ttl: 1800 },
  a('@', '198.19.0.1'),
  a('www', '198.19.0.1'),
  ...hundred.map((address) => a('web.production.internal', address)),
  { type: 'CNAME', name: 'blog', data: 'www.foobar.com', ttl: 300 },
  { type: 'CNAME', name: 'packages', data: 'deb.debian.org.', ttl: 300 },
  a('*.wild', '198.19.0.9'),
  a('here.wild', '198.19.0.8'),
  a('*.below.www', '198.19.0.7'),
  a('here.below.www', '198.19.0.6'),
  { type: 'MX', name: '@', data: 'mail.foobar.com.', ttl: 300, priority: 10 },
  { type: 'TXT', name: '@', data: 'x'.repeat(300), ttl: 300 },
  { type: 'SRV', name: '_sip._tcp', data: 'sip.foobar.com', ttl: 300, priority: 1, weight: 2, port: 5060 },
  { type: 'CAA', name: '@', data: 'letsencrypt.org.', ttl: 300, flags: 0, tag: 'issue' },
];
const zones = {
  zones: () => ['foobar.com', 'sub.foobar.com'],
  records: (zone: string) => (zone === 'foobar.com' ? records : []),
};

let dns: Dns;
beforeAll(async () => {
  const hosts = new Map([
    ['registry.foobar.com', '198.18.0.4'],
    ['*.fra1.digitaloceanspaces.com', '198.18.0.6'],
  ]);
  dns = await startDns({ zones, hosts, nameServers: [NAME_SERVER], resolvers: [RESOLVER], port: PORT });
});
afterEach(() => dns.fail(undefined));
afterAll(() => dns.close());

/** The C library that Node brings: an asker that is not ours. */
function ask(server = NAME_SERVER): Resolver {
  const resolver = new Resolver({ timeout: 3000, tries: 1 });
  resolver.setServers([`${server}:${PORT}`]);
  return resolver;
}

/** A query as it goes over the wire. @returns the decoded answer with its length; undefined without one */
function query(
  name: string,
  type: 'A' | 'AAAA' | 'NS' | 'SOA',
  { server = NAME_SERVER, payload = 0, rd = false } = {},
) {
  const additionals = payload
    ? [
        {
          type: 'OPT' as const,
          name: '.',
          udpPayloadSize: payload,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [],
        },
      ]
    : [];
  const message = encode({
    type: 'query',
    id: 7,
    flags: rd ? 256 : 0,
    questions: [{ name, type }],
    additionals,
  });
  return new Promise<{ message: ReturnType<typeof decode>; length: number; rcode: number } | undefined>(
    (resolve) => {
      const socket = createSocket('udp4');
      const finish = (answer?: Buffer) => {
        clearTimeout(timer);
        socket.close();
        if (!answer) return resolve(undefined);
        resolve({ message: decode(answer), length: answer.length, rcode: answer.readUInt8(3) & 15 });
      };
      const timer = setTimeout(finish, 500);
      socket.on('message', finish);
      socket.send(message, PORT, server);
    },
  );
}

describe('the name servers', () => {
  test('answer with authority and without recursion for a hosted zone', async () => {
    const answer = await query('WWW.foobar.com', 'A');
    expect(answer?.message).toMatchObject({ flag_aa: true, flag_ra: false, flag_tc: false, id: 7 });
    expect(answer?.message.answers).toMatchObject([{ name: 'WWW.foobar.com', ttl: 30, data: '198.19.0.1' }]);
  });

  test('refuse what they do not host', async () => {
    expect((await query('example.org', 'A'))?.rcode).toBe(5);
    expect((await query('notfoobar.com', 'A'))?.rcode).toBe(5);
  });

  test('say that a name does not exist, to be remembered for half an hour', async () => {
    const answer = await query('nobody.foobar.com', 'A');
    expect(answer?.rcode).toBe(3);
    expect(answer?.message.authorities).toMatchObject([{ type: 'SOA', ttl: 1800, data: { minimum: 1800 } }]);
  });

  test('say that a name has no such record, also for a name that only has names below it', async () => {
    for (const name of ['www.foobar.com', 'production.internal.foobar.com', 'foobar.com', 'sub.foobar.com']) {
      const answer = await query(name, 'AAAA');
      expect([name, answer?.rcode, answer?.message.answers]).toEqual([name, 0, []]);
      expect(answer?.message.authorities).toMatchObject([{ type: 'SOA' }]);
    }
  });

  test('truncate a hundred addresses over UDP and give all of them over TCP', async () => {
    const truncated = await query('web.production.internal.foobar.com', 'A', { payload: 8192 });
    expect(truncated?.message).toMatchObject({ flag_tc: true, answers: [] });
    expect((await ask().resolve4('web.production.internal.foobar.com')).sort()).toEqual([...hundred].sort());
  });

  test('compress names, so that a datagram holds as many records as a real one', async () => {
    const few = records.splice(3, 72); // 28 addresses of 16 bytes fit into 512, uncompressed only 8 would
    const answer = await query('web.production.internal.foobar.com', 'A');
    records.splice(3, 0, ...few);
    expect(answer?.message.flag_tc).toBe(false);
    expect(answer?.message.answers).toHaveLength(28);
    expect(answer?.length).toBeLessThanOrEqual(512);
  });

  test('answer to EDNS with EDNS', async () => {
    expect((await query('www.foobar.com', 'A', { payload: 1232 }))?.message.additionals).toMatchObject([
      { type: 'OPT' },
    ]);
    expect((await query('www.foobar.com', 'A'))?.message.additionals).toEqual([]);
  });

  test('follow aliases inside the zone and leave others to the asker', async () => {
    expect(await ask().resolve4('blog.foobar.com')).toEqual(['198.19.0.1']);
    expect((await query('packages.foobar.com', 'A'))?.message.answers).toMatchObject([
      { type: 'CNAME', data: 'deb.debian.org' },
    ]);
  });

  test('answer for a wildcard, except for names that exist', async () => {
    expect(await ask().resolve4('any.thing.wild.foobar.com')).toEqual(['198.19.0.9']);
    expect(await ask().resolve4('here.wild.foobar.com')).toEqual(['198.19.0.8']);
    await expect(ask().resolve4('below.here.wild.foobar.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('answer for a wildcard below a name that has records of its own, whose CAA is found above it', async () => {
    expect(await ask().resolve4('0123456789ab.below.www.foobar.com')).toEqual(['198.19.0.7']);
    expect(await ask().resolve4('here.below.www.foobar.com')).toEqual(['198.19.0.6']);
    expect(await ask().resolve4('www.foobar.com')).toEqual(['198.19.0.1']);
    for (const name of ['0123456789ab.below.www.foobar.com', 'below.www.foobar.com', 'www.foobar.com']) {
      await expect(ask().resolveCaa(name)).rejects.toMatchObject({ code: 'ENODATA' });
    }
    expect(await ask().resolveCaa('foobar.com')).toMatchObject([{ issue: 'letsencrypt.org' }]);
  });

  test('serve every type of record that DigitalOcean has', async () => {
    expect(await ask().resolveMx('foobar.com')).toEqual([{ exchange: 'mail.foobar.com', priority: 10 }]);
    expect((await ask().resolveTxt('foobar.com'))[0]?.join('')).toBe('x'.repeat(300));
    expect(await ask().resolveSrv('_sip._tcp.foobar.com')).toMatchObject([
      { name: 'sip.foobar.com', port: 5060, weight: 2 },
    ]);
    expect(await ask().resolveCaa('foobar.com')).toMatchObject([{ issue: 'letsencrypt.org', critical: 0 }]);
    expect((await ask().resolveNs('foobar.com')).sort()).toEqual(
      ['ns1', 'ns2', 'ns3'].map((ns) => `${ns}.digitalocean.com`),
    );
    expect(await ask().resolveSoa('foobar.com')).toMatchObject({
      nsname: 'ns1.digitalocean.com',
      minttl: 1800,
    });
  });

  test('see a changed record at once', async () => {
    records.push(a('new', '198.19.0.5'));
    expect(await ask().resolve4('new.foobar.com')).toEqual(['198.19.0.5']);
    records.pop();
    await expect(ask().resolve4('new.foobar.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('survive bytes that are no DNS message', async () => {
    const socket = createSocket('udp4');
    for (const bytes of ['', 'x', 'y'.repeat(600)])
      await new Promise((sent) => socket.send(bytes, PORT, NAME_SERVER, sent));
    socket.close();
    const connection = connect(PORT, NAME_SERVER).on('error', () => {});
    await new Promise((sent) => connection.end(Buffer.from([0, 3, 1, 2, 3]), () => sent(undefined)));
    expect(await ask().resolve4('www.foobar.com')).toEqual(['198.19.0.1']);
  });
});

describe('the resolvers', () => {
  test('know the hosts that a lab has besides, also where a zone does not', async () => {
    expect(await ask(RESOLVER).resolve4('Registry.foobar.com')).toEqual(['198.18.0.4']);
    await expect(ask(RESOLVER).resolve4('other.foobar.com')).rejects.toThrow('ENOTFOUND');
    await expect(ask(NAME_SERVER).resolve4('registry.foobar.com')).rejects.toThrow('ENOTFOUND');
    expect(await ask(RESOLVER).resolve4('a.fra1.digitaloceanspaces.com')).toEqual(['198.18.0.6']);
    await expect(ask(RESOLVER).resolve4('a.b.fra1.digitaloceanspaces.com')).rejects.toThrow('ENOTFOUND');
  });

  const { resolve4 } = { resolve4: (name: string) => ask(RESOLVER).resolve4(name) };

  test('know the hosted zones, the API and the package archives, and nothing else', async () => {
    expect(await resolve4('www.foobar.com')).toEqual(['198.19.0.1']);
    expect(await resolve4('api.digitalocean.com')).toEqual(['198.18.0.2']);
    expect(await resolve4('deb.debian.org')).toEqual(['198.18.0.3']);
    await expect(resolve4('example.org')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('follow aliases wherever they lead', async () => {
    expect(await resolve4('packages.foobar.com')).toEqual(['198.18.0.3']);
  });

  test('offer recursion and claim no authority', async () => {
    const answer = await query('www.foobar.com', 'A', { server: RESOLVER, rd: true });
    expect(answer?.message).toMatchObject({ flag_ra: true, flag_rd: true, flag_aa: false });
  });
});

describe('a broken name server', () => {
  test.each([
    ['silent', 'ETIMEOUT'],
    ['SERVFAIL', 'ESERVFAIL'],
    ['REFUSED', 'EREFUSED'],
    ['NXDOMAIN', 'ENOTFOUND'],
    ['empty', 'ENODATA'],
    ['rubbish', 'EBADRESP'],
  ] as const)('can be %s', async (fault, code) => {
    dns.fail(fault);
    await expect(ask().resolve4('www.foobar.com')).rejects.toMatchObject({ code });
    expect(await ask(RESOLVER).resolve4('www.foobar.com')).toEqual(['198.19.0.1']);
    dns.fail(undefined);
    expect(await ask().resolve4('www.foobar.com')).toEqual(['198.19.0.1']);
  });

  test('can give an address that is nobody’s', async () => {
    dns.fail('wrong-address');
    expect(await ask().resolve4('www.foobar.com')).toEqual(['203.0.113.66']);
  });

  test('can be a resolver, when it is named', async () => {
    dns.fail('SERVFAIL', [RESOLVER]);
    await expect(ask(RESOLVER).resolve4('www.foobar.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    expect(await ask().resolve4('www.foobar.com')).toEqual(['198.19.0.1']);
  });
});
