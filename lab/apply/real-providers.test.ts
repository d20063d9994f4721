import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuiltInApply } from './built-in-apply';
import type { PlannedChange } from './deployer';
import { Terraform } from './terraform';
import { accountOf } from './testing/account';
import { Deployment, type Json } from './testing/deployment';
import { gatedStack } from './testing/gated-stack';
import { providerObstacle } from './testing/providers';
import { smallStack } from './testing/small-stack';
import { tlsStack } from './testing/tls-stack';

const obstacle = providerObstacle();
const notRun = obstacle ? ` (not run: ${obstacle})` : '';
const withProviders = obstacle ? test.skip : test;

/** The providers wait 10 s for each step of a droplet, and on a busy machine all else takes longer still. */
const PATIENCE = 600_000;

let ours: Deployment;
let theirs: Deployment;

beforeEach(async () => {
  [ours, theirs] = [await Deployment.start(), await Deployment.start()];
});

afterEach(() => Promise.all([ours.end(), theirs.end()]));

const deployers = (stack: Json) =>
  [new BuiltInApply(ours.target(stack)), new Terraform(theirs.target(stack))] as const;

const inAnyOrder = (changes: readonly PlannedChange[]) =>
  changes
    .map((change) => ({ ...change, because: [...change.because].sort() }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));

withProviders(
  `Terraform and the evaluator leave the same behind them, plan the same changes and make them the same${notRun}`,
  async () => {
    const [direct, terraform] = deployers(smallStack());
    const [applied, byTerraform] = await Promise.all([direct.apply(), terraform.apply()]);
    expect(inAnyOrder(applied.changes)).toEqual(inAnyOrder(byTerraform.changes));
    expect(await accountOf(ours)).toEqual(await accountOf(theirs));

    const stack = evolved();
    const [evolving, withTerraform] = deployers(stack);
    const [plan, theirPlan] = await Promise.all([evolving.plan(), withTerraform.plan()]);
    expect(inAnyOrder(plan)).toEqual(inAnyOrder(theirPlan));

    await Promise.all([evolving.apply(), withTerraform.apply()]);
    expect(await accountOf(ours)).toEqual(await accountOf(theirs));
    expect(await Promise.all([evolving.plan(), withTerraform.plan()])).toEqual([[], []]);

    await Promise.all([evolving.destroy(), withTerraform.destroy()]);
    expect(await accountOf(ours)).toEqual(await accountOf(theirs));
  },
  PATIENCE,
);

withProviders(
  `the MIME document has the bytes that the real provider makes${notRun}`,
  async () => {
    const parts = [
      { content: '#cloud-config\n', content_type: 'text/cloud-config', filename: 'a.yaml' },
      { content: '#!/bin/sh\r\necho "$${x} %%{y}"', merge_type: 'list(append)+dict()' },
      { content: '', filename: 'empty' },
      { content: '--MIMEBOUNDARY\ne\u0301' },
    ];
    const variants = {
      plain: { gzip: false, base64_encode: false },
      base64: { gzip: false },
      boundary: { gzip: false, base64_encode: false, boundary: 'other' },
    };
    const stack = {
      terraform: { required_providers: { cloudinit: { source: 'hashicorp/cloudinit' } } },
      data: {
        cloudinit_config: Object.fromEntries(
          Object.entries(variants).map(([name, settings]) => [name, { ...settings, part: parts }]),
        ),
      },
      output: Object.fromEntries(
        Object.keys(variants).map((name) => [name, { value: `\${data.cloudinit_config.${name}.rendered}` }]),
      ),
    };
    const [direct, terraform] = deployers(stack);
    expect((await direct.apply()).outputs).toEqual((await terraform.apply()).outputs);
  },
  PATIENCE,
);

withProviders(
  `certificates say the same as those of the real provider${notRun}`,
  async () => {
    const [direct, terraform] = deployers(tlsStack());
    const [made, theirs] = [(await direct.apply()).outputs, (await terraform.apply()).outputs];
    for (const name of ['authority', 'server']) {
      expect(saying(made[name])).toEqual(saying(theirs[name]));
    }
    const kinds = ({ facts }: Json) => facts.map((fact: string) => String(fact).split('\n')[0]);
    expect(kinds(made)).toEqual(kinds(theirs));
    expect(await direct.plan()).toEqual([]);
  },
  PATIENCE,
);

withProviders(
  `a command that fails stops Terraform and the evaluator at the same place, and both go on and back from there${notRun}`,
  async () => {
    const both = async (release: string) => {
      const run = async (deployment: Deployment, Kind: typeof BuiltInApply | typeof Terraform) => {
        const deployer = new Kind(deployment.target(gatedStack(release, deployment.folder)));
        const changes = inAnyOrder(await deployer.plan());
        const failed = await deployer.apply().then(
          () => false,
          () => true,
        );
        const { domain_records } = await deployment.get('/domains/example.org/records');
        const records = domain_records.filter(({ type }: Json) => type === 'TXT');
        const pointers = records.map(({ name, data }: Json) => `${name} ${data}`).sort();
        const looked = readFileSync(join(deployment.folder, 'looked'), 'utf8').trim().split('\n').length;
        return { changes, failed, pointers, looked };
      };
      return Promise.all([run(ours, BuiltInApply), run(theirs, Terraform)]);
    };
    for (const { folder } of [ours, theirs]) writeFileSync(join(folder, 'bad-2'), '');
    for (const release of ['1', '2', '2', '1', '1', '3']) {
      const [direct, terraform] = await both(release);
      expect([release, direct]).toEqual([release, terraform]);
      expect(direct.failed).toBe(release === '2');
    }
    for (const { progress } of [ours, theirs]) {
      expect(
        progress.filter((line) => /^terraform_data.gate:? \(local-exec\): looks at 3/.test(line)),
      ).toHaveLength(1);
    }
  },
  PATIENCE,
);

/** What a certificate says, without what is by chance: its number, its key, its signature and the second. */
function saying(pem: unknown): string[] {
  const options = ['x509', '-noout', '-text', '-certopt', 'no_serial,no_pubkey,no_sigdump,no_validity'];
  const { stdout } = spawnSync('openssl', options, { input: String(pem), encoding: 'utf8' });
  const lines = stdout
    .split('\n')
    .map((line) => line.trim().replace(/^(?:[\dA-F]{2}:){19}[\dA-F]{2}$/, 'an id'));
  // The order of extensions means nothing.
  return [...new X509Certificate(String(pem)).validTo.split(' ').slice(3, 4), ...lines.sort()];
}

/** The small stack after most of what can happen to it. */
function evolved(): Json {
  const stack = smallStack();
  const { resource } = stack;
  stack.locals.common += 'runcmd: [date]\n';
  resource.digitalocean_droplet.database.name = 'small-database-9';
  resource.digitalocean_droplet.database.tags.push('${digitalocean_tag.web.id}');
  resource.digitalocean_vpc.main.description = 'The small network';
  resource.digitalocean_volume.data.size = 20;
  resource.digitalocean_record.www.ttl = 60;
  resource.digitalocean_tag.extra = { name: 'extra' };
  resource.digitalocean_firewall.web.inbound_rule.pop();
  resource.digitalocean_monitor_alert.cpu.value = 90.5;
  resource.digitalocean_uptime_alert.down.threshold = 3;
  resource.digitalocean_uptime_check.site.regions = ['us_east'];
  delete resource.digitalocean_record.database;
  return stack;
}
