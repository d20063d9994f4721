import { createHash, timingSafeEqual } from 'node:crypto';
import { forbidden, unauthorized } from './errors';

/** A token and what it may do. `['*']` is full access; `read` and `write` are DigitalOcean's two older wide scopes. */
export interface Token {
  readonly token: string;
  readonly scopes: readonly string[];
  /** Names the token in events. @default "token 1", "token 2", ... */
  readonly name?: string;
}

/** Who calls, as far as the calls need to know. */
export interface Caller {
  readonly name: string;
  can(scope: string): boolean;
}

const droplets = ['regions:read', 'sizes:read', 'actions:read', 'image:read'];
/** Scopes that DigitalOcean adds to a token beside the read scope of the same kind of thing. */
const FORCED: Readonly<Record<string, readonly string[]>> = {
  droplet: ['droplet:read', ...droplets],
  reserved_ip: ['reserved_ip:read', 'droplet:read', ...droplets],
  block_storage: ['regions:read', 'sizes:read', 'actions:read'],
  sizes: ['regions:read'],
};

/** The scopes asked for together with those that DigitalOcean forces with them. */
export function withForcedScopes(scopes: readonly string[]): ReadonlySet<string> {
  const all = new Set(scopes);
  for (const scope of scopes) {
    const [kind = '', right] = scope.split(':');
    if (right !== undefined && right !== 'read') all.add(`${kind}:read`);
    if (Object.hasOwn(FORCED, kind)) for (const forced of FORCED[kind] ?? []) all.add(forced);
  }
  return all;
}

function may(scopes: ReadonlySet<string>, scope: string): boolean {
  if (scopes.has('*') || scopes.has('write') || scopes.has(scope)) return true;
  return scopes.has('read') && scope.endsWith(':read');
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Finds the caller of a request by its Authorization header. */
export class Tokens {
  private readonly callers: readonly { readonly digest: Buffer; readonly caller: Caller }[];

  /** @throws Error of one sentence when two are the same: nobody could say which scopes it has */
  constructor(tokens: readonly Token[]) {
    if (new Set(tokens.map(({ token }) => token)).size < tokens.length)
      throw new Error('A token is given twice: each needs one of its own.');
    this.callers = tokens.map(({ token, scopes, name }, index) => {
      const all = withForcedScopes(scopes);
      const caller = { name: name ?? `token ${index + 1}`, can: (scope: string) => may(all, scope) };
      return { digest: digest(token), caller };
    });
  }

  /** @throws 401 when the header is missing or holds no known token */
  identify(authorization: string | undefined): Caller {
    const given = digest(bearer(authorization));
    const match = this.callers.find((known) => timingSafeEqual(known.digest, given));
    if (!match) throw unauthorized();
    return match.caller;
  }
}

/** The token of `Bearer <token>`, or of HTTP basic authentication with the token as its user. */
function bearer(authorization = ''): string {
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/);
  if (/^bearer$/i.test(scheme)) return value;
  if (/^basic$/i.test(scheme)) return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '';
  return '';
}

/** @throws 403 unless the caller has all scopes of one of the alternatives */
export function authorize(caller: Caller, alternatives: readonly (readonly string[])[]): void {
  if (!alternatives.some((scopes) => scopes.every((scope) => caller.can(scope)))) throw forbidden();
}
