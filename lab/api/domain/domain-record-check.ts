import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import type { Cloud } from '../server/cloud';
import { unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { DOMAIN_RECORDS, type DomainRecord } from './stored-domain';

const TTL = 1800;
const SHORTEST_TTL = 30;
const LONGEST_TTL = 2_147_483_647;
export const TYPES = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'SOA', 'SRV', 'TXT'];
/** Types that answer @ where their data is the zone itself. */
const MAY_NAME_ZONE = ['CNAME', 'MX', 'SRV'];
/** Types whose data is a host name, which must be written in full, with its dot. */
export const NAMING = ['CNAME', 'MX', 'NS', 'SRV', 'CAA'];
const NAME = /^(@|(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*|\*)$/i;

const port = z.int().min(0).max(65_535).nullish();
const fields = {
  id: z.int().nullish(),
  type: z.string(),
  name: z.string().max(255).nullish(),
  data: z.string().max(4096).nullish(),
  priority: port,
  port,
  ttl: z.int().nullish(),
  weight: port,
  flags: z.int().min(0).max(255).nullish(),
  tag: z.string().nullish(),
};
export const createBody = openapi(z.strictObject(fields));
export const updateBody = openapi(z.strictObject({ ...fields, type: z.string().nullish() }));
export type Body = z.infer<typeof updateBody>;
/** The name as DigitalOcean keeps it: relative to the zone, @ for the zone itself. */
export function relative(name: string, zone: string): string {
  const lower = name.toLowerCase();
  if (lower === `${zone}.` || lower === '') return '@';
  return lower.endsWith(`.${zone}.`) ? lower.slice(0, -zone.length - 2) : lower;
}

/** The data as it is kept: host names without their dot. @throws 422 */
function dataOf(type: string, data: string, tag: string | null, zone: string): string {
  if (data === '') throw unprocessable("Data can't be blank.");
  if (type === 'A' && !isIPv4(data))
    throw unprocessable('IP address did not match IPv4 format (e.g. 127.0.0.1).');
  if (type === 'AAAA' && !isIPv6(data))
    throw unprocessable('IP address did not match IPv6 format (e.g. 2001:db8::ff00:42:8329).');
  if (!NAMING.includes(type) || data === '@' || (type === 'CAA' && tag === 'iodef')) return data;
  if (!data.endsWith('.')) throw unprocessable('Data needs to end with a dot (.)');
  if (MAY_NAME_ZONE.includes(type) && data.toLowerCase() === `${zone}.`) return '@';
  return data.slice(0, -1);
}

function required(value: number | null | undefined, what: string): number {
  if (value === null || value === undefined) throw unprocessable(`${what} can't be blank.`);
  return value;
}

/** What only some types have; null for the others, whatever the client sends. @throws 422 */
function extras(
  type: string,
  body: Body,
): Pick<DomainRecord, 'priority' | 'port' | 'weight' | 'flags' | 'tag'> {
  const none = { priority: null, port: null, weight: null, flags: null, tag: null };
  if (type === 'MX') return { ...none, priority: required(body.priority, 'Priority') };
  if (type === 'SRV')
    return {
      ...none,
      priority: required(body.priority, 'Priority'),
      port: required(body.port, 'Port'),
      weight: required(body.weight, 'Weight'),
    };
  if (type !== 'CAA') return none;
  if (!['issue', 'issuewild', 'iodef'].includes(body.tag ?? ''))
    throw unprocessable('Tag must be issue, issuewild or iodef.');
  return { ...none, flags: required(body.flags, 'Flags'), tag: body.tag ?? null };
}

function ttlOf(ttl: number | null | undefined): number {
  if (!ttl) return TTL;
  if (ttl < SHORTEST_TTL || ttl > LONGEST_TTL) throw unprocessable(`TTL must be at least ${SHORTEST_TTL}.`);
  return ttl;
}

/** A record made of a body, good and ready. @throws 422 */
export function checked(cloud: Cloud, zone: string, body: Body & { type: string }, own?: DomainRecord) {
  const { type } = body;
  if (!TYPES.includes(type)) throw unprocessable(`${type} is not a valid record type.`);
  if (type === 'SOA' && own?.type !== 'SOA') throw unprocessable("SOA records can't be created.");
  const name = relative(body.name ?? '', zone);
  if (!NAME.test(name))
    throw unprocessable('Name: Only valid hostname characters are allowed. (a-z, A-Z, 0-9, ., _ and -)');
  const more = extras(type, body);
  const data = type === 'SOA' ? (own?.data ?? '') : dataOf(type, body.data ?? '', more.tag, zone);
  const record = { type, name, data, ttl: ttlOf(body.ttl), ...more };
  refuseClash(cloud, zone, record, own);
  return record;
}

/** A CNAME shares its name with no other record, and no record is there twice. */
function refuseClash(
  cloud: Cloud,
  zone: string,
  record: Omit<DomainRecord, 'id' | 'domain'>,
  own?: DomainRecord,
): void {
  const sameName = cloud
    .of(DOMAIN_RECORDS)
    .byDomain.get(zone)
    .filter(({ id, name }) => name === record.name && id !== own?.id);
  if (sameName.some(({ type }) => type === 'CNAME' || record.type === 'CNAME'))
    throw unprocessable('CNAME records cannot share a name with other records');
}
