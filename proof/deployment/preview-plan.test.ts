import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Json, synth } from '../../__tests__/synth';
import { hasTerraform } from '../../__tests__/terraform';
import { expectedChanges } from '../../lib/preview/expected';
import { forcesNew } from '../../lib/preview/forces-new';
import { pastOfSynthesis } from '../../lib/preview/past';
import { changesOf } from '../../lib/preview/plan-file';
import { type Report, reportOf } from '../../lib/preview/report';
import type { SettingsInput } from '../../lib/settings';

/**
 * The report of Terraform's own plan, beside the one that is made without it. Terraform's registry may be out of reach, so what providers
 * would make is terraform_data here, with the lifecycle of the stack: what can't change stands in `triggers_replace`, all else in `input`.
 */
const withTerraform = hasTerraform ? test : test.skip;
const notRun = hasTerraform ? '' : ' (not run: there is no terraform here)';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'scale-up-plan-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const META = ['//', 'lifecycle', 'depends_on', 'provisioner', 'timeouts'];

const hash = (value: Json) => createHash('sha1').update(JSON.stringify(value)).digest('hex');

const dataName = (type: string, name: string) => `${type}--${name}`;

/** References as text: here nobody makes what they refer to. */
const asText = (value: Json): Json =>
  JSON.parse(JSON.stringify(value).replaceAll('${', '<ref>{').replaceAll('%{', '<if>{'));
const asReferences = (value: Json): Json => JSON.parse(JSON.stringify(value).replaceAll('<ref>{', '${'));

function stackOfData(json: Json): Json {
  const found: Json = {};
  for (const [type, named] of Object.entries<Json>(json.resource)) {
    for (const [name, body] of Object.entries<Json>(named)) {
      const { ignore_changes = [], replace_triggered_by, create_before_destroy } = body.lifecycle ?? {};
      const attributes = Object.entries<Json>(asText(body)).filter(([key]) => !META.includes(key));
      const document = json.data.cloudinit_config[`${name}-user-data`];
      const forcing = attributes
        .filter(([key]) => forcesNew(type, key) && !ignore_changes.includes(key))
        .map(([key, value]) => [key, key === 'user_data' ? hash([document, json.locals]) : value]);
      const trigger = replace_triggered_by?.map(
        (address: string) => `terraform_data.${address.replace('.', '--')}`,
      );
      found[dataName(type, name)] = {
        triggers_replace: Object.fromEntries(forcing),
        input: Object.fromEntries(attributes.filter(([key]) => !ignore_changes.includes(key))),
        ...(trigger || create_before_destroy
          ? { lifecycle: { create_before_destroy, replace_triggered_by: trigger } }
          : {}),
      };
    }
  }
  return { resource: { terraform_data: found } };
}

/** Terraform's plan of the second stack where the first one is, as if the resources were what they stand for. */
function planOf(before: Json, now: Json): Json {
  const terraform = (...args: string[]) => {
    const env = { ...process.env, CHECKPOINT_DISABLE: '1' };
    const { status, stdout, stderr } = spawnSync('terraform', args, {
      cwd: folder,
      encoding: 'utf8',
      env,
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  const write = (json: Json) =>
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(stackOfData(json)));
  write(before);
  terraform('init');
  terraform('apply', '-auto-approve');
  write(now);
  terraform('plan', '-out=the.plan');
  const plan = JSON.parse(terraform('show', '-json', 'the.plan'));
  return { resource_changes: asReferences(plan.resource_changes).map(standIn) };
}

function standIn({ name, change, action_reason }: Json): Json {
  const [type = '', id = ''] = name.split('--');
  const [before, after] = [change.before?.input ?? null, change.after?.input ?? null];
  const triggers = [change.before, change.after].map((one) => one?.triggers_replace ?? {});
  const replaced = change.actions.length > 1;
  const paths = Object.keys({ ...triggers[0], ...triggers[1] })
    .filter((key) => JSON.stringify(triggers[0][key]) !== JSON.stringify(triggers[1][key]))
    .map((key) => [key]);
  return {
    address: `${type}.${id}`,
    action_reason,
    change: { ...change, before, after, after_unknown: {}, ...(replaced ? { replace_paths: paths } : {}) },
  };
}

function withoutTerraform(before: Json, now: Json): Report {
  const file = join(folder, 'before.json');
  writeFileSync(file, JSON.stringify(before));
  return reportOf(expectedChanges(now, pastOfSynthesis(file)));
}

const CASES: Record<string, [Partial<SettingsInput>, Partial<SettingsInput>]> = {
  'a droplet image': [{}, { web: { dropletImage: 'ubuntu-24-04-x64' } }],
  'more droplets, larger ones, SSH and a larger volume': [
    { web: { count: 3 } },
    {
      ...{ web: { count: 2 }, app: { count: 2, size: 's-2vcpu-2gb' }, ssh: { cidrs: ['203.0.113.7/32'] } },
      ...{ database: { volumeSize: 30 }, alerts: { emails: ['ops@foobar.com'] } },
    },
  ],
  'a release': [{ app: { image: 'shop:1', count: 2 } }, { app: { image: 'shop:2', count: 2 } }],
  'everything, and the database': [
    {},
    { domain: 'shop.foobar.com', database: { revision: 2 }, deletionProtection: false },
  ],
  nothing: [{}, {}],
};

describe('the report of a plan', () => {
  withTerraform.each(Object.entries(CASES))(
    `is the report without Terraform: of %s${notRun}`,
    (_, [before, now]) => {
      const [was, will] = [synth(before), synth(now)];
      expect(reportOf(changesOf(planOf(was, will)))).toEqual(withoutTerraform(was, will));
    },
  );
});
