import ipaddr from 'ipaddr.js';
import type { Settings } from './settings';

/**
 * Why two stacks don't fit into one account and its zones: a sentence for each thing that both would have. Terraform would notice in the
 * middle of the second one's deployment, or let each undo what the other did.
 */
export function collisions(one: Settings, other: Settings): string[] {
  const sentences: string[] = [];
  if (one.prefix === other.prefix) {
    sentences.push(
      `prefix: is "${one.prefix}" in both, and names droplets, firewalls, volume and VPC; give each stack its own`,
    );
  }
  if (overlap(one.vpcRange, other.vpcRange)) {
    sentences.push(
      `vpcRange: ${one.vpcRange} and ${other.vpcRange} overlap, which DigitalOcean refuses; 10.20.0.0/20 and 10.20.16.0/20 don't`,
    );
  }
  if (one.domain === other.domain) {
    sentences.push(`domain: is ${one.domain} in both; a name can lead to one stack only`);
  }
  if (one.zone === other.zone) sentences.push(...inOneZone(one, other));
  return sentences;
}

function inOneZone(one: Settings, other: Settings): string[] {
  if (!one.zoneExists && !other.zoneExists) {
    return [
      `zone: both would make ${one.zone}, which there is once; one of them takes it over with zoneExists: true`,
    ];
  }
  const [owner, guest] = one.zoneExists ? [other, one] : [one, other];
  return !owner.zoneExists && guest.domain === guest.zone
    ? [
        `domain: ${guest.domain} is the zone itself, which the stack that makes the zone has its own record for`,
      ]
    : [];
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [one, other].map((range) => ipaddr.IPv4.parseCIDR(range)) as [
    [ipaddr.IPv4, number],
    [ipaddr.IPv4, number],
  ];
  const [wider, narrower] = a[1] <= b[1] ? [a, b] : [b, a];
  return narrower[0].match(wider);
}
