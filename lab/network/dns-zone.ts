import type { Answer, Question } from 'dns-packet';
import { NAME_SERVERS } from './addresses';
import type { Reply } from './dns-message';

/** A record as DigitalOcean's API gives it: the name relative to the zone, `@` for the zone itself. */
export interface ZoneRecord {
  readonly type: string;
  readonly name: string;
  readonly data: string;
  readonly ttl: number;
  readonly priority?: number | null;
  readonly port?: number | null;
  readonly weight?: number | null;
  readonly flags?: number | null;
  readonly tag?: string | null;
}

/** The hosted zones, read anew for each question. */
export interface Zones {
  /** Names of the zones. */
  zones(): readonly string[];
  records(zone: string): readonly ZoneRecord[];
}

/** How long resolvers may remember that a name does not exist, in seconds: DigitalOcean's default, and least. */
const NEGATIVE_TTL = 1800;
const LONGEST_CHAIN = 8;

/** Answers as DigitalOcean's name servers do: for the hosted zones only, with authority, without recursion. */
export function authority({ name, type }: Question, source: Zones): Reply {
  const zone = zoneOf(name, source);
  if (zone === undefined) return { rcode: 'REFUSED' };
  const records = source.records(zone);
  const answers: Answer[] = [];
  let wanted = name;
  for (let hops = 0; hops < LONGEST_CHAIN && within(wanted, zone); hops++) {
    const found = recordsAt(wanted, zone, records);
    if (!found) return negative('NXDOMAIN', zone, answers);
    const alias = type === 'CNAME' ? undefined : found.find((record) => record.type === 'CNAME');
    const matching = alias ? [alias] : ofType(found, type, zone);
    answers.push(...matching.map((record) => answer(record, wanted, zone)));
    if (!alias) return matching.length > 0 ? positive(answers) : soaFor(wanted, type, zone, answers);
    wanted = target(alias.data, zone);
  }
  return positive(answers);
}

/** The hosted zone that a name belongs to: the longest, when zones lie within each other. */
export function zoneOf(name: string, { zones }: Pick<Zones, 'zones'>): string | undefined {
  return zones()
    .filter((zone) => within(name, zone))
    .sort((a, b) => b.length - a.length)[0];
}

function within(name: string, zone: string): boolean {
  const [lower, end] = [name.toLowerCase(), zone.toLowerCase()];
  return lower === end || lower.endsWith(`.${end}`);
}

/** The records at a name, or of the wildcard that covers it; undefined when the name does not exist at all. */
function recordsAt(name: string, zone: string, records: readonly ZoneRecord[]): ZoneRecord[] | undefined {
  const at = (owner: string) =>
    records.filter((record) => absolute(record.name, zone) === owner.toLowerCase());
  const exists = (owner: string) => records.some((record) => within(absolute(record.name, zone), owner));
  if (exists(name) || name.length === zone.length) return at(name);
  for (let encloser = parent(name); within(encloser, zone); encloser = parent(encloser)) {
    if (at(`*.${encloser}`).length > 0) return at(`*.${encloser}`);
    if (exists(encloser)) return undefined;
  }
  return undefined;
}

function ofType(records: readonly ZoneRecord[], type: string, zone: string): ZoneRecord[] {
  const matching = records.filter(
    (record) => record.type !== 'SOA' && (record.type === type || type === 'ANY'),
  );
  const isApex = records.every((record) => absolute(record.name, zone) === zone.toLowerCase());
  return type === 'NS' && matching.length === 0 && isApex ? nameServerRecords() : matching;
}

function nameServerRecords(): ZoneRecord[] {
  return Object.keys(NAME_SERVERS).map((data) => ({
    type: 'NS',
    name: '@',
    data: `${data}.`,
    ttl: NEGATIVE_TTL,
  }));
}

function soaFor(name: string, type: string, zone: string, answers: readonly Answer[]): Reply {
  if (type === 'SOA' && name.length === zone.length) return positive([...answers, soa(zone)]);
  return negative('NOERROR', zone, answers);
}

function positive(answers: readonly Answer[]): Reply {
  return { rcode: 'NOERROR', authoritative: true, answers };
}

function negative(rcode: 'NOERROR' | 'NXDOMAIN', zone: string, answers: readonly Answer[]): Reply {
  return { rcode, authoritative: true, answers, authorities: [soa(zone)] };
}

function soa(zone: string): Answer {
  const data = {
    mname: 'ns1.digitalocean.com',
    rname: `hostmaster.${zone}`,
    serial: Math.floor(Date.now() / 1000),
    refresh: 10_800,
    retry: 3600,
    expire: 604_800,
    minimum: NEGATIVE_TTL,
  };
  return { type: 'SOA', name: zone, ttl: NEGATIVE_TTL, data };
}

function answer(record: ZoneRecord, name: string, zone: string): Answer {
  const { ttl, data } = record;
  switch (record.type) {
    case 'MX':
      return {
        type: 'MX',
        name,
        ttl,
        data: { preference: record.priority ?? 0, exchange: target(data, zone) },
      };
    case 'SRV': {
      const { priority, port, weight } = record;
      const service = {
        priority: priority ?? 0,
        weight: weight ?? 0,
        port: port ?? 0,
        target: target(data, zone),
      };
      return { type: 'SRV', name, ttl, data: service };
    }
    case 'CAA': {
      const tag = record.tag as 'issue' | 'issuewild' | 'iodef';
      return {
        type: 'CAA',
        name,
        ttl,
        data: { flags: record.flags ?? 0, tag, value: data.replace(/\.$/, '') },
      };
    }
    case 'TXT':
      return { type: 'TXT', name, ttl, data: data.match(/.{1,255}/gs) ?? [''] };
    case 'CNAME':
    case 'NS':
      return { type: record.type, name, ttl, data: target(data, zone) };
    default:
      return { type: record.type as 'A' | 'AAAA', name, ttl, data };
  }
}

function absolute(name: string, zone: string): string {
  return (name === '@' ? zone : `${name}.${zone}`).toLowerCase();
}

function target(data: string, zone: string): string {
  return data === '@' ? zone : data.replace(/\.$/, '');
}

function parent(name: string): string {
  return name.slice(name.indexOf('.') + 1 || name.length);
}
