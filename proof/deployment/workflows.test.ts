import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { copyOfProject, PROJECT } from '../../__tests__/project-copy';
import type { Json } from '../../__tests__/synth';
import { hasTerraform } from '../../__tests__/terraform';
import { start, TOKEN } from '../../lab/api/testing/client';

const withTerraform = hasTerraform ? test : test.skip;
const notRun = hasTerraform ? '' : ' (not run: there is no terraform here)';

const { jobs } = parse(readFileSync(join(PROJECT, '.github/workflows/deploy.yml'), 'utf8'));

/** The app of a project: a stack of what Terraform has without a registry, in which one thing is what a file says. */
const APP = `const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const workingDirectory = 'stacks/shop', synthesizedStackPath = workingDirectory + '/cdk.tf.json';
mkdirSync('cdktf.out/' + workingDirectory, { recursive: true });
writeFileSync('cdktf.out/' + synthesizedStackPath, JSON.stringify({
  terraform: { backend: { local: { path: '../../../terraform.shop.tfstate' } } },
  variable: { reserved_ip_token: { type: 'string', sensitive: true } },
  resource: { terraform_data: { release: { input: readFileSync('release.txt', 'utf8') } } },
}));
const stacks = { shop: { annotations: [], workingDirectory, synthesizedStackPath } };
writeFileSync('cdktf.out/manifest.json', JSON.stringify({ stacks }));`;

describe('the commands of deploy.yml, as they stand,', () => {
  withTerraform(`say what a pull request would change, and deploy what was merged${notRun}`, async () => {
    const RESERVED_IP_TOKEN = 'reserved-ip';
    const lab = await start({ tokens: [{ token: RESERVED_IP_TOKEN, scopes: ['reserved_ip:update'] }] });
    const folder = copyOfProject();
    const at = (path: string) => join(folder, path);
    writeFileSync(at('cdktf.json'), JSON.stringify({ app: 'node app.js' }));
    writeFileSync(at('app.js'), APP);
    /** Runs a step as a hosted runner does, with what would be its secrets. */
    const run = async (job: string, name: string) => {
      const { run: script, env = {} } = jobs[job].steps.find((step: Json) => step.name === name);
      const secrets: Json = {
        ...{ DIGITALOCEAN_TOKEN: TOKEN, TF_VAR_reserved_ip_token: RESERVED_IP_TOKEN },
        ...{ AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'hush' },
      };
      const values = Object.keys(env).map((variable) => [variable, secrets[variable]]);
      const shell = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, STACK: 'shop', DIGITALOCEAN_API_URL: lab.url, ...Object.fromEntries(values) },
      });
      const ended = new Promise((resolve) => shell.once('close', resolve));
      const said = await Promise.all([text(shell.stdout), text(shell.stderr)]);
      return { status: await ended, said: said.join('') };
    };
    try {
      writeFileSync(at('release.txt'), '1.4');
      expect(await run('deploy', 'Check and deploy')).toMatchObject({
        status: 0,
        said: expect.stringContaining('Apply complete! Resources: 1 added'),
      });
      expect(readFileSync(at('terraform.shop.tfstate'), 'utf8')).toContain('"1.4"');

      writeFileSync(at('release.txt'), '1.5');
      for (const step of ['Synthesize', 'Plan', 'Preview']) {
        expect(await run('preview', step)).toMatchObject({ status: 0 });
      }
      const { resource_changes } = JSON.parse(readFileSync(at('shop.json'), 'utf8'));
      expect(resource_changes).toMatchObject([
        { change: { before: { input: '1.4' }, after: { input: '1.5' } } },
      ]);
      expect(readFileSync(at('preview.md'), 'utf8')).toContain('What shop.json would change');
      expect(existsSync(at('terraform.shop.tfstate.lock.info'))).toBe(false);
    } finally {
      await lab.close();
    }
  });
});
