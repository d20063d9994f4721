import { EVERY_SETTING, synth } from './synth';

describe('the Reserved IP', () => {
  const json = synth();

  test('has a region and no droplet, and no assignment by Terraform that would undo a failover', () => {
    expect(json.resource.digitalocean_reserved_ip['reserved-ip']).toMatchObject({ region: 'nyc3' });
    expect(json.resource.digitalocean_reserved_ip['reserved-ip']).not.toHaveProperty('droplet_id');
    expect(json.resource).not.toHaveProperty('digitalocean_reserved_ip_assignment');
  });

  test('is protected from deletion until the setting lifts it', () => {
    const lifecycle = (stack: typeof json) =>
      stack.resource.digitalocean_reserved_ip['reserved-ip'].lifecycle;
    expect(lifecycle(json)).toEqual({ prevent_destroy: true });
    expect(lifecycle(synth(EVERY_SETTING))).toEqual({ prevent_destroy: false });
  });

  test('is moved with a token that is a sensitive variable without a default', () => {
    expect(json.variable).toEqual({
      reserved_ip_token: expect.objectContaining({ type: 'string', sensitive: true, nullable: false }),
    });
    expect(json.variable.reserved_ip_token).not.toHaveProperty('default');
  });
});
