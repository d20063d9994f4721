import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Events } from '../../common/events';
import { storable } from './digits';
import { forbidden, notFound, unprocessable } from './errors';
import type { Faults } from './faults';
import type { Tokens } from './scopes';
import type { Contents } from './store';

/** A whole account may be larger than any call of DigitalOcean's. */
const LARGEST_ACCOUNT = 256 * 1024 * 1024;

/** What the lab's own calls work on. */
interface Parts {
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly events: Events;
  /** Droplets really run: what is in one of them may not break the lab, whatever token it has. */
  readonly hasDroplets: boolean;
  /** All there is in the account. */
  contents(): Contents;
  /** Puts other contents in the place of all there is; what every account has is added. */
  replace(contents: Contents): void;
  /** Says what load balancers and autoscale pools find when they look at a droplet. @throws 404 */
  setHealth(dropletId: number, isHealthy: boolean): void;
}

const account = z.strictObject({
  tables: z.record(z.string(), z.array(z.tuple([z.union([z.string(), z.number()]), z.unknown()]))),
});
const health = z.strictObject({ healthy: z.boolean() });

/**
 * The lab's own calls, beside DigitalOcean's: who may break things is whoever has the full token, on this machine where
 * droplets run, or can open the lab's unix socket.
 */
export function addLabRoutes(app: FastifyInstance, parts: Parts): void {
  const { faults, tokens, events } = parts;
  const onRequest = async (request: FastifyRequest) => {
    const { remoteAddress } = request.raw.socket;
    if (remoteAddress === undefined) return; // the unix socket
    if (parts.hasDroplets && !/^(::ffff:)?127\.|^::1$/.test(remoteAddress)) throw forbidden();
    if (!tokens.identify(request.headers.authorization).can('*')) throw forbidden();
  };
  const replace = (contents: Contents) => {
    try {
      parts.replace(contents);
    } catch (error) {
      throw unprocessable(`The account can't be loaded: ${(error as Error).message}`);
    }
  };
  app.get('/_lab/faults', { onRequest }, async () => ({ faults: faults.list() }));
  app.post('/_lab/faults', { onRequest }, async (request, reply) => {
    const fault = faults.set(request.body as never);
    events.emit('fault', { what: `${fault.kind} on ${fault.call}`, set: true });
    return reply.code(201).send({ fault });
  });
  app.delete('/_lab/faults', { onRequest }, async (_, reply) => {
    faults.clear();
    events.emit('fault', { what: 'all calls', set: false });
    return reply.code(204).send();
  });
  app.delete('/_lab/faults/:id', { onRequest }, async (request, reply) => {
    const { id } = request.params as { id: string };
    if (!faults.has(Number(id)))
      throw notFound(`There is no fault ${id}: GET /_lab/faults lists those there are.`);
    faults.clear(Number(id));
    events.emit('fault', { what: `call fault ${id}`, set: false });
    return reply.code(204).send();
  });
  app.put('/_lab/droplets/:id/health', { onRequest }, async (request, reply) => {
    const { id } = request.params as { id: string };
    parts.setHealth(Number(id), health.parse(request.body).healthy);
    return reply.code(204).send();
  });
  app.get('/_lab/account', { onRequest }, async () => ({ tables: parts.contents() }));
  app.put('/_lab/account', { onRequest, bodyLimit: LARGEST_ACCOUNT }, async (request, reply) => {
    replace(storable(account.parse(request.body).tables));
    return reply.code(204).send();
  });
  app.delete('/_lab/account', { onRequest }, async (_, reply) => {
    replace({});
    return reply.code(204).send();
  });
}
