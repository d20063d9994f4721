import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Route } from '../server/route';
import { type Lab, start } from '../testing/client';
import { world } from '../testing/world';
import type { GoodCall } from '../testing/world-part';
import { ledger } from './compatibility';
import { Document, type Sample } from './document';

/** Where DigitalOcean's openapi repository is; what needs it is not run elsewhere. */
const FOLDER = process.env.DIGITALOCEAN_OPENAPI;
const withDocument = FOLDER ? test : test.skip;
const document = new Document(FOLDER ?? '');
const published = (path: string) => path.replace(/:(\w+)/g, '{$1}');
const routes = ledger().calls.map(({ route }) => route);

withDocument('every call is published under its operation', () => {
  const wrong = routes.filter(
    ({ method, path, operation }) => document.operation(method, published(path))?.operationId !== operation,
  );
  expect(wrong.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

const ajv = addFormats(new Ajv({ strict: false, unicodeRegExp: false, logger: false }));
const validators = new Map<string, ValidateFunction | undefined>();

function validatorOf({ method, path, status }: Route): ValidateFunction | undefined {
  const key = `${method} ${path}`;
  if (!validators.has(key)) {
    const schema = document.answer(method, published(path), status);
    validators.set(key, schema && ajv.compile(schema));
  }
  return validators.get(key);
}

/** An answer without that in which the API follows clients or DigitalOcean's later years rather than the document. */
function asTheDocument(answer: unknown): unknown {
  const text = JSON.stringify(answer)
    .replaceAll('"atl1"', '"nyc3"') // a region that the document does not have yet
    .replaceAll('"AlmaLinux"', '"Rocky Linux"') // a distribution that it does not have yet
    .replaceAll('"Unknown OS"', '"Unknown"') // as the provider expects
    .replaceAll('"do:vpc_nat_gateway:', '"do:vpc:'); // a kind of URN that it does not have yet
  // A global load balancer may have none, as godo knows it.
  const rule = { entry_protocol: 'http', entry_port: 80, target_protocol: 'http', target_port: 80 };
  const global = { forwarding_rules: [rule] };
  return JSON.parse(text, (_, value) => (value?.type === 'GLOBAL' ? { ...global, ...value } : value));
}

/** Why an answer does not fit the document; nothing when it does. */
function misfit(route: Route, answer: unknown): string | undefined {
  const validate = validatorOf(route);
  if (!validate || answer === undefined) return undefined;
  if (validate(asTheDocument(answer))) return undefined;
  const [error] = validate.errors ?? [];
  return `${route.method} ${route.path}: ${error?.instancePath} ${error?.message}`;
}

/** An account with one of everything, in which each answer is held against the document. */
async function checkedWorld(): Promise<{
  lab: Lab;
  good: ReadonlyMap<string, GoodCall>;
  misfits: Set<string>;
}> {
  const misfits = new Set<string>();
  const lab = await start({
    onAnswer: (route, answer) => {
      const why = misfit(route, answer);
      if (why !== undefined) misfits.add(why);
    },
  });
  return { lab, good: await world(lab), misfits };
}

/** What the parameters of paths are in such an account, by their names. */
function parametersOf(good: ReadonlyMap<string, GoodCall>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [call, { path }] of good) {
    const names = (call.split(' ')[1] ?? '').split('/');
    const values = (path.split('?')[0] ?? '').split('/');
    for (const [index, name] of names.entries())
      if (name.startsWith(':') && !found.has(name.slice(1))) found.set(name.slice(1), values[index] ?? '');
  }
  return found;
}

const filled = (path: string, parameters: ReadonlyMap<string, string>) =>
  path.replace(/:(\w+)/g, (_, name) => parameters.get(name) ?? '1');

withDocument('every answer fits the schema of the document', async () => {
  const { lab, good, misfits } = await checkedWorld();
  try {
    const parameters = parametersOf(good);
    for (const { method, path } of routes)
      if (method === 'GET') await lab.call('GET', filled(path, parameters));
    for (const [call, { path, body }] of good) await lab.call(call.split(' ')[0] ?? '', path, body);
    expect([...misfits]).toEqual([]);
  } finally {
    await lab.close();
  }
});

/** A sample, with what there is in the account in the place of what it names. */
function here({ body }: Sample, parameters: ReadonlyMap<string, string>): unknown {
  const id = Number(parameters.get('droplet_id'));
  const known: Readonly<Record<string, unknown>> = {
    ...{ droplet_id: id, droplet_ids: [id], ssh_keys: [parameters.get('ssh_key_identifier')] },
    ...{
      vpc_uuid: parameters.get('vpc_id'),
      volumes: [parameters.get('volume_id')],
      resource_id: String(id),
    },
    ...{ resources: [`do:droplet:${id}`], project_id: parameters.get('project_id') },
    load_balancer_uids: [parameters.get('lb_id')],
    ...{ region: body?.type === 'transfer' ? 'nyc3' : 'fra1', tags: ['t'] },
  };
  const replaced = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(replaced);
    const isUrns = (key: string, one: unknown) =>
      key === 'resources' && typeof (one as string[])[0] !== 'string';
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        key in known && !isUrns(key, one) ? known[key] : replaced(one),
      ]),
    );
  };
  return replaced(body);
}

