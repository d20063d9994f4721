import type { Api } from './api';
import { type Finding, problemsOr } from './finding';
import { distinct } from './needs';
import type { Synthesized } from './synthesized';

interface ZoneRecord {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly data: string;
}

/** The zones in which the stack has records. */
export const zonesOf = ({ needs }: Synthesized) => distinct(needs.records.map(({ zone }) => zone));

export const recordsOf = (api: Api, zone: string) =>
  api.all<ZoneRecord>(`/domains/${zone}/records`, 'domain_records');

/** The records of the stack's zones that lead to an address. */
export async function addressesIn(api: Api, stack: Synthesized): Promise<ZoneRecord[]> {
  const records = await Promise.all(zonesOf(stack).map((zone) => recordsOf(api, zone)));
  return records.flat().filter(({ type }) => type === 'A');
}

/** The zones and their records: taken, or missing, or with something where ours would be. */
export async function checkZones(api: Api, stack: Synthesized): Promise<Finding[]> {
  const findings = await Promise.all(zonesOf(stack).map((zone) => checkZone(api, stack, zone)));
  return findings.flat();
}

async function checkZone(api: Api, { needs, deployed }: Synthesized, zone: string): Promise<Finding[]> {
  const isMade = needs.zones.includes(zone);
  const exists = (await api.get(`/domains/${zone}`)) !== undefined;
  const wanted = needs.records.filter((record) => record.zone === zone);
  if (!exists) {
    const problems = isMade ? [] : [`${zone} is not in this account; add it there, or leave zoneExists out`];
    return problemsOr(
      'zone',
      problems,
      `${zone} is not in this account yet (whether in somebody else's can't be seen)`,
    );
  }
  const records = await recordsOf(api, zone);
  const internal = wanted.filter(({ name }) => name.endsWith('.internal')).map(({ name }) => name);
  const looksLikeOurs = records.some(({ name }) => internal.includes(name));
  if (isMade && !deployed.has('domain', zone, looksLikeOurs)) {
    return problemsOr('zone', [`${zone} is in this account already; set zoneExists: true`], '');
  }
  const problems = records
    .filter((record) => !deployed.has('record', record.id, looksLikeOurs))
    .filter((record) => wanted.some((ours) => collide(ours, record)))
    .map(
      ({ name, type, data }) =>
        `${zone} has a record ${name} ${type} ${data} where this stack makes one; delete it`,
    );
  return problemsOr('zone', problems, `${zone} is in this account, and its records leave room`);
}

/** A second address would get half of the visitors; beside an alias nothing else may be. */
function collide(ours: { name: string; type: string }, { name, type }: ZoneRecord): boolean {
  const isShared = type === 'CNAME' || type === 'AAAA' || (type === 'A' && ours.type === 'A');
  return ours.name === name && isShared && ours.type !== 'CAA';
}
