import { EVERY_SETTING, synth, writtenFiles } from './synth';

describe('the web tier', () => {
  test('has as many droplets as the setting says, of its size and image', () => {
    const { digitalocean_droplet } = synth(EVERY_SETTING).resource;
    for (const index of [1, 2, 3]) {
      expect(digitalocean_droplet[`web-${index}`]).toMatchObject({
        name: `staging-web-${index}`,
        size: 's-2vcpu-2gb',
        image: 'debian-13-x64',
      });
    }
    expect(digitalocean_droplet).not.toHaveProperty('web-4');
  });

  test('has no secret but the key by which its log is read', () => {
    const secrets = [...writtenFiles(synth(), 'web-1').keys()].filter((path) => path.includes('/secrets/'));
    expect(secrets).toEqual(['/etc/scale-up/secrets/log-key']);
  });
});
