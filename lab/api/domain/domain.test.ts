import { type Lab, start } from '../testing/client';
import { DOMAIN_RECORDS, recordsOf } from './stored-domain';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
  await lab.call('POST', '/v2/domains', { name: 'example.test' });
});
afterEach(() => lab.close());

const RECORDS = '/v2/domains/example.test/records';
const add = (record: object) => lab.call('POST', RECORDS, record);

test('a domain begins with its SOA and name servers, and is deleted with its records', async () => {
  const { body } = await lab.call('GET', RECORDS);
  expect(
    body.domain_records.map(({ type, data }: { type: string; data: string }) => `${type} ${data}`),
  ).toEqual(['SOA 1800', 'NS ns1.digitalocean.com', 'NS ns2.digitalocean.com', 'NS ns3.digitalocean.com']);
  expect((await lab.call('GET', '/v2/domains/Example.test')).body.domain.zone_file).toContain(
    'example.test. 1800 IN NS ns1.digitalocean.com.\n',
  );
  expect((await lab.call('DELETE', '/v2/domains/example.test')).status).toBe(204);
  expect(lab.cloud.of(DOMAIN_RECORDS).size).toBe(0);
  expect(recordsOf(lab.cloud, 'example.test')).toBeUndefined();
});

test('ip_address makes an address record at the apex', async () => {
  const { status } = await lab.call('POST', '/v2/domains', { name: 'with.test', ip_address: '192.0.2.1' });
  expect(status).toBe(201);
  const { body } = await lab.call('GET', '/v2/domains/with.test/records?type=A');
  expect(body.domain_records).toMatchObject([{ name: '@', data: '192.0.2.1' }]);
});

test.each([['a b.test'], ['nodots'], ['example.test'], ['-a.test'], [`${'a'.repeat(64)}.test`]])(
  'the domain %s is refused',
  async (name) => {
    expect((await lab.call('POST', '/v2/domains', { name })).status).toBe(422);
  },
);

test.each([
  [
    { type: 'A', name: 'www', data: '192.0.2.1', ttl: 30, priority: 0, port: 0, weight: 0, flags: 0 },
    { data: '192.0.2.1', priority: null, port: null, weight: null, flags: null },
  ],
  [
    { type: 'AAAA', name: 'six', data: '2001:db8::1' },
    { data: '2001:db8::1', ttl: 1800 },
  ],
  [{ type: 'CNAME', name: 'ext', data: 'other.example.org.' }, { data: 'other.example.org' }],
  [{ type: 'CNAME', name: 'apex', data: '@' }, { data: '@' }],
  [{ type: 'CNAME', name: 'zone', data: 'Example.test.' }, { data: '@' }],
  [{ type: 'MX', name: 'm', data: 'example.test.', priority: 1 }, { data: '@' }],
  [{ type: 'SRV', name: '_a._udp', data: 'example.test.', priority: 1, weight: 2, port: 3 }, { data: '@' }],
  [
    { type: 'MX', name: '@', data: 'mail.example.org.', priority: 10 },
    { data: 'mail.example.org', priority: 10 },
  ],
  [{ type: 'TXT', name: '@', data: 'v=spf1 -all' }, { data: 'v=spf1 -all' }],
  [
    { type: 'SRV', name: '_sip._tcp', data: 'sip.example.org.', priority: 1, weight: 2, port: 5060 },
    { priority: 1, weight: 2, port: 5060 },
  ],
  [{ type: 'NS', name: 'sub', data: 'ns.example.org.' }, { data: 'ns.example.org' }],
  [
    { type: 'CAA', name: '@', data: 'letsencrypt.org.', flags: 0, tag: 'issue' },
    { data: 'letsencrypt.org', flags: 0, tag: 'issue' },
  ],
  [
    { type: 'CAA', name: '@', data: 'mailto:a@example.test', flags: 0, tag: 'iodef' },
    { data: 'mailto:a@example.test' },
  ],
  [{ type: 'A', name: '*.w', data: '192.0.2.1' }, { name: '*.w' }],
  [{ type: 'A', name: '*.v.w', data: '192.0.2.1' }, { name: '*.v.w' }],
  [{ type: 'A', name: 'full.example.test.', data: '192.0.2.1' }, { name: 'full' }],
])('the record %j is kept', async (record, expected) => {
  const { status, body } = await add(record);
  expect(status).toBe(201);
  expect(body.domain_record).toMatchObject({ type: record.type, ...expected });
  const path = `${RECORDS}/${body.domain_record.id}`;
  expect((await lab.call('GET', path)).body).toEqual(body);
  expect((await lab.call('DELETE', path)).status).toBe(204);
  expect((await lab.call('GET', path)).status).toBe(404);
});

