import { z } from 'zod';
import type { Api } from '../api';
import { openapi } from '../server/provenance';
import { type Route, route } from '../server/route';
import { EMAIL, isVerified } from './account-options';

/** What every account may have at most. */
export const LIMITS = {
  volumes: 1000,
  volumesPerDroplet: 15,
  dropletsPerCall: 10,
};
export const OWNER = { uuid: '5e5a0b6c-3f7d-4c39-9a53-2f6cb0a1d1a8', id: 1 };

const accountAnswer = openapi(
  z.strictObject({
    droplet_limit: z.int(),
    floating_ip_limit: z.int(),
    email: z.string(),
    name: z.string(),
    uuid: z.string(),
    email_verified: z.boolean(),
    status: z.enum(['active', 'warning', 'locked']),
    status_message: z.string(),
    team: z.strictObject({ uuid: z.string(), name: z.string() }),
  }),
  'account',
);

export const accountRoutes = ({ options: { account } }: Api): Route[] => [
  route({
    call: 'GET /v2/account',
    operation: 'account_get',
    scopes: [['account:read']],
    status: 200,
    answer: openapi(z.strictObject({ account: accountAnswer })),
    guesses: [
      "The limits are the lab's own unless others are asked for: 5000 droplets, 100 Reserved IPs, 1000 volumes.",
    ],
    handle: () => ({
      account: {
        droplet_limit: account.dropletLimit,
        floating_ip_limit: account.reservedIpLimit,
        email: EMAIL,
        name: 'Lab',
        uuid: OWNER.uuid,
        email_verified: isVerified(account, EMAIL),
        status: account.status,
        status_message: account.status === 'active' ? '' : `The account is ${account.status}.`,
        team: { uuid: OWNER.uuid, name: 'Lab' },
      },
    }),
  }),
];
