import { parseSettings } from '../lib/settings';
import { roleOfTag, tagName } from '../lib/tag';
import { type Json, synth } from './synth';

const settings = (zone: string, prefix: string) => parseSettings({ domain: `www.${zone}`, zone, prefix });

describe('a tag', () => {
  test('says of which project, zone, environment and role a droplet is', () => {
    expect(tagName(settings('foobar.com', 'production'))).toBe('scale-up:foobar_com:production');
    expect(tagName(settings('foobar.com', 'production'), 'web')).toBe('scale-up:foobar_com:production:web');
  });

  test('is the same for no two stacks, however alike their names are', () => {
    const stacks = [
      settings('foobar.com', 'production'),
      settings('foo-bar.com', 'production'),
      settings('foo.bar.com', 'production'),
      settings('foobar.com', 'production-web'),
      settings('foobar.com', 'web'),
    ];
    const tags = stacks.flatMap((stack) => [tagName(stack), tagName(stack, 'web')]);
    expect(new Set(tags).size).toBe(tags.length);
  });

  test('leads back to its role, and only if it is ours', () => {
    expect(roleOfTag('scale-up:foobar_com:production:load-balancer')).toBe('load-balancer');
    for (const other of ['scale-up:foobar_com:web', 'production-web', 'x:scale-up:foobar_com:production:web'])
      expect(roleOfTag(other)).toBeUndefined();
  });

  test("is one that DigitalOcean takes, also with the longest zone that the names' limit allows", () => {
    const zone = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(61)}.${'d'.repeat(1)}.com`;
    const tags = Object.values<Json>(
      synth({ domain: zone, zone, prefix: 'p'.repeat(30) }).resource.digitalocean_tag,
    );
    for (const { name } of tags) expect(name).toMatch(/^[a-z0-9:_-]{1,255}$/);
    expect(() => synth({ domain: `${zone}x`, zone: `${zone}x`, prefix: 'p'.repeat(30) })).toThrow(
      /DNS allows/,
    );
  });
});
