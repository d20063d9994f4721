import type { Workers } from '../server/action';
import type { Cloud } from '../server/cloud';
import { found } from '../server/errors';
import { RESERVED_IPV6S } from './stored-reserved-ipv6';

/** Also what takes an address away: then there is no droplet. */
export const ASSIGN = 'assign_ipv6';

/** What brings an address to a droplet. */
export const reservedIpv6Workers = (cloud: () => Cloud): Workers => ({
  [ASSIGN]: ({ parameters }) => ({
    hardware: async () => undefined,
    commit: () => {
      const addresses = cloud().of(RESERVED_IPV6S);
      const reserved = found(addresses.get(String(parameters.ip)));
      const dropletId = parameters.dropletId === null ? null : Number(parameters.dropletId);
      addresses.set(reserved.ip, { ...reserved, dropletId });
    },
  }),
});