test.each([
  [{ type: 'A', name: 'a', data: 'fish' }],
  [{ type: 'A', name: 'a', data: '2001:db8::1' }],
  [{ type: 'AAAA', name: 'a', data: '192.0.2.1' }],
  [{ type: 'A', name: 'a', data: '192.0.2.1', ttl: 29 }],
  [{ type: 'A', name: 'a b', data: '192.0.2.1' }],
  [{ type: 'A', name: 'a' }],
  [{ type: 'CNAME', name: 'a', data: 'no.dot.test' }],
  [{ type: 'MX', name: '@', data: 'mail.example.org.' }],
  [{ type: 'SRV', name: '_a._tcp', data: 'a.test.', priority: 1 }],
  [{ type: 'CAA', name: '@', data: 'letsencrypt.org.', flags: 0 }],
  [{ type: 'CAA', name: '@', data: 'letsencrypt.org.', flags: 256, tag: 'issue' }],
  [{ type: 'SOA', name: '@', data: '1800' }],
  [{ type: 'PTR', name: 'a', data: 'a.test.' }],
  [{ type: 'CNAME', name: 'taken', data: 'a.test.' }],
])('the record %j is refused', async (record) => {
  await add({ type: 'A', name: 'taken', data: '192.0.2.9' });
  const before = lab.cloud.of(DOMAIN_RECORDS).size;
  const { status, body } = await add(record);
  expect([status, body.id]).toEqual([422, 'unprocessable_entity']);
  expect(lab.cloud.of(DOMAIN_RECORDS).size).toBe(before);
});

test('a zone file has a whole SOA, names that end with their dot, and texts in quotes', async () => {
  const more = { priority: 1, weight: 2, port: 3 };
  await add({ type: 'MX', name: '@', data: 'example.test.', priority: 10 });
  await add({ type: 'SRV', name: '_a._tcp', data: 'srv.example.org.', ...more });
  await add({ type: 'TXT', name: 't', data: `say "${'x'.repeat(255)}"` });
  await add({ type: 'CAA', name: '@', data: 'letsencrypt.org.', flags: 0, tag: 'issue' });
  const { zone_file } = (await lab.call('GET', '/v2/domains/example.test')).body.domain;
  const [origin, ttl, soa, ...records] = zone_file.split('\n');
  expect([origin, ttl]).toEqual(['$ORIGIN example.test.', '$TTL 1800']);
  expect(soa).toMatch(
    /^example\.test\. IN SOA ns1\.digitalocean\.com\. hostmaster\.example\.test\. \d{10} 10800 3600 604800 1800$/,
  );
  expect(records.slice(3)).toEqual([
    'example.test. 1800 IN MX 10 example.test.',
    '_a._tcp.example.test. 1800 IN SRV 1 2 3 srv.example.org.',
    `t.example.test. 1800 IN TXT "say \\"${'x'.repeat(250)}" "xxxxx\\""`,
    'example.test. 1800 IN CAA 0 issue "letsencrypt.org"',
    '',
  ]);
});

test('records are found by type and by full name', async () => {
  await add({ type: 'A', name: 'www', data: '192.0.2.1' });
  await add({ type: 'A', name: '@', data: '192.0.2.1' });
  await add({ type: 'TXT', name: 'www', data: 't' });
  const total = async (query: string) => (await lab.call('GET', `${RECORDS}?${query}`)).body.meta.total;
  expect(await total('type=A')).toBe(2);
  expect(await total('name=www.example.test')).toBe(2);
  expect(await total('name=www.example.test&type=TXT')).toBe(1);
  expect(await total('name=example.test&type=a')).toBe(1);
  for (const type of ['PTR', 'AAA', ''])
    expect((await lab.call('GET', `${RECORDS}?type=${type}`)).status).toBe(422);
});

test('PUT and PATCH change what they name, and never the type', async () => {
  const { body } = await add({ type: 'CNAME', name: 'a', data: 'one.test.', ttl: 60 });
  const path = `${RECORDS}/${body.domain_record.id}`;
  expect((await lab.call('PATCH', path, { type: 'CNAME', ttl: 90 })).body.domain_record).toMatchObject({
    data: 'one.test',
    ttl: 90,
  });
  expect(
    (await lab.call('PUT', path, { type: 'CNAME', data: 'two.test.' })).body.domain_record,
  ).toMatchObject({ name: 'a', data: 'two.test', ttl: 90 });
  expect((await lab.call('PATCH', path, { type: 'A', data: '192.0.2.1' })).status).toBe(422);
  expect((await lab.call('PATCH', path, { type: 'CNAME', ttl: 5 })).status).toBe(422);
});

test('records of one name and type share the newest time to live', async () => {
  const { body } = await add({ type: 'A', name: 'web', data: '10.0.0.1', ttl: 300 });
  await add({ type: 'A', name: 'web', data: '10.0.0.2', ttl: 30 });
  expect((await lab.call('GET', `${RECORDS}/${body.domain_record.id}`)).body.domain_record.ttl).toBe(30);
});
