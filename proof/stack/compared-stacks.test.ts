import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oursWithBackups, oursWithReleases, tutorial, tutorialFirewalled } from './compared-stacks';

const SINGLE = { name: 'tutorial of one', app: `${tutorial.app} single` };

test.each([oursWithBackups, oursWithReleases, tutorial, tutorialFirewalled, SINGLE])(
  'the command of $name, $app, writes one stack with the droplets of every role',
  ({ app }) => {
    const out = mkdtempSync(join(tmpdir(), 'compared-stack-'));
    try {
      execFileSync('sh', ['-c', app], { env: { ...process.env, CDKTF_OUTDIR: out }, encoding: 'utf8' });
      const { stacks } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
      const [{ synthesizedStackPath }] = Object.values<{ synthesizedStackPath: string }>(stacks) as [
        { synthesizedStackPath: string },
      ];
      const { resource } = JSON.parse(readFileSync(join(out, synthesizedStackPath), 'utf8'));
      const droplets = Object.values<{ name: string }>(resource.digitalocean_droplet);
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
