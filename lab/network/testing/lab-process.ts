/**
 * A small lab, in a process of its own inside the fabric as the real one: `node lab-process.ts <lab>`.
 * It takes messages: an anchor address to hold the Reserved IP, or a listener whose connections go to the Reserved IP.
 */
import type { Server } from 'node:net';
import { droplet, RESERVED_IP } from '../../testing/droplets';
import { startDns } from '../dns';
import { startMetadata } from '../metadata';
import { createNetwork } from '../network';
import { forwardToLab } from '../port-forward';

const [lab = ''] = process.argv.slice(2);
const addresses = Array.from({ length: 100 }, (_, n) => `10.116.0.${n + 1}`);
const records = addresses.map((data) => ({ type: 'A', name: 'web', data, ttl: 30 }));

async function main(): Promise<void> {
  const network = await createNetwork(lab, { metadataDelay: 200 });
  await Promise.all([droplet(1), droplet(2)].map((d) => network.plugIn(d)));
  await startDns({ zones: { zones: () => ['foobar.com'], records: () => records } });
  await startMetadata({ resident: (address) => network.resident(address) });
  process.on('message', async (message: string, listener?: Server) => {
    if (listener) forwardToLab(listener, lab, () => RESERVED_IP, 80);
    else await network.assignReservedIp(RESERVED_IP, message);
    process.send?.('done');
  });
  process.send?.('ready');
}

void main();
