/** The roles a droplet can have, in the order in which a request meets them. */
export const ROLES = ['load-balancer', 'web', 'app', 'database'] as const;

/** A role is also a folder of cloud-init/, a tag, and a part of each droplet's name. */
export type Role = (typeof ROLES)[number];
