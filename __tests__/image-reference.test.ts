import { parseImageReference } from '../lib/image-reference';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('the reference of a container image', () => {
  test.each([
    ['registry.example.com/shop:1.4', { host: 'registry.example.com', port: 443, tag: '1.4' }],
    ['registry.example.com:5000/team/my-shop:v1.4_rc.1', { host: 'registry.example.com', port: 5000 }],
    ['registry.digitalocean.com/team/shop:1', { host: 'registry.digitalocean.com' }],
    ['ghcr.io/me/shop__a/b.c/d--e:latest', { host: 'ghcr.io', tag: 'latest' }],
    ['localhost/shop:1', { host: 'localhost' }],
    [`registry.example.com/shop@${DIGEST}`, { digest: DIGEST, tag: undefined }],
    ['registry.example.com/shop', { tag: undefined, digest: undefined }],
  ])('%s is read', (text, parts) => {
    expect(parseImageReference(text)).toMatchObject({ ...parts, full: text });
  });

  test.each([
    ['caddy:2.8', 'docker.io/library/caddy:2.8'],
    ['me/shop:1.4', 'docker.io/me/shop:1.4'],
    [`me/shop:1.4@${DIGEST}`, `docker.io/me/shop@${DIGEST}`],
  ])('%s in full is %s', (text, full) => {
    expect(parseImageReference(text)?.full).toBe(full);
  });

  test.each([
    '',
    ' ',
    ':',
    'Shop:1.4',
    'registry.example.com/Shop:1.4',
    'registry.example.com/:1.4',
    'registry.example.com/shop:',
    'registry.example.com/shop:1.4 ',
    'registry.example.com/shop:1.4\n',
    `registry.example.com/shop:${'1'.repeat(129)}`,
    'registry.example.com/shop:-1',
    'registry.example.com:0/shop:1',
    'registry.example.com:65536/shop:1',
    'registry.example.com:https/shop:1',
    '-registry.example.com/shop:1',
    'registry..com/shop:1',
    'https://registry.example.com/shop:1.4',
    'docker://registry.example.com/shop:1.4',
    'user:password@registry.example.com/shop:1.4',
    'registry.example.com/a//b:1',
    'registry.example.com/../shop:1',
    'registry.example.com/shop@sha256:0123',
    `registry.example.com/shop@${DIGEST}@${DIGEST}`,
    'registry.example.com/${shop}:1',
    'registry.example.com/shop:$(reboot)',
  ])('%j is none', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});
