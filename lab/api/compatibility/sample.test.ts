import { type Lab, TOKEN } from '../testing/client';
import { keyPair } from '../testing/key-pair';
import type { GoodCall } from '../testing/world-part';
import { checkedWorld, document, published, routes, withDocument } from './checked-world';
import { OPENAPI } from './clients';
import type { Sample } from './document';
import { REFUSED_SAMPLES } from './refused-samples';

/** What is said of paths: names of parameters, and what they stand for. */
type Names = Readonly<Record<string, string>>;
type World = ReadonlyMap<string, GoodCall>;

const partsOf = (path: string) => (path.split('?')[0] ?? '').split('/');

/** What the parameters of a template are in a path. */
function namesIn(template: string, path: string): Names {
  const values = partsOf(path);
  const pairs = partsOf(template).map((part, index) => [part.slice(1), values[index] ?? '', part[0]]);
  return Object.fromEntries(
    pairs.filter(([, , first]) => first === ':').map(([name, value]) => [name, value]),
  );
}

/** How many of their first parts two templates share. */
function likeness(one: string, other: string): number {
  const [left, right] = [partsOf(one), partsOf(other)];
  const first = left.findIndex((part, index) => part !== right[index]);
  return first < 0 ? left.length : first;
}

/** What the parameters of a template stand for in the account, by the calls that are most like it. */
function namesFor(template: string, good: World): Names {
  const [global = ''] = (good.get('POST /v2/load_balancers')?.body.target_load_balancer_ids ??
    []) as string[];
  const of: Readonly<Record<string, Names>> = {
    '/v2/load_balancers/:lb_id/cache': { lb_id: global },
    '/v2/vpcs/:vpc_id': { vpc_id: String(good.get('POST /v2/vpcs/:vpc_id/peerings')?.body.vpc_id) },
  };
  const pathOf = (call: string) => call.split(' ')[1] ?? '';
  const calls = [...good].sort(([a], [b]) => likeness(pathOf(a), template) - likeness(pathOf(b), template));
  return Object.assign({}, ...calls.map(([call, { path }]) => namesIn(pathOf(call), path)), of[template]);
}

const filled = (template: string, names: Names) =>
  template.replace(/:(\w+)/g, (part, name) => names[name] ?? part);

/** Lists that are not where their items are. */
const LISTS: Readonly<Record<string, string>> = {
  '/v2/volumes/snapshots': '/v2/snapshots?resource_type=volume',
};

/** The path of a template; what no call of the account names is the first of its list, or as the sample has it. */
async function pathOf(template: string, sample: Sample, lab: Lab, good: World): Promise<string> {
  const path = filled(template, namesFor(template, good));
  const [list = '', unknown] = path.split(/\/(?=:)/);
  if (unknown === undefined) return path;
  const { body } = await lab.call('GET', LISTS[list] ?? list);
  const [first] = Object.values(body ?? {}).find(Array.isArray) ?? [];
  const name = unknown.slice(1).split('/')[0] ?? '';
  const own = namesIn(template, sample.path)[name] ?? '';
  return filled(path, {
    [name]: String((name.endsWith('_name') ? undefined : (first?.id ?? first?.uuid)) ?? first?.name ?? own),
  });
}

/** The template of a sample's path, with the fewest parameters; that of the call that it is shown for, if there is none. */
function templateOf({ method, path }: Sample, shownFor: string): string {
  const fits = (template: string) =>
    new RegExp(`^${template.replace(/:\w+/g, '[^/]+')}$`).test(path.split('?')[0] ?? '');
  const parameters = (template: string) => template.split(':').length;
  const [best] = routes
    .filter((route) => route.method === method && fits(route.path))
    .sort((a, b) => parameters(a.path) - parameters(b.path));
  return best?.path ?? shownFor;
}

/** What samples name, as it is in the account. */
function known(good: World, template: string): Readonly<Record<string, unknown>> {
  const names = namesFor(template, good);
  const droplet = namesFor('/v2/droplets/:droplet_id/actions', good).droplet_id ?? '';
  const balancer = namesFor('/v2/load_balancers/:lb_id', good).lb_id ?? '';
  const bodyOf = (call: string): GoodCall['body'] => good.get(call)?.body ?? {};
  const six = bodyOf('POST /v2/reserved_ipv6/:reserved_ipv6/actions').droplet_id;
  return {
    ...{ droplet_id: template.includes('ipv6') ? six : Number(droplet), droplet_ids: [Number(droplet)] },
    ...{ host_id: droplet, lb_id: balancer, load_balancer_uids: [balancer] },
    ...{ vpc_uuid: names.vpc_id, project_id: names.project_id, volumes: [names.volume_id], volume_name: 'v' },
    ...{ ssh_keys: [names.ssh_key_identifier], tag_name: 't', tags: ['t'] },
    ...{ vpc_ids: bodyOf('POST /v2/vpc_peerings').vpc_ids },
    ...{ vpc_id: bodyOf('POST /v2/vpcs/:vpc_id/peerings').vpc_id },
    snapshots: bodyOf('DELETE /v2/droplets/:droplet_id/destroy_with_associated_resources/selective')
      .snapshots,
    region: 'fra1',
  };
}

/** What a sample names in one field and means by another. */
function namedBy(value: Record<string, unknown>, good: World): Record<string, unknown> {
  const names = namesFor('', good);
  const ids: Names = {
    droplet: names.droplet_id ?? '',
    image: names.image_id ?? '',
    volume: names.volume_id ?? '',
  };
  const id = ids[String(value.resource_type ?? value.type)];
  if ('resource_type' in value) return { ...value, resource_id: id };
  return 'value' in value && id !== undefined ? { ...value, value: id } : value;
}

