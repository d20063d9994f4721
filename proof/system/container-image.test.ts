import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { synth } from '../../__tests__/synth';
import { containerImageOf } from '../../lab/stack/container-image';
import { readDeclaration, saidBy } from '../../lab/stack/declaration';
import { userDataFiles } from '../../lab/stack/user-data-reader';
import type { SettingsInput } from '../../lib/settings';

describe('the lab', () => {
  const imageOf = async (app: SettingsInput['app']) => {
    const stack = { name: 'production', configuration: 'cdk.tf.json', terraform: synth({ app }) };
    return containerImageOf(await readDeclaration(join(__dirname, '../..')), saidBy(stack));
  };

  test('reads from the synthesized stack which image it runs, from which registry, and who pulls it', async () => {
    expect(
      await imageOf({
        image: 'registry.example.com:5000/team/shop:1.4',
        registry: { username: 'robot$shop' },
      }),
    ).toEqual({
      reference: 'registry.example.com:5000/team/shop:1.4',
      registry: { host: 'registry.example.com', port: 5000 },
      username: 'robot$shop',
    });
    expect(await imageOf({ image: 'caddy:2.8' })).toEqual({
      reference: 'docker.io/library/caddy:2.8',
      registry: { host: 'docker.io', port: 443 },
      username: undefined,
    });
  });

  test.each([
    [undefined, (text: string) => text],
    ['b64', (text: string) => Buffer.from(text).toString('base64')],
    ['gzip+base64', (text: string) => gzipSync(text).toString('base64')],
  ])('reads a file in the encoding %s', (encoding, encode) => {
    const file = { path: '/etc/scale-up/stack.env', encoding, content: encode('APP_REPOSITORY=caddy\n') };
    const content = `#cloud-config\n${stringify({ write_files: [file] })}`;
    const terraform = { data: { cloudinit_config: { app: { part: [{ content }] } } } };
    const files = userDataFiles({ name: 'production', configuration: 'cdk.tf.json', terraform });
    expect(files).toEqual([{ path: '/etc/scale-up/stack.env', content: 'APP_REPOSITORY=caddy\n' }]);
  });

  test('sees that a stack runs the sample application', async () => {
    expect(await imageOf({})).toBeUndefined();
  });
});
