import { EVERY_SETTING, type Json, synth } from './synth';

const records = (json: Json): Json[] => Object.values<Json>(json.resource.digitalocean_record);
const publicRecords = (json: Json) =>
  records(json).filter(({ value }) => value === '${digitalocean_reserved_ip.reserved-ip.ip_address}');

describe('DNS', () => {
  const json = synth({ web: { count: 2 } });

  test('creates the zone, and leads the domain and the apex to the Reserved IP', () => {
    expect(json.resource.digitalocean_domain['dns-zone'].name).toBe('foobar.com');
    expect(
      publicRecords(json)
        .map(({ name, type }) => `${name} ${type}`)
        .sort(),
    ).toEqual(['*.load-balancer.www A', '@ A', 'www A']);
  });

  test('creates neither a zone nor an apex record where the zone exists already', () => {
    const existing = synth(EVERY_SETTING);
    expect(existing.resource).not.toHaveProperty('digitalocean_domain');
    expect(publicRecords(existing).map(({ name, domain }) => `${name} ${domain}`)).toEqual([
      '*.load-balancer.shop example.org',
      'shop example.org',
    ]);
  });

  test('writes one record where the domain is the apex', () => {
    const apex = synth({ domain: 'foobar.com', zone: 'foobar.com' });
    expect(publicRecords(apex).map(({ name }) => name)).toEqual(['*.load-balancer', '@']);
  });

  test('leads the own name of each certificate to the Reserved IP, before there is a load balancer to ask for it', () => {
    const record = json.resource.digitalocean_record['dns-certificate-names'];
    expect(record).toMatchObject({ type: 'A', name: '*.load-balancer.www', ttl: 300 });
    expect(JSON.stringify(record)).not.toContain('digitalocean_droplet');
    const waits = Object.entries<Json>(json.resource.digitalocean_droplet).filter(([, { depends_on }]) =>
      depends_on.includes('digitalocean_record.dns-certificate-names'),
    );
    expect(waits.map(([name]) => name)).toEqual(['load-balancer-1', 'load-balancer-2']);
    expect(publicRecords(synth({ tls: false })).map(({ name }) => name)).toEqual(['@', 'www']);
  });

  test("gives each droplet a record with its private address, in the environment's own part of the zone", () => {
    const internal = records(json).filter(({ name }) => name.endsWith('.production.internal'));
    const used = internal.filter(({ name, type }) => type === 'A' && !name.startsWith('watched.'));
    expect(used.map(({ name, value, ttl }) => [name.split('.')[0], value, ttl])).toEqual([
      ['app', '${digitalocean_droplet.app-1.ipv4_address_private}', 30],
      ['database', '${digitalocean_droplet.database-1.ipv4_address_private}', 30],
      ['load-balancer-1', '${digitalocean_droplet.load-balancer-1.ipv4_address_private}', 30],
      ['load-balancer-2', '${digitalocean_droplet.load-balancer-2.ipv4_address_private}', 30],
      ['web', '${digitalocean_droplet.web-1.ipv4_address_private}', 30],
      ['web', '${digitalocean_droplet.web-2.ipv4_address_private}', 30],
    ]);
  });

  test('gives each droplet but the database, which is never replaced beside itself, one more to look at it', () => {
    const watched = records(json).filter(({ name }) => name.startsWith('watched.'));
    expect(watched.map(({ name, value, ttl, depends_on }) => [name, value, ttl, depends_on])).toEqual(
      ['app-1', 'load-balancer-1', 'load-balancer-2', 'web-1', 'web-2'].map((droplet) => [
        `watched.${droplet.replace(/^(app|web)-.*/, '$1')}.production.internal`,
        `\${digitalocean_droplet.${droplet}.ipv4_address_private}`,
        30,
        undefined,
      ]),
    );
  });

  test('tells the database droplet, which nothing replaces, whether it has the present settings', () => {
    expect(json.resource.digitalocean_record['dns-settings']).toMatchObject({
      type: 'TXT',
      name: 'settings.database.production.internal',
      value: expect.stringMatching(/user_data == sha1\(.*\)\) \? "current" : "old"}$/),
    });
  });

  test('lets one authority alone make certificates: for the whole zone where it is ours, else for the domain', () => {
    const authority = (settings: object) => {
      const { name, flags, tag, value } = synth(settings).resource.digitalocean_record['dns-caa'];
      return [name, flags, tag, value];
    };
    expect(authority({})).toEqual(['@', 0, 'issue', 'letsencrypt.org.']);
    expect(authority({ ...EVERY_SETTING, tls: { caaIdentity: 'sectigo.com' } })).toEqual([
      ...['shop', 0, 'issue', 'sectigo.com.'],
    ]);
    expect(synth({ tls: false }).resource.digitalocean_record).not.toHaveProperty('dns-caa');
  });

  test('names no public address of a droplet', () => {
    expect(JSON.stringify(records(json))).not.toContain('ipv4_address}');
  });
});
