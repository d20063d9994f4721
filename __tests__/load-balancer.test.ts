import { EVERY_SETTING, stackEnvironment, synth, writtenFiles } from './synth';

describe('the load balancers', () => {
  const json = synth();

  test('are two', () => {
    const names = Object.keys(json.resource.digitalocean_droplet).filter((name) =>
      name.startsWith('load-balancer'),
    );
    expect(names).toEqual(['load-balancer-1', 'load-balancer-2']);
  });

  test('know the Reserved IP by reference and each other by name', () => {
    const address = '${digitalocean_reserved_ip.reserved-ip.ip_address}';
    expect(stackEnvironment(json, 'load-balancer-1')).toMatchObject({
      RESERVED_IP: address,
      INDEX: '1',
      PEER: 'load-balancer-2',
    });
    expect(stackEnvironment(json, 'load-balancer-2')).toMatchObject({
      RESERVED_IP: address,
      INDEX: '2',
      PEER: 'load-balancer-1',
    });
  });

  test('redirect the apex only where the zone is ours and the domain is not the apex itself', () => {
    const apex = (settings: object) => stackEnvironment(synth(settings), 'load-balancer-1').APEX;
    expect(apex({})).toBe('foobar.com');
    expect(apex({ zoneExists: true })).toBe('apex.invalid');
    expect(apex({ domain: 'foobar.com', zone: 'foobar.com' })).toBe('apex.invalid');
  });

  test('are told for which names they need a certificate, from whom, and what browsers shall remember', () => {
    expect(stackEnvironment(json, 'load-balancer-1')).toMatchObject({
      TLS: 'on',
      CERTIFICATE_NAMES: 'www.foobar.com,foobar.com',
      ACME_DIRECTORY: 'https://acme-v02.api.letsencrypt.org/directory',
      ACME_CONTACT: 'hostmaster@foobar.com',
      HSTS_AGE: '86400',
    });
    expect(stackEnvironment(synth(EVERY_SETTING), 'load-balancer-2')).toMatchObject({
      CERTIFICATE_NAMES: 'shop.example.org',
      ACME_DIRECTORY: 'https://acme-staging-v02.api.letsencrypt.org/directory',
      ACME_CONTACT: 'tls@example.org',
      HSTS_AGE: '31536000',
    });
    const alerted = stackEnvironment(synth({ alerts: { emails: ['ops@foobar.com'] } }), 'load-balancer-1');
    expect(alerted.ACME_CONTACT).toBe('hostmaster@foobar.com');
    const plain = stackEnvironment(synth({ tls: false }), 'load-balancer-1');
    expect(plain.TLS).toBe('off');
    expect(Object.keys(plain).filter((name) => /^(ACME|HSTS|CERTIFICATE)/.test(name))).toEqual([]);
  });

  test('get the token as a root-only file, by reference', () => {
    expect(writtenFiles(json, 'load-balancer-1').get('/etc/scale-up/secrets/reserved-ip-token')).toEqual({
      path: '/etc/scale-up/secrets/reserved-ip-token',
      permissions: '0600',
      content: '${var.reserved_ip_token}\n',
    });
  });

  test('have the same user_data with 1 and with 100 web and app droplets', () => {
    const big = synth({ web: { count: 100 }, app: { count: 100 } });
    for (const name of ['load-balancer-1-user-data', 'load-balancer-2-user-data']) {
      expect(big.data.cloudinit_config[name]).toEqual(json.data.cloudinit_config[name]);
    }
  });
});
