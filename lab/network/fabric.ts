import { mkdir, writeFile } from 'node:fs/promises';
import { ANCHOR, CLIENT, PUBLIC, RESERVED_IP_RANGE, RESOLVERS, SERVICES } from './addresses';
import { CLIENT_LINK, clientOf, fabricOf } from './link-names';
import { addNamespace, ip, setSysctls } from './namespace';

/** Folder from which `ip netns exec` takes files such as resolv.conf for a namespace. */
export const configurationOf = (namespace: string) => `/etc/netns/${namespace}`;

/** Adds the namespace of the lab's fabric: the provider's network, where the lab's servers run. */
export async function addFabric(lab: string): Promise<void> {
  await addNamespace(fabricOf(lab));
}

/**
 * Makes the fabric a router between the links of droplets and client. It routes rather than bridges: each packet then
 * passes the packet filter and connection tracking by itself, and nobody hears another one's broadcasts. Neighbours in
 * a subnet find each other since the fabric answers ARP for all it has a route to. It has no route to anywhere else.
 */
export async function configureFabric(lab: string): Promise<void> {
  const fabric = fabricOf(lab);
  await setSysctls(fabric, [
    'net.ipv4.ip_forward=1',
    'net.ipv4.conf.default.proxy_arp=1',
    'net.ipv4.conf.all.send_redirects=0',
    'net.ipv4.conf.default.send_redirects=0',
    'net.ipv4.conf.default.rp_filter=0',
    'net.ipv6.conf.all.disable_ipv6=1',
    'net.ipv6.conf.default.disable_ipv6=1',
    // Load with a connection per request must not fill the table, whose size only the machine itself can set.
    'net.netfilter.nf_conntrack_tcp_timeout_time_wait=5',
    // What clients have given up is forgotten before its port is used again: a later connection would go to the old holder of a Reserved IP.
    ...['syn_sent', 'fin_wait', 'last_ack'].map(
      (state) => `net.netfilter.nf_conntrack_tcp_timeout_${state}=5`,
    ),
    ...['max_retrans', 'unacknowledged'].map((state) => `net.netfilter.nf_conntrack_tcp_timeout_${state}=30`),
    // Nor is it taken for a new connection, which the last of its packets would begin in the middle.
    'net.netfilter.nf_conntrack_tcp_loose=0',
  ]);
  await ip(fabric, [
    ...Object.values(SERVICES)
      .flat()
      .map((address) => `address replace ${address}/32 dev lo`),
    // What no droplet answers for is lost in silence.
    ...[PUBLIC.range, ANCHOR.range, RESERVED_IP_RANGE].map((range) => `route replace blackhole ${range}`),
  ]);
}

/** Adds the namespace of the stack's users, which reaches public addresses and Reserved IPs through the fabric. */
export async function addClient(lab: string): Promise<void> {
  const client = clientOf(lab);
  await addNamespace(client);
  await mkdir(configurationOf(client), { recursive: true });
  await writeFile(
    `${configurationOf(client)}/resolv.conf`,
    RESOLVERS.map((address) => `nameserver ${address}\n`).join(''),
  );
  await ip(fabricOf(lab), [
    `link add ${CLIENT_LINK} type veth peer name eth0 netns ${client}`,
    `address add ${CLIENT.gateway}/24 dev ${CLIENT_LINK}`,
    `link set ${CLIENT_LINK} up`,
  ]);
  await ip(client, [
    `address add ${CLIENT.address}/24 dev eth0`,
    ...[CLIENT.attacker, ...CLIENT.visitors].map((address) => `address add ${address}/24 dev eth0`),
    'link set eth0 up',
    `route add default via ${CLIENT.gateway}`,
  ]);
}
