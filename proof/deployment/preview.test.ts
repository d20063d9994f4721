import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, CHANGES } from '../../__tests__/setting-changes';
import { type Json, synth } from '../../__tests__/synth';
import type { Deployment } from '../../lab/apply/testing/deployment';
import type { ResourceChange } from '../../lib/preview/change';
import { expectedChanges } from '../../lib/preview/expected';
import { pastOfState, pastOfSynthesis } from '../../lib/preview/past';
import type { SettingsInput } from '../../lib/settings';
import { openAccount } from './account';
import { openGates } from './open-gates';
import { planLines } from './plan-lines';

/**
 * What `npm run preview` expects without Terraform, beside the plan of the lab's own apply, which is tested to plan as Terraform does
 * with the real providers (lab/apply/real-providers.test.ts).
 */
const deployments = new Map<string, Promise<Deployment>>();

afterAll(async () => {
  for (const deployment of deployments.values()) await (await deployment).end();
});

const stacks = new Map<string, Json>();

/** The stack of these settings, synthesized once. */
function stackOf(settings: Partial<SettingsInput> = {}): Json {
  const key = JSON.stringify(settings);
  const stack = stacks.get(key) ?? openGates(synth(settings));
  stacks.set(key, stack);
  return stack;
}

/** An account in which a stack of these settings is deployed. */
function deployed(settings: Partial<SettingsInput>): Promise<Deployment> {
  const key = JSON.stringify(settings);
  const start = async () => {
    const deployment = await openAccount();
    await deployment.apply(stackOf(settings));
    return deployment;
  };
  const known = deployments.get(key) ?? start();
  deployments.set(key, known);
  return known;
}

/** The state of the deployment as Terraform would have written it, with the data that it read. */
function stateOf(deployment: Deployment, json: Json): string {
  const found = Object.entries<Json>(deployment.state().resources);
  const managed = found.map(([address, { type, current }]) => ({
    ...{ mode: 'managed', type, name: address.slice(type.length + 1), instances: [current] },
  }));
  const evaluate = (expression: string): string => {
    const [, inner] = /^base64encode\((.*)\)$/.exec(expression) ?? [];
    if (inner !== undefined) return Buffer.from(evaluate(inner)).toString('base64');
    const [type = '', name = '', attribute = ''] = expression.split('.');
    if (type === 'var') return deployment.variables[name] ?? '';
    if (type === 'local') return rendered(json.locals[name]);
    return deployment.state().resources[`${type}.${name}`].current.attributes[attribute];
  };
  const rendered = (text: string): string =>
    text
      .replaceAll(/(?<!\$)\$\{([^}]*)\}/g, (_, expression) => evaluate(expression))
      .replaceAll(/([$%])\1\{/g, '$1{');
  const data = Object.entries<Json>(json.data.cloudinit_config).map(([name, { part }]) => ({
    ...{ mode: 'data', type: 'cloudinit_config', name },
    instances: [{ attributes: { part: part.map(({ content }: Json) => ({ content: rendered(content) })) } }],
  }));
  const file = join(deployment.folder, 'terraform.tfstate');
  writeFileSync(file, JSON.stringify({ version: 4, resources: [...managed, ...data] }));
  return file;
}

function synthesisOf(deployment: Deployment, json: Json): string {
  const file = join(deployment.folder, 'before.tf.json');
  writeFileSync(file, JSON.stringify(json));
  return file;
}

const SEVERAL: Record<string, Partial<SettingsInput>> = {
  nothing: {},
  'tier size and count': { web: { count: 3, size: 's-2vcpu-2gb' }, app: { count: 2 } },
  'droplet image everywhere': {
    loadBalancer: { dropletImage: 'ubuntu-26-04-x64' },
    web: { dropletImage: 'ubuntu-24-04-x64' },
    app: { dropletImage: 'ubuntu-24-04-x64' },
    database: { dropletImage: 'ubuntu-26-04-x64', revision: 2 },
  },
};

/** What a plan is refused for. */
const refused = (changes: readonly ResourceChange[]) =>
  changes
    .filter(({ kind, isProtected }) => kind === 'replace' && isProtected)
    .map(
      ({ type, name, because }) =>
        `${type}.${name} is protected from being destroyed (prevent_destroy), since ${because.join(', ')} changed`,
    );

describe('npm run preview expects what a plan says', () => {
  test.each([...Object.keys(CHANGES), ...Object.keys(SEVERAL)])('of another %s', async (setting) => {
    const [old, now] = [before(setting), CHANGES[setting] ?? SEVERAL[setting]];
    const deployment = await deployed(old);
    const [was, will] = [stackOf(old), stackOf(now)];
    const pasts = [pastOfState(stateOf(deployment, was)), pastOfSynthesis(synthesisOf(deployment, was))];
    const plan = await deployment.plan(will).catch((error: Error) => error.message);
    for (const past of pasts) {
      const expected = expectedChanges(will, past);
      if (typeof plan === 'string') {
        expect(refused(expected)).not.toEqual([]);
        for (const reason of refused(expected)) expect(plan).toContain(reason);
      } else {
        expect(planLines(expected)).toEqual(plan.sort());
      }
    }
  });
});
