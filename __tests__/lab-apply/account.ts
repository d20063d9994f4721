import type { Deployment, Json } from './deployment';

const LISTS = {
  vpcs: 'vpcs',
  tags: 'tags',
  droplets: 'droplets',
  volumes: 'volumes',
  reserved_ips: 'reserved_ips',
  firewalls: 'firewalls',
  domains: 'domains',
  'domains/example.org/records': 'domain_records',
  'monitoring/alerts': 'policies',
  'uptime/checks': 'checks',
};

/**
 * All that an account holds, without what differs from one to the next: ids and addresses are named after what has them,
 * times are left out, lists are sorted.
 */
export async function accountOf(deployment: Deployment): Promise<Json> {
  const found: Record<string, Json[]> = {};
  for (const [path, key] of Object.entries(LISTS)) {
    found[key] = (await deployment.get(`/${path}?per_page=200`))[key] ?? [];
  }
  found.alerts = await Promise.all(
    (found.checks ?? []).map(async ({ id }) => (await deployment.get(`/uptime/checks/${id}/alerts`)).alerts),
  );
  found.user_data = (found.droplets ?? []).map(({ id }) => [id, deployment.api.cloud.userData.get(id) ?? '']);
  return sorted(JSON.parse(renamed(JSON.stringify(found), labels(found))));
}

function labels(found: Record<string, Json[]>): Map<string, string> {
  const names = new Map<string, string>();
  for (const [kind, items] of Object.entries(found)) {
    for (const item of items.flat().filter((one) => typeof one === 'object')) {
      const label = `${kind} ${item.name ?? item.description} ${item.data ?? ''}`;
      for (const id of [item.id, item.uuid]) if (id) names.set(String(id), label);
      for (const { type, ip_address } of item.networks?.v4 ?? [])
        names.set(ip_address, `${type} of ${label}`);
    }
  }
  return names;
}

function renamed(text: string, names: Map<string, string>): string {
  const parts = [...names.keys()].sort((a, b) => b.length - a.length).map((id) => id.replaceAll('.', '\\.'));
  const ids = new RegExp(`(?<![\\w.])"?(${parts.join('|')})(?![\\w.])"?`, 'g');
  const times = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
  const passwords = /password=\w+/g;
  const name = (id: string) => (names.get(id) ?? '').replaceAll('"', '');
  return text
    .replace(times, 'a time')
    .replace(passwords, 'a password')
    .replace(ids, (whole, id) => (/^"|^\d+$/.test(whole) ? JSON.stringify(name(id)) : name(id)));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]));
}
