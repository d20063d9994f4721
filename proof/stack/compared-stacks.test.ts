import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStack } from '../../lab/stack/stack';
import {
  oursWithBackups,
  oursWithoutTls,
  oursWithReleases,
  tutorial,
  tutorialFirewalled,
  tutorialSingle,
} from './compared-stacks';

test.each([oursWithBackups, oursWithoutTls, oursWithReleases, tutorial, tutorialFirewalled, tutorialSingle])(
  'the command of $name, $app, writes one stack with the droplets of every role',
  async ({ app }) => {
    const out = mkdtempSync(join(tmpdir(), 'compared-stack-'));
    try {
      const { terraform } = await readStack({ app }, out);
      const droplets = Object.values<{ name: string }>(terraform.resource.digitalocean_droplet);
      expect(droplets.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/load-balancer-1$/),
          expect.stringMatching(/load-balancer-2$/),
          expect.stringMatching(/web-1$/),
          expect.stringMatching(/app-1$/),
        ]),
      );
    } finally {
      rmSync(out, { recursive: true });
    }
  },
);
