import type { PlannedChange } from '../../lab/apply/deployer';
import { Terraform } from '../../lab/apply/terraform';
import { WithoutTerraform } from '../../lab/apply/without-terraform';
import { accountOf } from './account';
import { Deployment, type Json } from './deployment';
import { providerObstacle } from './providers';
import { smallStack } from './small-stack';

const obstacle = providerObstacle();
const notRun = obstacle ? ` (not run: ${obstacle})` : '';
const withProviders = obstacle ? test.skip : test;

/** The providers wait 10 s for each step of a droplet. */
const PATIENCE = 150_000;

let ours: Deployment;
let theirs: Deployment;

beforeEach(async () => {
  [ours, theirs] = [await Deployment.start(), await Deployment.start()];
});

afterEach(() => Promise.all([ours.end(), theirs.end()]));

const deployers = (stack: Json) =>
  [new WithoutTerraform(ours.target(stack)), new Terraform(theirs.target(stack))] as const;

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