/** The body of a sample, with what there is in the account in the place of what it names. */
function bodyOf({ body }: Sample, template: string, good: World): unknown {
  const names = known(good, template);
  const replaced = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(replaced);
    const entries = Object.entries(namedBy(value as Record<string, unknown>, good));
    return Object.fromEntries(entries.map(([key, one]) => [key, names[key] ?? replaced(one)]));
  };
  const own: Readonly<Record<string, object>> = {
    transfer: { region: 'nyc3' },
    restore: { image: Number(namesFor('', good).image_id) },
    resize: 'size' in (body ?? {}) ? { size: 's-2vcpu-2gb' } : {}, // the sample's is sold no more
    custom: KEY_PAIR,
  };
  const newer = template.endsWith('/upgrade') ? { version: '17' } : {};
  return body && { ...(replaced(body) as object), ...own[body.type], ...newer };
}

const leaf = keyPair();
const KEY_PAIR = { ...leaf, certificate_chain: leaf.leaf_certificate };

/** With what there is in the account in the place of what the query names. */
function queryOf({ path }: Sample, template: string, good: World): string {
  const names = { ...known(good, template), name: 'v' };
  const query = new URL(path, 'http://sample').searchParams;
  for (const [key, value] of Object.entries(names)) if (query.has(key)) query.set(key, String(value));
  return query.size > 0 ? `?${query}` : '';
}

async function send(lab: Lab, { method, headers }: Sample, path: string, body: unknown) {
  const authorization = `Bearer ${TOKEN}`;
  const answer = await fetch(lab.url + path, {
    method,
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  } as RequestInit);
  return { status: answer.status, text: await answer.text() };
}

/** Waits until nothing is under way. */
const settled = (lab: Lab) =>
  lab.until('/v2/actions?per_page=200', ({ actions }) =>
    actions.every(({ status }: { status: string }) => status !== 'in-progress'),
  );

/** Actions of each kind of thing, as samples ask for one. */
async function actOnce(lab: Lab, good: World): Promise<void> {
  const { volume_id, reserved_ip, image_id, droplet_id } = namesFor('', good);
  const droplet = { droplet_id: Number(droplet_id) };
  await lab.act(`/v2/volumes/${volume_id}/actions`, { type: 'attach', ...droplet });
  await lab.act(`/v2/volumes/${volume_id}/actions`, { type: 'detach', ...droplet });
  await lab.act(`/v2/reserved_ips/${reserved_ip}/actions`, { type: 'assign', ...droplet });
  await lab.act(`/v2/reserved_ips/${reserved_ip}/actions`, { type: 'unassign' });
  await lab.act(`/v2/images/${image_id}/actions`, { type: 'transfer', region: 'sfo3' });
  await lab.call('POST', `/v2/volumes/${volume_id}/snapshots`, { name: 'of the volume' });
}

interface Preparation {
  readonly method: string;
  /** Instead of the last part of the sample's path. */
  readonly last?: string;
  readonly body: object;
}
const destroy: Preparation = { method: 'DELETE', last: 'selective', body: {} };
const power = (type: string): Preparation => ({ method: 'POST', body: { type } });

/** What has to be done before a sample can be. */
const PREPARATIONS: Readonly<Record<string, Preparation>> = {
  'POST /v2/droplets/:droplet_id/actions power_off': power('power_on'),
  'POST /v2/droplets/:droplet_id/actions resize': power('power_off'),
  'POST /v2/droplets/:droplet_id/actions enable_ipv6': power('power_off'),
  'GET /v2/droplets/:droplet_id/destroy_with_associated_resources/status': destroy,
  'POST /v2/droplets/:droplet_id/destroy_with_associated_resources/retry': destroy,
};

async function prepare(lab: Lab, { method, last, body }: Preparation, path: string): Promise<void> {
  await lab.call(method, last === undefined ? path : path.replace(/[^/]+$/, last), body);
  await settled(lab);
}

/** Milliseconds: there are hundreds of samples. */
const PATIENCE = 600_000;

withDocument(
  'every sample of the document is accepted, and what is answered to it fits the schema',
  async () => {
    const { lab, good, misfits } = await checkedWorld();
    try {
      await actOnce(lab, good);
      const account = (await lab.call('GET', '/_lab/account')).body;
      const refused: Record<string, string> = {};
      let sent = 0;
      for (const route of routes) {
        // In the order in which they are shown: what is attached by one is detached by the next.
        await lab.call('PUT', '/_lab/account', account);
        for (const sample of document.samples(route.method, published(route.path))) {
          const template = templateOf(sample, route.path);
          const path = await pathOf(template, sample, lab, good);
          const acts = template.endsWith('/actions') && sample.body ? ` ${sample.body.type}` : '';
          const call = `${sample.method} ${template}${acts}`;
          const preparation = PREPARATIONS[call];
          if (preparation) await prepare(lab, preparation, path);
          const url = path + queryOf(sample, template, good);
          const { status, text } = await send(lab, sample, url, bodyOf(sample, template, good));
          sent++;
          if (status >= 300) refused[call] = `${status} ${text}`;
          await settled(lab);
        }
      }
      expect(sent).toBe(OPENAPI.samples);
      expect(misfits).toEqual(new Set());
      const unexpected = Object.entries(refused).filter(([call]) => !(call in REFUSED_SAMPLES));
      expect([unexpected, Object.keys(refused).sort()]).toEqual([[], Object.keys(REFUSED_SAMPLES).sort()]);
    } finally {
      await lab.close();
    }
  },
  PATIENCE,
);
