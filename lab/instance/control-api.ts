import { existsSync } from 'node:fs';
import { request } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { faultSchema } from '../api/server/faults';
import { COMMAND } from '../common/command';
import { storeFaultSchema } from '../external/object-store/store-fault';
import { DNS_FAULTS } from '../network/dns-fault';
import type { Lab } from './lab';
import { controlSocket, optionOf } from './runtime-paths';

const power = z.enum(['power-on', 'power-off', 'reboot', 'shutdown']);
const cut = z.strictObject({ from: z.string(), to: z.string(), oneWay: z.boolean().default(false) });
const hold = z.strictObject({ one: z.string(), other: z.string() });
const netem = z.strictObject({
  link: z.string(),
  loss: z.number().optional(),
  delay: z.number().optional(),
  mtu: z.number().optional(),
});
const push = z.strictObject({ archive: z.string(), reference: z.string() });
const mend = z.strictObject({ what: z.string().optional() });
const assignTime = z.strictObject({ milliseconds: z.int().min(0).max(600_000) });
const flows = z.strictObject({ flows: z.enum(['stay', 'cut']) });
const damage = z.strictObject({ bucket: z.string(), key: z.string() });
const dropletLimit = z.strictObject({ limit: z.int().min(0) });
const dnsFault = z.strictObject({ fault: z.enum(DNS_FAULTS) });

/** Lets the command line steer a lab, over a unix socket that is root's alone. */
export function serveControl(lab: Lab): FastifyInstance {
  const server = fastify({ forceCloseConnections: true });
  server.setErrorHandler((error: Error, _request, reply) =>
    reply.code(400).send({ message: sentence(error) }),
  );
  server.get('/status', async () => lab.status());
  server.get('/access', async () => lab.access);
  server.post('/droplets/:name/:what', async (request) => {
    const { name, what } = z.object({ name: z.string(), what: power }).parse(request.params);
    await lab.power(name, what);
    return {};
  });
  server.post('/cut', async (request) => {
    const { from, to, oneWay } = cut.parse(request.body);
    return { what: await lab.cut(from, to, oneWay) };
  });
  server.post('/hold', async (request) => {
    const { one, other } = hold.parse(request.body);
    return { what: await lab.hold(one, other) };
  });
  server.post('/netem', async (request) => {
    const { link, ...disturbance } = netem.parse(request.body);
    return { what: await lab.disturb(link, disturbance) };
  });
  server.post('/fault', async (request) => ({ what: lab.failCalls(faultSchema.parse(request.body)) }));
  server.post('/dns-fault', async (request) => ({ what: lab.failDns(dnsFault.parse(request.body).fault) }));
  server.post('/spaces-fault', async (request) => ({
    what: await lab.failObjectStore(storeFaultSchema.parse(request.body)),
  }));
  server.post('/damage', async (request) => {
    const { bucket, key } = damage.parse(request.body);
    await lab.damage(bucket, key);
    return {};
  });
  server.post('/droplet-limit', async (request) => ({
    what: lab.limitDroplets(dropletLimit.parse(request.body).limit),
  }));
  server.post('/assign-time', async (request) => {
    lab.setAssignTime(assignTime.parse(request.body).milliseconds);
    return {};
  });
  server.post('/flows', async (request) => {
    await lab.setFlows(flows.parse(request.body).flows);
    return {};
  });
  server.post('/push', async (request) => {
    const { archive, reference } = push.parse(request.body);
    await lab.push(archive, reference);
    return {};
  });
  server.post('/mend', async (request) => {
    await lab.mend(mend.parse(request.body ?? {}).what);
    return {};
  });
  return server;
}

function sentence(error: Error): string {
  if (!(error instanceof z.ZodError)) return error.message;
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

/** Asks a running lab. Rejects with one sentence when there is none, or when it refuses. */
export async function ask<T>(lab: string, method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const socketPath = controlSocket(lab);
  if (!existsSync(socketPath)) {
    throw new Error(`No lab named "${lab}" is running; \`${COMMAND} up\` starts one.`);
  }
  const payload = body === undefined ? '' : JSON.stringify(body);
  const headers = payload
    ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }
    : {};
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString() || '{}');
        return response.statusCode === 200 ? resolve(answer) : reject(new Error(answer.message));
      });
    });
    call.on('error', () =>
      reject(
        new Error(
          `The lab "${lab}" does not answer: it died. \`${COMMAND} down${optionOf(lab)}\` clears what it left.`,
        ),
      ),
    );
    call.end(payload);
  });
}
