import { isIPv4 } from 'node:net';
import { z } from 'zod';
import type { Api } from '../api';
import { assignToDefaultProject } from '../project/project-member';
import { PROJECT_RESOURCES } from '../project/stored-project';
import type { Cloud } from '../server/cloud';
import { unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { list, type Route, route } from '../server/route';
import { addRecord, DOMAIN_RECORDS, DOMAINS, type Domain, domainKey, domainOf } from './stored-domain';
import { zoneFile } from './zone-file';

const TTL = 1800;
const NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/;

const answer = openapi(
  z.strictObject({ name: z.string(), ttl: z.int().nullable(), zone_file: z.string().nullable() }),
  'domain',
);
const oneDomain = openapi(z.strictObject({ domain: answer }));
const createBody = openapi(
  z.strictObject({
    name: z.string(),
    ip_address: z.string().nullish(),
    ttl: z.int().nullish(),
    zone_file: z.string().nullish(),
  }),
);

const view = (cloud: Cloud, domain: Domain) => ({
  name: domain.name,
  ttl: domain.ttl,
  zone_file: zoneFile(cloud, domain),
});

function create(cloud: Cloud, given: z.infer<typeof createBody>): Domain {
  const name = domainKey(given.name);
  if (!NAME.test(name))
    throw unprocessable('Name: Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)');
  if (cloud.of(DOMAINS).has(name)) throw unprocessable('Name: same name already exists');
  if (given.ip_address && !isIPv4(given.ip_address))
    throw unprocessable('ip_address is not a valid IPv4 address.');
  const domain = cloud.of(DOMAINS).set(name, { name, ttl: TTL });
  addRecord(cloud, name, { type: 'SOA', name: '@', data: '1800', ttl: TTL });
  for (const server of [1, 2, 3])
    addRecord(cloud, name, { type: 'NS', name: '@', data: `ns${server}.digitalocean.com`, ttl: TTL });
  if (given.ip_address) addRecord(cloud, name, { type: 'A', name: '@', data: given.ip_address, ttl: TTL });
  assignToDefaultProject(cloud, `do:domain:${name}`);
  return domain;
}

function remove(cloud: Cloud, { name }: Domain): void {
  for (const record of cloud.of(DOMAIN_RECORDS).byDomain.get(name))
    cloud.of(DOMAIN_RECORDS).delete(record.id);
  cloud.of(DOMAINS).delete(name);
  cloud.of(PROJECT_RESOURCES).delete(`do:domain:${name}`);
}

export const domainRoutes = ({ cloud }: Api): Route[] => [
  list({
    call: 'GET /v2/domains',
    operation: 'domains_list',
    scopes: [['domain:read']],
    key: 'domains',
    item: answer,
    all: () => cloud.of(DOMAINS).values(),
    view: (domain) => view(cloud, domain),
  }),
  route({
    call: 'POST /v2/domains',
    operation: 'domains_create',
    scopes: [['domain:create']],
    body: createBody,
    status: 201,
    answer: oneDomain,
    guesses: [
      'ttl and zone_file are accepted and ignored.',
      'A new domain has one SOA and three NS records.',
      'The form of zone_file, beyond the example in the document: TXT and CAA are quoted, the serial is the time.',
    ],
    handle: ({ body }) => ({ domain: view(cloud, create(cloud, body)) }),
  }),
  route({
    call: 'GET /v2/domains/:domain_name',
    operation: 'domains_get',
    scopes: [['domain:read']],
    status: 200,
    answer: oneDomain,
    handle: ({ params }) => ({ domain: view(cloud, domainOf(cloud, params)) }),
  }),
  route({
    call: 'DELETE /v2/domains/:domain_name',
    operation: 'domains_delete',
    scopes: [['domain:delete']],
    status: 204,
    handle: ({ params }) => remove(cloud, domainOf(cloud, params)),
  }),
];
