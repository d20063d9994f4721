import { z } from 'zod';
import { openapi } from './label';
import { type Route, route } from './route';

/** What the account may have at most. Wider than a new account's at DigitalOcean, so that a drill never meets them by accident. */
export const LIMITS = {
  droplets: 5000,
  reservedIps: 100,
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

export const accountRoutes = (): Route[] => [
  route({
    call: 'GET /v2/account',
    operation: 'account_get',
    scopes: [['account:read']],
    status: 200,
    answer: openapi(z.strictObject({ account: accountAnswer })),
    guesses: ["The limits are the lab's own: 5000 droplets, 100 Reserved IPs, 1000 volumes."],
    handle: () => ({
      account: {
        droplet_limit: LIMITS.droplets,
        floating_ip_limit: LIMITS.reservedIps,
        email: 'lab@example.com',
        name: 'Lab',
        uuid: OWNER.uuid,
        email_verified: true,
        status: 'active',
        status_message: '',
        team: { uuid: OWNER.uuid, name: 'Lab' },
      },
    }),
  }),
];
