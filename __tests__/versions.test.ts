import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS } from '../lib/versions';
import { synth } from './synth';

const read = (file: string) => readFileSync(join(__dirname, '..', file), 'utf8');

/** The versions in the section of docs/results.md that `npm run test:providers` writes when all of its tests have passed. */
function tried(): Record<string, string> {
  const [, section = ''] = read('docs/results.md').split('\n## Providers\n');
  const [own = ''] = section.split('\n## ');
  return Object.fromEntries(
    [...own.matchAll(/^\| (\w+) \| (\d+\.\d+\.\d+) \|$/gm)].map(([, name, version]) => [name, version]),
  );
}

describe('the versions', () => {
  test('of the providers are exact, and each provider has one', () => {
    const named = Object.entries<{ version: string }>(synth().terraform.required_providers);
    expect(Object.fromEntries(named.map(([name, { version }]) => [name, version]))).toEqual(PROVIDERS);
    for (const version of Object.values(PROVIDERS)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('of the providers are those that `npm run test:providers` passed with: run it after raising one', () => {
    expect(PROVIDERS).toEqual(tried());
  });

  test('of Terraform leave out those before 1.5, and the one that forgets to destroy', () => {
    expect(synth().terraform.required_version).toBe('>= 1.5.0, != 1.16.0');
  });
});
