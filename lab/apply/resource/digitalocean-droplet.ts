import type { Client } from '../client';
import type { Reader } from '../listing';
import type { Change, Context, ResourceType } from '../resource-type';
import { retag } from './tagging';

interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly locked: boolean;
  readonly created_at: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly region: { readonly slug: string };
  readonly size_slug: string;
  readonly features: readonly string[];
  readonly vpc_uuid: string;
  readonly volume_ids: readonly string[];
  readonly tags: readonly string[];
  readonly networks: { readonly v4: readonly { readonly ip_address: string; readonly type: string }[] };
}

const HOUR = 60 * 60_000;

export const droplet: ResourceType = {
  schema: {
    name: { type: 'string', required: true },
    image: { type: 'string', required: true, forcesReplacement: true },
    size: { type: 'string', required: true },
    region: { type: 'string', computed: true, forcesReplacement: true },
    ssh_keys: { type: { set: 'string' }, forcesReplacement: true },
    user_data: { type: 'string', forcesReplacement: true, hashed: true },
    monitoring: { type: 'bool', forcesReplacement: true },
    // Unset differs from false: then the API decides.
    droplet_agent: { type: 'bool', computed: true, forcesReplacement: true },
    vpc_uuid: { type: 'string', computed: true, forcesReplacement: true },
    tags: { type: { set: 'string' } },
    volume_ids: { type: { set: 'string' }, computed: true },
    graceful_shutdown: { type: 'bool' },
    resize_disk: { type: 'bool', default: true },
    ipv4_address: { type: 'string', readOnly: true },
    ipv4_address_private: { type: 'string', readOnly: true },
    urn: { type: 'string', readOnly: true },
    status: { type: 'string', readOnly: true },
    created_at: { type: 'string', readOnly: true },
    memory: { type: 'number', readOnly: true },
    vcpus: { type: 'number', readOnly: true },
    disk: { type: 'number', readOnly: true },
  },
  timeouts: { create: HOUR, update: HOUR, delete: 60_000 },

  async create({ client }, desired) {
    const { droplet } = await client.post<{ droplet: Droplet }>('/droplets', {
      name: desired.name,
      region: desired.region,
      size: desired.size,
      image: idOrText(desired.image),
      ssh_keys: list(desired.ssh_keys).map(idOrText),
      backups: false,
      ipv6: false,
      private_networking: false,
      monitoring: desired.monitoring,
      user_data: desired.user_data || undefined,
      volumes: optional(list(desired.volume_ids).map((id) => ({ id }))),
      tags: desired.tags,
      vpc_uuid: desired.vpc_uuid || undefined,
      with_droplet_agent: desired.droplet_agent,
    });
    return { id: String(droplet.id) };
  },

  async ready({ client, listing, timeout }, { id }) {
    // Addresses can come later than the status, and the names of others are made of them.
    const isReady = ({ status, locked, networks: { v4 } }: Droplet) =>
      status === 'active' && !locked && ['public', 'private'].every((type) => address(v4, type) !== '');
    await client.until(`droplet ${id} becoming active`, timeout, async (pause) =>
      // Many are made at the same time: they share one look.
      isReady(await existing(listing.noOlderThan(pause), id)),
    );
  },

  async read(api, { id }) {
    const droplet = await find(api, id);
    if (!droplet) return undefined;
    const { name, status, created_at, memory, vcpus, disk, vpc_uuid, volume_ids, tags } = droplet;
    return {
      name,
      status,
      created_at,
      memory,
      vcpus,
      disk,
      vpc_uuid,
      volume_ids,
      tags,
      size: droplet.size_slug,
      region: droplet.region.slug,
      monitoring: droplet.features.includes('monitoring'),
      ipv4_address: address(droplet.networks.v4, 'public'),
      ipv4_address_private: address(droplet.networks.v4, 'private'),
      urn: `do:droplet:${id}`,
    };
  },

  async update(context, change) {
    if (change.changed.has('size')) await resize(context, change);
    const actions = `/droplets/${change.prior.id}/actions`;
    if (change.changed.has('name')) {
      const rename = { type: 'rename', name: change.desired.name };
      await context.client.act(actions, rename, context.timeout);
    }
    if (change.changed.has('tags')) await retag(context.client, 'droplet', change);
    if (change.changed.has('volume_ids')) await moveVolumes(context, change);
  },

  async delete(context, { id, graceful_shutdown, volume_ids }) {
    const { client, timeout } = context;
    if (!(await find(client, id))) return;
    await until(context, `droplet ${id} to be unlocked`, id, () => true);
    if (graceful_shutdown) {
      await client.post(`/droplets/${id}/actions`, { type: 'shutdown' });
      await until(context, `droplet ${id} to shut down`, id, ({ status }) => status === 'off');
    }
    for (const volume of list(volume_ids)) await detach(client, volume, id, timeout);
    await client.delete(`/droplets/${id}`);
    await client.until(`droplet ${id} to be gone`, timeout, async () => !(await find(client, id)));
  },
};

async function resize({ client, timeout }: Context, { prior, desired }: Change): Promise<void> {
  const actions = `/droplets/${prior.id}/actions`;
  const { status } = await existing(client, prior.id);
  const steps = [
    // One that was shut down before, in order, is left so.
    ...(status === 'off' ? [] : [{ type: 'power_off' }]),
    { type: 'resize', size: desired.size, disk: desired.resize_disk },
    { type: 'power_on' },
  ];
  for (const step of steps) await client.act(actions, step, timeout);
}

async function moveVolumes({ client, timeout }: Context, { prior, desired }: Change): Promise<void> {
  const [before, after] = [list(prior.volume_ids), list(desired.volume_ids)];
  const droplet_id = Number(prior.id);
  for (const volume of after.filter((id) => !before.includes(id))) {
    await client.act(`/volumes/${volume}/actions`, { type: 'attach', droplet_id }, timeout);
  }
  for (const volume of before.filter((id) => !after.includes(id))) {
    await detach(client, volume, prior.id, timeout);
  }
}

async function detach(client: Client, volume: string, dropletId: unknown, timeout: number): Promise<void> {
  const body = { type: 'detach', droplet_id: Number(dropletId) };
  await client.act(`/volumes/${volume}/actions`, body, timeout);
}

/** Waits until an unlocked droplet is as asked: actions on a locked one are refused. */
async function until(
  { client, timeout }: Context,
  what: string,
  id: unknown,
  isSo: (droplet: Droplet) => boolean,
): Promise<void> {
  await client.until(`waiting for ${what}`, timeout, async () => {
    const droplet = await existing(client, id);
    return !droplet.locked && isSo(droplet);
  });
}

async function existing(api: Reader, id: unknown): Promise<Droplet> {
  const droplet = await find(api, id);
  if (!droplet) throw new Error(`droplet ${id} has disappeared`);
  return droplet;
}

async function find(api: Reader, id: unknown): Promise<Droplet | undefined> {
  return (await api.get<{ droplet: Droplet }>(`/droplets/${id}`))?.droplet;
}

function address(networks: Droplet['networks']['v4'], wanted: string): string {
  return networks.find(({ type }) => type === wanted)?.ip_address ?? '';
}

/** Images and SSH keys go by number or by name. */
function idOrText(value: unknown): number | string {
  const text = String(value);
  return /^\d+$/.test(text) ? Number(text) : text;
}

function list(value: unknown): readonly string[] {
  return (value ?? []) as readonly string[];
}

function optional<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}