/** Samples that are refused for what they name in another account than that of the document, by calls. */
const NAMES_WHAT_IS_NOT_THERE: Readonly<Record<string, string>> = {
  'DELETE /v2/droplets/:droplet_id/destroy_with_associated_resources/selective': 'things of another droplet',
  'DELETE /v2/droplets/:droplet_id/destroy_with_associated_resources/dangerous':
    'a header, which is not sent here',
  'DELETE /v2/load_balancers/:lb_id/cache': 'a global load balancer',
  'POST /v2/vpc_peerings': 'other VPCs',
  'POST /v2/vpcs/:vpc_id/peerings': 'another VPC',
  'GET /v2/databases/:database_cluster_uuid/eviction_policy': 'a cluster of another engine',
  'PUT /v2/databases/:database_cluster_uuid/eviction_policy': 'a cluster of another engine',
  'GET /v2/databases/:database_cluster_uuid/sql_mode': 'a cluster of another engine',
  'PUT /v2/databases/:database_cluster_uuid/sql_mode': 'a cluster of another engine',
  'PUT /v2/databases/:database_cluster_uuid/upgrade': 'an older cluster',
  'PUT /v2/databases/:database_cluster_uuid/firewall': 'another droplet',
  'GET /v2/databases/:database_cluster_uuid/topics': 'a cluster of Kafka',
  'POST /v2/databases/:database_cluster_uuid/topics': 'a cluster of Kafka',
  'GET /v2/databases/:database_cluster_uuid/topics/:topic_name': 'a cluster of Kafka',
  'PUT /v2/databases/:database_cluster_uuid/topics/:topic_name': 'a cluster of Kafka',
  'DELETE /v2/databases/:database_cluster_uuid/topics/:topic_name': 'a cluster of Kafka',
  'DELETE /v2/droplets/autoscale/:autoscale_pool_id/dangerous': 'a header, which is not sent here',
  'POST /v2/reserved_ipv6/:reserved_ipv6/actions': 'a droplet with IPv6',
};

/** Milliseconds: each sample has an account of its own. */
const PATIENCE = 3_600_000;

async function samplesAreAccepted(): Promise<void> {
  const refused: string[] = [];
  for (const { method, path } of routes)
    for (const sample of document.samples(method, published(path))) {
      const { lab, good } = await checkedWorld();
      try {
        const parameters = parametersOf(good);
        const query = sample.path.includes('?') ? `?${sample.path.split('?')[1]}` : '';
        const { status, body } = await lab.call(
          method,
          filled(path, parameters) + query,
          here(sample, parameters),
        );
        const isExpected = status < 300 || status === 404 || `${method} ${path}` in NAMES_WHAT_IS_NOT_THERE;
        if (!isExpected) refused.push(`${method} ${path}: ${status} ${body?.message}`);
      } finally {
        await lab.close();
      }
    }
  expect(refused).toEqual([]);
}

withDocument(
  'every sample of the document is accepted, or finds nothing of what it names',
  samplesAreAccepted,
  PATIENCE,
);
