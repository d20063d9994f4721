import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import type { Api } from './api';
import type { Cloud } from './cloud';
import { domainOf } from './domain';
import { found, unprocessable } from './errors';
import { idOf } from './id';
import { openapi } from './label';
import type { DomainRecord } from './records';
import { type Call, list, type Route, route } from './route';

const TTL = 1800;
const SHORTEST_TTL = 30;
const LONGEST_TTL = 2_147_483_647;
const TYPES = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'SOA', 'SRV', 'TXT'];
/** Types whose data is a host name, which must be written in full, with its dot. */
const NAMING = ['CNAME', 'MX', 'NS', 'SRV', 'CAA'];
const NAME = /^(@|(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*|\*)$/i;

const answer = openapi(
  z.strictObject({
    id: z.int(),
    type: z.string(),
    name: z.string(),
    data: z.string(),
    priority: z.int().nullable(),
    port: z.int().nullable(),
    ttl: z.int(),
    weight: z.int().nullable(),
    flags: z.int().nullable(),
    tag: z.string().nullable(),
  }),
  'domain_record',
);
const oneRecord = openapi(z.strictObject({ domain_record: answer }));
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
const createBody = openapi(z.strictObject(fields));
const updateBody = openapi(z.strictObject({ ...fields, type: z.string().nullish() }));
type Body = z.infer<typeof updateBody>;
const filters = openapi(
  z.object({
    name: z.string().optional(),
    type: z
      .string()
      .toUpperCase()
      .refine((type) => TYPES.includes(type), `must be one of ${TYPES.join(', ')}`)
      .optional(),
  }),
);

const view = ({ domain: _, ...record }: DomainRecord) => record;

/** Adds a record as it is: for those that DigitalOcean makes itself. */
export function addRecord(
  cloud: Cloud,
  domain: string,
  record: Pick<DomainRecord, 'type' | 'name' | 'data' | 'ttl'> & Partial<DomainRecord>,
): DomainRecord {
  const id = cloud.nextId();
  const empty = { priority: null, port: null, weight: null, flags: null, tag: null };
  return cloud.domainRecords.set(id, { ...empty, ...record, id, domain });
}

/** The name as DigitalOcean keeps it: relative to the zone, @ for the zone itself. */
function relative(name: string, zone: string): string {
  const lower = name.toLowerCase();
  if (lower === `${zone}.` || lower === '') return '@';
  return lower.endsWith(`.${zone}.`) ? lower.slice(0, -zone.length - 2) : lower;
}

/** The data as it is kept: host names without their dot. @throws 422 */
function dataOf(type: string, data: string, tag: string | null): string {
  if (data === '') throw unprocessable("Data can't be blank.");
  if (type === 'A' && !isIPv4(data))
    throw unprocessable('IP address did not match IPv4 format (e.g. 127.0.0.1).');
  if (type === 'AAAA' && !isIPv6(data))
    throw unprocessable('IP address did not match IPv6 format (e.g. 2001:db8::ff00:42:8329).');
  if (!NAMING.includes(type) || data === '@' || (type === 'CAA' && tag === 'iodef')) return data;
  if (!data.endsWith('.')) throw unprocessable('Data needs to end with a dot (.)');
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
function checked(cloud: Cloud, zone: string, body: Body & { type: string }, own?: DomainRecord) {
  const { type } = body;
  if (!TYPES.includes(type)) throw unprocessable(`${type} is not a valid record type.`);
  if (type === 'SOA' && own?.type !== 'SOA') throw unprocessable("SOA records can't be created.");
  const name = relative(body.name ?? '', zone);
  if (!NAME.test(name))
    throw unprocessable('Name: Only valid hostname characters are allowed. (a-z, A-Z, 0-9, ., _ and -)');
  const more = extras(type, body);
  const data = type === 'SOA' ? (own?.data ?? '') : dataOf(type, body.data ?? '', more.tag);
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
  const sameName = cloud.recordsByDomain
    .get(zone)
    .filter(({ id, name }) => name === record.name && id !== own?.id);
  if (sameName.some(({ type }) => type === 'CNAME' || record.type === 'CNAME'))
    throw unprocessable('CNAME records cannot share a name with other records');
}

/** Records of one name and type share their TTL: the newest one's. */
function shareTtl(cloud: Cloud, record: DomainRecord): void {
  for (const other of cloud.recordsByDomain.get(record.domain))
    if (other.name === record.name && other.type === record.type && other.ttl !== record.ttl)
      cloud.domainRecords.set(other.id, { ...other, ttl: record.ttl });
}

function filtered(cloud: Cloud, zone: string, query: z.infer<typeof filters>): DomainRecord[] {
  const name = query.name === undefined ? undefined : relative(`${query.name.replace(/\.$/, '')}.`, zone);
  const { type } = query;
  return cloud.recordsByDomain
    .get(zone)
    .filter(
      (record) =>
        (name === undefined || record.name === name) && (type === undefined || record.type === type),
    );
}

export function domainRecordRoutes({ cloud }: Api): Route[] {
  const recordOf = ({ params }: Pick<Call, 'params'>) => {
    const record = cloud.domainRecords.get(idOf(params.domain_record_id));
    return found(record?.domain === domainOf(cloud, params).name ? record : undefined);
  };
  const change = (record: DomainRecord, body: Body) => {
    const type = body.type || record.type;
    if (type !== record.type) throw unprocessable("The type of a record can't be changed.");
    const dotted =
      NAMING.includes(type) && record.data !== '@' && record.tag !== 'iodef'
        ? `${record.data}.`
        : record.data;
    const given = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== null && value !== undefined),
    );
    const fields = checked(cloud, record.domain, { ...record, data: dotted, ...given, type }, record);
    const changed = cloud.domainRecords.set(record.id, { ...record, ...fields });
    shareTtl(cloud, changed);
    return { domain_record: view(changed) };
  };
  return [
    list({
      call: 'GET /v2/domains/:domain_name/records',
      operation: 'domains_list_records',
      scopes: [['domain:read']],
      key: 'domain_records',
      item: answer,
      query: filters,
      all: ({ params, query }) => filtered(cloud, domainOf(cloud, params).name, query),
      view,
    }),
    route({
      call: 'POST /v2/domains/:domain_name/records',
      operation: 'domains_create_record',
      scopes: [['domain:create'], ['domain:update']],
      body: createBody,
      status: 201,
      answer: oneRecord,
      guesses: [
        'Data of CNAME, MX, NS, SRV and CAA (but iodef) must end with a dot, and is answered without it.',
        'The smallest TTL is 30; 0 and none mean 1800; records of one name and type share the newest TTL.',
        'Which fields each type needs, and most texts of 422 answers.',
      ],
      handle: ({ params, body }) => {
        const zone = domainOf(cloud, params).name;
        const record = addRecord(cloud, zone, checked(cloud, zone, body));
        shareTtl(cloud, record);
        return { domain_record: view(record) };
      },
    }),
    route({
      call: 'GET /v2/domains/:domain_name/records/:domain_record_id',
      operation: 'domains_get_record',
      scopes: [['domain:read']],
      status: 200,
      answer: oneRecord,
      handle: (call) => ({ domain_record: view(recordOf(call)) }),
    }),
    ...(['PUT', 'PATCH'] as const).map((method) =>
      route({
        call: `${method} /v2/domains/:domain_name/records/:domain_record_id`,
        operation: method === 'PUT' ? 'domains_update_record' : 'domains_patch_record',
        scopes: [['domain:update']],
        body: updateBody,
        status: 200,
        answer: oneRecord,
        guesses: ["What is not named stays as it was; the type can't change."],
        handle: (call) => change(recordOf(call), call.body as Body),
      }),
    ),
    route({
      call: 'DELETE /v2/domains/:domain_name/records/:domain_record_id',
      operation: 'domains_delete_record',
      scopes: [['domain:delete'], ['domain:update']],
      status: 204,
      handle: (call) => {
        const record = recordOf(call);
        if (record.type === 'SOA') throw unprocessable("The SOA record can't be deleted.");
        cloud.domainRecords.delete(record.id);
      },
    }),
  ];
}
