import { stackEnvironment, synth, writtenFiles } from './synth';

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
