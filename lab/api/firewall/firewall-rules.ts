import { IPv4, IPv6 } from 'ipaddr.js';
import { z } from 'zod';
import { DROPLETS } from '../droplet/stored-droplet';
import { LOAD_BALANCERS } from '../load-balancer/stored-load-balancer';
import type { Cloud } from '../server/cloud';
import { notImplemented, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import type { Caller } from '../server/scopes';
import { existingTags, tagName } from '../tag/tag';
import type { Firewall, Peers, Rule } from './stored-firewall';

const MOST_RULES = 50;
const MOST_ADDRESSES = 1000;

const peersBody = z.strictObject({
  addresses: z.array(z.string()).nullish(),
  droplet_ids: z.array(z.int()).nullish(),
  load_balancer_uids: z.array(z.string()).nullish(),
  kubernetes_ids: z.array(z.string()).nullish(),
  tags: z.array(tagName).nullish(),
});
const ruleFields = { protocol: z.enum(['tcp', 'udp', 'icmp']), ports: z.string().nullish() };
const inboundBody = z.strictObject({ ...ruleFields, sources: peersBody });
const outboundBody = z.strictObject({ ...ruleFields, destinations: peersBody });
export const rulesBody = openapi(
  z.strictObject({
    inbound_rules: z.array(inboundBody).nullish(),
    outbound_rules: z.array(outboundBody).nullish(),
  }),
);
export type RulesBody = z.infer<typeof rulesBody>;
type Rules = Pick<Firewall, 'inbound' | 'outbound'>;

const peersAnswer = z.strictObject({
  addresses: z.array(z.string()).optional(),
  droplet_ids: z.array(z.int()).optional(),
  load_balancer_uids: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
});
const ruleAnswer = { protocol: z.enum(['tcp', 'udp', 'icmp']), ports: z.string() };
export const rulesAnswer = {
  inbound_rules: z.array(z.strictObject({ ...ruleAnswer, sources: peersAnswer })),
  outbound_rules: z.array(z.strictObject({ ...ruleAnswer, destinations: peersAnswer })),
};

const isAddress = (text: string) =>
  IPv4.isValidFourPartDecimal(text) ||
  IPv4.isValidCIDRFourPartDecimal(text) ||
  IPv6.isValid(text) ||
  IPv6.isValidCIDR(text);

/** "0" means all ports. Those of icmp mean nothing, but are kept. @throws 422 */
function portsOf(protocol: string, ports: string | null | undefined): string {
  if (!ports && protocol === 'icmp') return '0';
  if (!ports) throw unprocessable(`ports is required for ${protocol}.`);
  if (ports === 'all' || ports === '0') return '0';
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(ports) ?? [];
  if (!from || Number(from) < 1 || Number(to) > 65_535 || Number(from) > Number(to))
    throw unprocessable(`ports must be a port, a range such as 8000-9000, or all; not ${ports}.`);
  return ports;
}

/** @throws 422 for addresses that can't be, or for no peers at all */
function peersOf(given: z.infer<typeof peersBody>): Peers {
  if (given.kubernetes_ids?.length) throw notImplemented('A firewall rule with kubernetes_ids');
  const addresses = given.addresses ?? [];
  const wrong = addresses.find((address) => !isAddress(address));
  if (wrong !== undefined) throw unprocessable(`${wrong} is not a valid address or CIDR block.`);
  if (addresses.length > MOST_ADDRESSES) throw unprocessable('A rule can name at most 1000 addresses.');
  const tags = [...new Set(given.tags ?? [])];
  const droplets = given.droplet_ids ?? [];
  const balancers = [...new Set(given.load_balancer_uids ?? [])];
  if (addresses.length + droplets.length + balancers.length + tags.length === 0)
    throw unprocessable('A rule needs at least one source or destination.');
  return {
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(droplets.length > 0 ? { droplet_ids: droplets } : {}),
    ...(balancers.length > 0 ? { load_balancer_uids: balancers } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  };
}

/** What a rule names, there and by its name. @throws 422 for droplets, load balancers or tags that do not exist */
function existing(cloud: Cloud, rule: Rule): Rule {
  const { droplet_ids = [], load_balancer_uids = [], tags } = rule.peers;
  const stranger = load_balancer_uids.find((id) => !cloud.of(LOAD_BALANCERS).has(id));
  if (stranger !== undefined) throw unprocessable(`Load balancer ${stranger} does not exist.`);
  const unknown = droplet_ids.find((id) => !cloud.of(DROPLETS).has(id));
  if (unknown !== undefined) throw unprocessable(`Droplet ${unknown} does not exist.`);
  return tags ? { ...rule, peers: { ...rule.peers, tags: existingTags(cloud, tags) } } : rule;
}

/** The rules of a body, as new ones. @throws 422 */
export function newRules(cloud: Cloud, body: RulesBody): Rules {
  const { inbound, outbound } = rulesOf(body);
  const check = (rule: Rule) => existing(cloud, rule);
  return { inbound: inbound.map(check), outbound: outbound.map(check) };
}

/** The rules of a body, whether or not there is what they name. @throws 422 for rules that can't be */
export function rulesOf(body: RulesBody): Rules {
  const rule = (
    one: { protocol: Rule['protocol']; ports?: string | null },
    peers: z.infer<typeof peersBody>,
  ): Rule => ({
    protocol: one.protocol,
    ports: portsOf(one.protocol, one.ports),
    peers: peersOf(peers),
  });
  return {
    inbound: (body.inbound_rules ?? []).map((one) => rule(one, one.sources)),
    outbound: (body.outbound_rules ?? []).map((one) => rule(one, one.destinations)),
  };
}

/** @throws 422 when a firewall has no rule, or too many */
export function checkCount({ inbound, outbound }: Rules): void {
  const count = inbound.length + outbound.length;
  if (count === 0) throw unprocessable('A firewall needs at least one rule.');
  if (count > MOST_RULES) throw unprocessable(`A firewall can have at most ${MOST_RULES} rules.`);
}

function visible({ addresses, droplet_ids, load_balancer_uids, tags }: Peers, caller: Caller): Peers {
  return {
    ...(addresses ? { addresses } : {}),
    ...(droplet_ids && caller.can('droplet:read') ? { droplet_ids } : {}),
    ...(load_balancer_uids && caller.can('load_balancer:read') ? { load_balancer_uids } : {}),
    ...(tags && caller.can('tag:read') ? { tags } : {}),
  };
}

export const rulesView = ({ inbound, outbound }: Firewall, caller: Caller) => ({
  inbound_rules: inbound.map(({ protocol, ports, peers }) => ({
    protocol,
    ports,
    sources: visible(peers, caller),
  })),
  outbound_rules: outbound.map(({ protocol, ports, peers }) => ({
    protocol,
    ports,
    destinations: visible(peers, caller),
  })),
});

const order = (rule: Rule) =>
  JSON.stringify([
    rule.protocol,
    rule.ports,
    [...(rule.peers.addresses ?? [])].sort(),
    [...(rule.peers.droplet_ids ?? [])].sort(),
    [...(rule.peers.load_balancer_uids ?? [])].sort(),
    [...(rule.peers.tags ?? [])].sort(),
  ]);

/** The same protocol, ports and peers, in any order. */
export const isSameRule = (a: Rule, b: Rule) => order(a) === order(b);
