import type { Answer, Question } from 'dns-packet';
import { API, NAME_SERVERS, PACKAGES } from './addresses';
import type { Reply } from './dns-message';
import { authority, type Zones, zoneOf } from './dns-zone';

/** All of the world that exists in a lab, besides the hosted zones. */
const WORLD: ReadonlyMap<string, string> = new Map([
  ['api.digitalocean.com', API],
  ...Object.entries(NAME_SERVERS),
  ...['deb.debian.org', 'security.debian.org', 'archive.ubuntu.com', 'security.ubuntu.com'].map(
    (archive) => [archive, PACKAGES] as const,
  ),
]);
const TTL = 60;
const LONGEST_CHAIN = 8;

/**
 * Answers as DigitalOcean's resolvers do: recursively, for the hosted zones and the few hosts of the lab's world.
 *
 * @param hosts address by name of hosts that this lab has besides; * stands for the first part of a name
 */
export function resolve(
  question: Question,
  zones: Zones,
  hosts: ReadonlyMap<string, string> = new Map(),
): Reply {
  const answers: Answer[] = [];
  let reply = lookUp(question, zones, hosts);
  answers.push(...(reply.answers ?? []));
  for (let hops = 0; hops < LONGEST_CHAIN; hops++) {
    const last = reply.answers?.at(-1);
    if (last?.type !== 'CNAME' || ['CNAME', 'ANY'].includes(question.type)) break;
    reply = lookUp({ ...question, name: last.data }, zones, hosts);
    answers.push(...(reply.answers ?? []));
  }
  return { ...reply, answers, authoritative: false, recursionAvailable: true };
}

function lookUp(question: Question, zones: Zones, hosts: ReadonlyMap<string, string>): Reply {
  const name = question.name.toLowerCase();
  if (zoneOf(name, zones) !== undefined && !hosts.has(name)) return authority(question, zones);
  const address = hosts.get(name) ?? hosts.get(name.replace(/^[^.]+/, '*')) ?? WORLD.get(name);
  if (!address) return { rcode: 'NXDOMAIN' };
  if (question.type !== 'A') return { rcode: 'NOERROR' };
  return { rcode: 'NOERROR', answers: [{ type: 'A', name: question.name, ttl: TTL, data: address }] };
}
