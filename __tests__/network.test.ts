import { EVERY_SETTING, synth } from './synth';

describe('the network', () => {
  test('is one VPC with the range and the region of the settings', () => {
    const { digitalocean_vpc } = synth(EVERY_SETTING).resource;
    expect(Object.keys(digitalocean_vpc)).toEqual(['network-vpc']);
    expect(digitalocean_vpc['network-vpc']).toMatchObject({
      name: 'staging',
      region: 'fra1',
      ip_range: '10.30.0.0/20',
    });
  });

  test('waits for droplets to leave the VPC before it deletes it', () => {
    expect(synth().resource.digitalocean_vpc['network-vpc'].timeouts.delete).toBe('10m');
  });

  test('has one tag for the stack and one per role, all of which say whose they are', () => {
    const tags = Object.values<{ name: string }>(synth().resource.digitalocean_tag).map(({ name }) => name);
    expect(tags.sort()).toEqual([
      'scale-up:foobar_com:production',
      'scale-up:foobar_com:production:app',
      'scale-up:foobar_com:production:database',
      'scale-up:foobar_com:production:load-balancer',
      'scale-up:foobar_com:production:web',
    ]);
  });
});
