import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';
import { ApiError, forbidden } from './errors';

/** Who may call, besides having a token. */
export interface Doors {
  /** Names under which the API is reached, besides IP addresses, localhost and names without a dot. */
  readonly hosts: readonly string[];
  /** Web pages that may call, such as http://localhost:3000. */
  readonly origins: readonly string[];
}

const ITS_OWN_NAME = 'api.digitalocean.com';

/**
 * Keeps web pages out: those of other origins, and those whose own name was made to lead here (DNS rebinding). A name
 * without a dot is nobody's on the internet.
 * @throws 403 or 421
 */
export function refuseWebPages({ host = '', origin }: IncomingHttpHeaders, doors: Doors): void {
  if (origin !== undefined && !doors.origins.includes(origin))
    throw forbidden(`Web pages of ${origin} may not call this API: it was started without that origin.`);
  const name = nameIn(host);
  if (name.includes('.') && !isIPv4(name) && !isOwn(name, doors))
    throw new ApiError(
      421,
      'misdirected_request',
      `This API is not known as ${name}: it was started without that name.`,
    );
}

/** The host without its port, as it is compared. */
const nameIn = (host: string) =>
  host
    .replace(/:\d*$/, '')
    .replace(/^\[.*\]$/, '') // an IPv6 address
    .replace(/\.$/, '')
    .toLowerCase();

const isOwn = (name: string, { hosts }: Doors) =>
  name === ITS_OWN_NAME || name.endsWith('.localhost') || hosts.some((one) => one.toLowerCase() === name);
