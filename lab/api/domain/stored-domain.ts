import type { Cloud } from '../server/cloud';
import { found } from '../server/errors';
import { Table } from '../server/store';

export interface Domain {
  readonly name: string;
  readonly ttl: number;
}

export interface DomainRecord {
  readonly id: number;
  readonly domain: string;
  readonly type: string;
  readonly name: string;
  /** Without the trailing dot of a full name. */
  readonly data: string;
  readonly priority: number | null;
  readonly port: number | null;
  readonly ttl: number;
  readonly weight: number | null;
  readonly flags: number | null;
  readonly tag: string | null;
}

export const DOMAINS = new Table<string, Domain>('domains');
export const DOMAIN_RECORDS = new Table<number, DomainRecord, 'byDomain'>('domain_records', {
  byDomain: ({ domain }) => [domain],
});

/** Names under which a domain is found: case does not matter, nor does a trailing dot. */
export const domainKey = (name: string) => name.toLowerCase().replace(/\.$/, '');

/** The domain that a call names. @throws 404 when there is none */
export const domainOf = (cloud: Cloud, params: Readonly<Record<string, string>>) =>
  found(cloud.of(DOMAINS).get(domainKey(params.domain_name ?? '')));

/** The DNS records of a zone; undefined when the zone is not served here. */
export function recordsOf(cloud: Cloud, zone: string): readonly DomainRecord[] | undefined {
  return cloud.of(DOMAINS).has(zone) ? cloud.of(DOMAIN_RECORDS).byDomain.get(zone) : undefined;
}

/** Adds a record as it is: for those that DigitalOcean makes itself. */
export function addRecord(
  cloud: Cloud,
  domain: string,
  record: Pick<DomainRecord, 'type' | 'name' | 'data' | 'ttl'> & Partial<DomainRecord>,
): DomainRecord {
  const id = cloud.nextId();
  const empty = { priority: null, port: null, weight: null, flags: null, tag: null };
  return cloud.of(DOMAIN_RECORDS).set(id, { ...empty, ...record, id, domain });
}
