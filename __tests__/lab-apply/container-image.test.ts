import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerImageOf } from '../../lab/container-image';
import { deploymentFiles } from '../../lab/stack-environment';
import type { SettingsInput } from '../../lib/settings';
import { synth } from '../synth';

describe('the lab', () => {
  const directory = mkdtempSync(join(tmpdir(), 'scale-up-image-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  const imageOf = async (app: SettingsInput['app']) => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'cdk.tf.json'), JSON.stringify(synth({ app })));
    return containerImageOf(await deploymentFiles({ name: 'scale-up', directory }));
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

  test('sees that a stack runs the sample application', async () => {
    expect(await imageOf({})).toBeUndefined();
  });
});
