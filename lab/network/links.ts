import ipaddr from 'ipaddr.js';
import type { DropletSpec } from '../api/server/hardware';
import { ANCHOR, PUBLIC } from './addresses';
import { type Endpoint, linkOf, MTU } from './faults';
import { clientOf, dropletNamespace, fabricOf, publicLink, vpcLink } from './link-names';
import { addNamespace, ip, removeNamespace } from './namespace';

/** How many packets the kernel hands to a network card as one, by itself. */
const ALL_AT_ONCE = 65_535;

/**
 * A droplet's two network cards: eth0 (public and anchor addresses) and eth1 (VPC) in a namespace of its own, where the
 * droplet configures them by itself, each wired to an interface of the fabric.
 */
export async function addLinks(lab: string, droplet: DropletSpec): Promise<void> {
  const namespace = dropletNamespace(lab, droplet.id);
  const { vpcRange } = droplet.private;
  await addNamespace(namespace);
  await ip(fabricOf(lab), [
    `link add ${publicLink(droplet.id)} type veth peer name eth0 netns ${namespace} address ${droplet.public.mac}`,
    `link add ${vpcLink(droplet.id)} type veth peer name eth1 netns ${namespace} address ${droplet.private.mac}`,
    `address add ${PUBLIC.gateway}/32 dev ${publicLink(droplet.id)}`,
    `address add ${ANCHOR.gateway}/32 dev ${publicLink(droplet.id)}`,
    `address add ${vpcGateway(vpcRange)}/32 dev ${vpcLink(droplet.id)}`,
    `route replace blackhole ${vpcRange}`,
    ...[publicLink(droplet.id), vpcLink(droplet.id)].map(
      // Answers to ARP on behalf of others would by default be held back for up to 0.8 s.
      (link) => `ntable change name arp_cache dev ${link} proxy_delay 0`,
    ),
  ]);
  await raiseLinks(lab, droplet);
}

/**
 * Connects the links. The fabric knows which card has which address and never asks, so that no droplet can take over
 * another one's address by ARP.
 */
export async function raiseLinks(lab: string, droplet: DropletSpec): Promise<void> {
  await ip(fabricOf(lab), [
    `link set ${publicLink(droplet.id)} up`,
    `link set ${vpcLink(droplet.id)} up`,
    ...addressesOf(droplet).flatMap(({ link, mac, address }) => [
      `neighbour replace ${address} lladdr ${mac} dev ${link} nud permanent`,
      `route replace ${address}/32 dev ${link}`,
    ]),
  ]);
}

/**
 * Disconnects the links, as when the droplet has no power. Its neighbours go on to be answered by ARP; what they and
 * others send is led to the loopback interface, where the packet filter drops it without a word.
 */
export async function lowerLinks(lab: string, droplet: DropletSpec): Promise<void> {
  await ip(fabricOf(lab), [
    `link set ${publicLink(droplet.id)} down`,
    `link set ${vpcLink(droplet.id)} down`,
    ...addressesOf(droplet).map(({ address }) => `route replace ${address}/32 dev lo`),
  ]);
}

export async function removeLinks(lab: string, droplet: DropletSpec): Promise<void> {
  await ip(fabricOf(lab), [
    // By hand, since the kernel takes its time over the interfaces of a removed namespace.
    `link delete ${publicLink(droplet.id)}`,
    `link delete ${vpcLink(droplet.id)}`,
    ...addressesOf(droplet).map(({ address }) => `route flush ${address}/32`),
  ]);
  await removeNamespace(dropletNamespace(lab, droplet.id));
}

/**
 * Makes an endpoint's link carry packets of so many bytes at most. The fabric loses larger ones, as a router does that may not send ICMP;
 * of what comes from the endpoint, which has to send each packet by itself for that, its side of the link.
 */
export async function setMtu(lab: string, endpoint: Endpoint, mtu: number): Promise<void> {
  const [namespace, card] =
    typeof endpoint === 'object'
      ? [dropletNamespace(lab, endpoint.droplet), endpoint.side === 'public' ? 'eth0' : 'eth1']
      : [clientOf(lab), 'eth0'];
  await ip(fabricOf(lab), [`link set ${linkOf(endpoint)} mtu ${mtu}`]);
  await ip(namespace, [`link set ${card} gso_max_segs ${mtu < MTU ? 1 : ALL_AT_ONCE}`]);
}

function addressesOf({ id, public: open, anchor, private: closed }: DropletSpec) {
  return [
    { link: publicLink(id), mac: open.mac, address: open.ip },
    { link: publicLink(id), mac: open.mac, address: anchor.ip },
    { link: vpcLink(id), mac: closed.mac, address: closed.ip },
  ];
}

/** The first address of a VPC's range is its gateway's. */
function vpcGateway(range: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.networkAddressFromCIDR(range).toByteArray();
  return [a, b, c, d + 1].join('.');
}
