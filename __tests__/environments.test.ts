import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsInput } from '../lib/settings';
import { ScaleUpStack } from '../lib/stack';
import { copyOfProject, PROJECT } from './project-copy';
import { type Json, withApp } from './synth';

const EXAMPLE = 'examples/two-environments/main.ts';

/** What the example synthesizes in place of main.ts, as docs/environments.md says. */
function environments(): Record<string, Json> {
  const folder = copyOfProject();
  const text = readFileSync(join(PROJECT, EXAMPLE), 'utf8').replaceAll('../../lib', './lib');
  writeFileSync(join(folder, 'main.ts'), text);
  const { app } = JSON.parse(readFileSync(join(folder, 'cdktf.json'), 'utf8'));
  const { status, stderr } = spawnSync(app, { shell: true, cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const read = (name: string) =>
    JSON.parse(readFileSync(join(folder, 'cdktf.out/stacks', name, 'cdk.tf.json'), 'utf8'));
  return { production: read('production'), staging: read('staging') };
}

/** Everything that an account or a zone has once, by name. */
function namesIn({ resource }: Json): string[] {
  const of = (type: string, name: (one: Json) => string) =>
    Object.values<Json>(resource[`digitalocean_${type}`] ?? {}).map((one) => `${type} ${name(one)}`);
  return [
    ...['droplet', 'firewall', 'volume', 'vpc', 'tag', 'domain'].flatMap((type) =>
      of(type, ({ name }) => name),
    ),
    ...of('vpc', ({ ip_range }) => ip_range),
    ...of('record', ({ name, type, value }) => `${type} ${name}${type === 'A' ? ` ${value}` : ''}`),
  ];
}

describe('two environments', () => {
  const { production, staging } = environments();

  test('have a state and all names of their own', () => {
    const states = [production, staging].map(({ terraform }) => terraform.backend.local.path);
    expect(states).toEqual(['../../../terraform.production.tfstate', '../../../terraform.staging.tfstate']);
    const mine = new Set(namesIn(production));
    expect(mine.size).toBeGreaterThan(30);
    expect(namesIn(staging).filter((name) => mine.has(name))).toEqual([]);
  });

  test.each(Object.entries({ production, staging }))(
    '%s is what the snapshot shows',
    (_, { resource, output }) => {
      const droplets = Object.values<Json>(resource.digitalocean_droplet).map(
        ({ name, size, image }) => `${name} ${size} ${image}`,
      );
      expect({ droplets, url: output.url.value, names: namesIn({ resource }) }).toMatchSnapshot();
    },
  );

  test('are taken down one without the other: neither has what the other needs', () => {
    expect(staging.resource).not.toHaveProperty('digitalocean_domain');
    expect(JSON.stringify(staging)).not.toContain('prevent_destroy":true');
    expect(production.resource.digitalocean_domain['dns-zone'].lifecycle.prevent_destroy).toBe(true);
  });
});

describe('two stacks that would collide', () => {
  const FIRST = { domain: 'www.foobar.com' };
  const SECOND = {
    domain: 'staging.foobar.com',
    zoneExists: true,
    prefix: 'staging',
    vpcRange: '10.20.16.0/20',
  };
  const both = (first: Partial<SettingsInput>, second: Partial<SettingsInput>) => () =>
    withApp((app) => {
      new ScaleUpStack(app, 'production', { ...FIRST, ...first });
      new ScaleUpStack(app, 'staging', { ...SECOND, ...second });
    });

  test('do not when all is apart', () => {
    expect(both({}, {})).not.toThrow();
    expect(both({}, { domain: 'www.example.org', zoneExists: false })).not.toThrow();
  });

  test.each<[string, Partial<SettingsInput>, Partial<SettingsInput>, RegExp]>([
    ['prefix', {}, { prefix: 'production' }, /^production and staging: prefix: is "production" in both/],
    [
      'network',
      {},
      { vpcRange: '10.20.0.0/24' },
      /^production and staging: vpcRange: 10\.20\.0\.0\/20 and 10\.20\.0\.0\/24 overlap/,
    ],
    [
      'zone',
      {},
      { zoneExists: false },
      /^production and staging: zone: both would make foobar\.com, which there is once/,
    ],
    [
      'domain',
      {},
      { domain: 'www.foobar.com' },
      /^production and staging: domain: is www\.foobar\.com in both/,
    ],
    ['apex', {}, { domain: 'foobar.com', zone: 'foobar.com' }, /: domain: foobar\.com is the zone itself/],
  ])('in their %s are refused in a sentence', (_, first, second, sentence) => {
    expect(both(first, second)).toThrow(sentence);
  });

  test('are told of every collision at once', () => {
    expect(both({}, { ...FIRST, prefix: 'production', vpcRange: '10.20.0.0/20', zoneExists: false })).toThrow(
      /prefix: .*\n.*vpcRange: .*\n.*domain: .*\n.*zone: /,
    );
  });
});
