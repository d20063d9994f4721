import type { Cloud } from '../server/cloud';
import { DOMAIN_RECORDS, type Domain, type DomainRecord } from './stored-domain';

const NAMING = ['CNAME', 'MX', 'NS', 'SRV'];
/** Seconds: refresh, retry, expire. */
const SOA_TIMES = '10800 3600 604800';
/** What a text of a record may have at most; longer ones come in pieces. */
const TEXT_LENGTH = /.{1,255}/gs;

/** The records of a zone as a zone file, in the order of their creation. */
export function zoneFile(cloud: Cloud, { name, ttl }: Domain): string {
  const records = cloud.of(DOMAIN_RECORDS).byDomain.get(name);
  return [`$ORIGIN ${name}.`, `$TTL ${ttl}`, ...records.map((record) => line(record, name)), ''].join('\n');
}

function line(record: DomainRecord, zone: string): string {
  const owner = record.name === '@' ? `${zone}.` : `${record.name}.${zone}.`;
  // The time stands in for a serial number, as in what the lab's name servers answer.
  if (record.type === 'SOA')
    return `${owner} IN SOA ns1.digitalocean.com. hostmaster.${zone}. ${Math.floor(Date.now() / 1000)} ${SOA_TIMES} ${record.data}`;
  const numbers = [record.flags, record.tag, record.priority, record.weight, record.port].filter(
    (part) => part !== null,
  );
  return [owner, record.ttl, 'IN', record.type, ...numbers, dataOf(record, zone)].join(' ');
}

function dataOf({ type, data }: DomainRecord, zone: string): string {
  if (NAMING.includes(type)) return data === '@' ? `${zone}.` : `${data}.`;
  if (type === 'CAA') return quoted(data);
  if (type === 'TXT') return (data.match(TEXT_LENGTH) ?? ['']).map(quoted).join(' ');
  return data;
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
