import { USER_DATA } from '../../api/droplet/stored-droplet';
import type { Deployment, Json } from './deployment';

const LISTS = {
  vpcs: 'vpcs',
  tags: 'tags',
  droplets: 'droplets',
  volumes: 'volumes',
  reserved_ips: 'reserved_ips',
  projects: 'projects',
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
  found.user_data = (found.droplets ?? []).map(({ id }) => [
    id,
    deployment.api.cloud.of(USER_DATA).get(id) ?? '',
  ]);
  return comparable(found, labels(found));
}

function labels(found: Record<string, Json[]>): Map<string, string> {
  const names = new Map<string, string>();
  for (const [kind, items] of Object.entries(found)) {
    for (const item of items.flat().filter((one) => typeof one === 'object')) {
      const label = `${kind} ${item.type ?? ''} ${item.name ?? item.description}`;
      for (const id of [item.id, item.uuid]) if (id) names.set(String(id), label);
      for (const { type, ip_address } of item.networks?.v4 ?? [])
        names.set(ip_address, `${type} of ${label}`);
    }
  }
  return names;
}

function comparable(value: Json, names: Map<string, string>): Json {
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item, names));
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item, names)]));
  }
  if (typeof value === 'number') return names.get(String(value)) ?? value;
  return typeof value === 'string' ? named(value, names) : value;
}

function named(text: string, names: Map<string, string>): string {
  // The lines of a zone file come in the order in which its records were made.
  const lines = text.includes(' IN SOA ') ? text.split('\n').sort().join('\n') : text;
  return lines
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
    .replace(/( IN SOA \S+ \S+) \d+/, '$1 a time')
    .replace(/password=\w+/g, 'a password')
    .replace(/127\.0\.0\.1:\d+/g, 'the API')
    .replace(/[\w.-]{9,}/g, (word) => names.get(word) ?? word);
}
