import { accountOf } from './account';
import type { Api } from './api';
import { type Droplet, ourTags } from './droplet';
import { type Finding, ok, problem } from './finding';
import type { Synthesized } from './synthesized';

interface ReservedIp {
  readonly ip: string;
  readonly droplet: Droplet | null;
}

export async function checkReservedIps(api: Api, stack: Synthesized): Promise<Finding[]> {
  const all = await api.all<ReservedIp>('/reserved_ips', 'reserved_ips');
  const limit = (await accountOf(api))?.floating_ip_limit ?? 0;
  const looksLikeOurs = ({ droplet }: ReservedIp) => droplet !== null && ourTags(stack, droplet).length > 0;
  const others = all.filter((one) => !stack.deployed.has('reserved_ip', one.ip, looksLikeOurs(one))).length;
  const says = `the account may have ${limit} and has ${others} besides this stack's`;
  return others + stack.needs.reservedIps <= limit
    ? [ok('Reserved IP', says)]
    : [problem('Reserved IP', `${says}; give one back, or ask DigitalOcean for more`)];
}
