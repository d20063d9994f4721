import { z } from 'zod';
import type { Api } from '../api';
import type { Cloud } from '../server/cloud';
import { found, unprocessable } from '../server/errors';
import { idOf } from '../server/id';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { type Body, checked, createBody, NAMING, relative, TYPES, updateBody } from './domain-record-check';
import { addRecord, DOMAIN_RECORDS, type DomainRecord, domainOf } from './stored-domain';

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

/** Records of one name and type share their TTL: the newest one's. */
function shareTtl(cloud: Cloud, record: DomainRecord): void {
  for (const other of cloud.of(DOMAIN_RECORDS).byDomain.get(record.domain))
    if (other.name === record.name && other.type === record.type && other.ttl !== record.ttl)
      cloud.of(DOMAIN_RECORDS).set(other.id, { ...other, ttl: record.ttl });
}

function filtered(cloud: Cloud, zone: string, query: z.infer<typeof filters>): DomainRecord[] {
  const name = query.name === undefined ? undefined : relative(`${query.name.replace(/\.$/, '')}.`, zone);
  const { type } = query;
  return cloud
    .of(DOMAIN_RECORDS)
    .byDomain.get(zone)
    .filter(
      (record) =>
        (name === undefined || record.name === name) && (type === undefined || record.type === type),
    );
}

export function domainRecordRoutes({ cloud }: Api): Route[] {
  const recordOf = ({ params }: Pick<Call, 'params'>) => {
    const record = cloud.of(DOMAIN_RECORDS).get(idOf(params.domain_record_id));
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
    const changed = cloud.of(DOMAIN_RECORDS).set(record.id, { ...record, ...fields });
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
        cloud.of(DOMAIN_RECORDS).delete(record.id);
      },
    }),
  ];
}
