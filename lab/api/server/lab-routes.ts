import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Events } from '../../common/events';
import { forbidden } from './errors';
import type { Faults } from './faults';
import type { Tokens } from './scopes';

/**
 * The lab's own calls, beside DigitalOcean's: who may break things is whoever is on this machine and has the full token, or
 * can open the lab's unix socket. A droplet can't: it is neither, whatever token it has.
 */
export function addLabRoutes(app: FastifyInstance, faults: Faults, tokens: Tokens, events: Events): void {
  const onRequest = async (request: FastifyRequest) => {
    const { remoteAddress } = request.raw.socket;
    if (remoteAddress === undefined) return; // the unix socket
    if (!/^(::ffff:)?127\.|^::1$/.test(remoteAddress)) throw forbidden();
    if (!tokens.identify(request.headers.authorization).can('*')) throw forbidden();
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
    faults.clear(Number(id));
    events.emit('fault', { what: `call fault ${id}`, set: false });
    return reply.code(204).send();
  });
}
