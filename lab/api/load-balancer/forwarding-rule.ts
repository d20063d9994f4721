import { CERTIFICATES } from '../certificate/stored-certificate';
import type { Cloud } from '../server/cloud';
import { unprocessable } from '../server/errors';
import type { RuleBody } from './load-balancer-body';
import type { ForwardingRule } from './stored-load-balancer';

const ENCRYPTED = ['https', 'http2', 'http3'];
/** These go only to themselves. */
const TRANSPORT = ['tcp', 'udp'];

export const ruleOf = (given: RuleBody): ForwardingRule => ({
  entry_protocol: given.entry_protocol,
  entry_port: given.entry_port,
  target_protocol: given.target_protocol,
  target_port: given.target_port,
  certificate_id: given.certificate_id ?? '',
  tls_passthrough: given.tls_passthrough ?? false,
});

/** The rules of a body. @throws 422 when there is none, two have the same port, or one can't be */
export function rulesOf(cloud: Cloud, given: readonly RuleBody[]): ForwardingRule[] {
  const rules = given.map(ruleOf);
  if (rules.length === 0) throw unprocessable('forwarding_rules must have at least one rule.');
  const entries = rules.map(entry);
  const twice = entries.find((one, index) => entries.indexOf(one) !== index);
  if (twice !== undefined) throw unprocessable(`Two forwarding rules have the entry port ${twice}.`);
  for (const rule of rules) check(cloud, rule);
  return rules;
}

/** What must be there but once: HTTP/3 and UDP don't meet TCP at a port. */
const entry = ({ entry_protocol, entry_port }: ForwardingRule) =>
  `${entry_port}/${entry_protocol === 'udp' || entry_protocol === 'http3' ? 'udp' : 'tcp'}`;

function check(cloud: Cloud, rule: ForwardingRule): void {
  const { entry_protocol, target_protocol, certificate_id, tls_passthrough } = rule;
  const isTransport = TRANSPORT.includes(entry_protocol) || TRANSPORT.includes(target_protocol);
  if (isTransport && entry_protocol !== target_protocol)
    throw unprocessable(`A rule can not forward ${entry_protocol} as ${target_protocol}.`);
  const isEncrypted = ENCRYPTED.includes(entry_protocol);
  if (tls_passthrough && (!isEncrypted || !ENCRYPTED.includes(target_protocol)))
    throw unprocessable('tls_passthrough needs https or http2 on both sides.');
  if (isEncrypted && !tls_passthrough && certificate_id === '')
    throw unprocessable(`A rule for ${entry_protocol} needs a certificate_id or tls_passthrough.`);
  if (certificate_id !== '' && !cloud.of(CERTIFICATES).has(certificate_id))
    throw unprocessable(`Certificate ${certificate_id} does not exist.`);
}

export const isSameRule = (a: ForwardingRule, b: ForwardingRule) =>
  JSON.stringify(ruleOf(a)) === JSON.stringify(ruleOf(b));
