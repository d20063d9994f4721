import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Json, synth } from '../../__tests__/synth';
import type { SettingsInput } from '../../lib/settings';

/** Where the last release's stacks are kept. */
export const FILE = join(__dirname, 'last-release-stacks.json');

/** Stacks that together have most of what there can be. No setting of theirs is younger than the last release. */
export const SETTINGS: Readonly<Record<string, Partial<SettingsInput>>> = {
  'the default stack': {},
  'two servers a tier, a container, SSH and alerts': {
    ...{
      web: { count: 2 },
      app: { count: 2, image: 'registry.example.com/shop:1.4', secrets: ['STRIPE_KEY'] },
    },
    ...{ ssh: { cidrs: ['203.0.113.7/32'] }, alerts: { emails: ['ops@foobar.com'] } },
  },
};

/** A stack without what would fill a file: the droplets' files are their checksum, which says whether they changed. */
export function reduced({ locals, data, resource, variable }: Json): Json {
  const sums = Object.entries<string>(locals).map(([name, text]) => [
    name,
    createHash('sha1').update(text).digest('hex'),
  ]);
  return { locals: Object.fromEntries(sums), data, resource, variable };
}

/** The stacks as the sources here synthesize them. */
export function reducedStacks(): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(SETTINGS).map(([name, settings]) => [name, reduced(synth(settings))]),
  );
}
