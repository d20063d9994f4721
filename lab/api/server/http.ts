import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ZodError } from 'zod';
import type { Events } from '../../common/events';
import type { Actions } from './action';
import { AnswerCache, type KnownAnswer } from './answer-cache';
import { readBody } from './body';
import type { Cloud } from './cloud';
import { corsHeaders, preflightHeaders } from './cors';
import { jsonOf, parseDigits } from './digits';
import { sendError } from './error-answer';
import { badRequest, invalid, notFound } from './errors';
import { type Fault, type Faults, refusal } from './faults';
import { type Doors, refuseWebPages } from './guard';
import { type LateCalls, lateLoader } from './late-calls';
import { type FoundRoute, Paths } from './path-table';
import type { RateLimit } from './rate-limit';
import type { Call, Route } from './route';
import { authorize, type Caller, type Tokens } from './scopes';

/** Enough for a droplet's user data many times over. */
const LARGEST_BODY = 1024 * 1024;
/** Names what a body had that nobody knows; DigitalOcean ignores it without a word. */
const IGNORED = 'x-lab-ignored';
const JSON_TYPE = 'application/json; charset=utf-8';
/** In Accept-Encoding, and not with `q=0`. */
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(\.0+)?\s*(,|$))/;
/** Whom no request comes from: without a token none gets to a route. */
const NOBODY: Caller = { name: 'nobody', can: () => false };
/** More than Node lets a whole request line and its headers have. */
const LONGEST_PARAMETER = 16 * 1024;

/** Fastify's own compilers of schemas, which nothing here has: without these it would load them before it serves. */
const never = () => {
  throw new Error("no route has a schema of Fastify's");
};
const NO_SCHEMAS = { buildValidator: () => never, buildSerializer: () => never };

/** What the server knows of a request while it is answered. */
interface Context {
  readonly startedAt: number;
  caller?: Caller;
  fault?: Fault;
  /** Which call it is. */
  found?: FoundRoute;
  /** Keys of the body that nobody knows. */
  ignored?: readonly string[];
}

/** What a call is made on. */
interface Account {
  readonly cloud: Cloud;
  readonly actions: Actions;
  readonly events: Events;
}

interface Parts {
  readonly account: Account;
  readonly routes: readonly Route[];
  readonly late: LateCalls;
  /** Every call that DigitalOcean has: a path in each line, with its methods. */
  readonly published: string;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly rateLimit: RateLimit;
  readonly doors: Doors;
  /** Refuses what DigitalOcean ignores. */
  readonly isStrict: boolean;
  /** Sees every answer of a route before it is sent. */
  readonly onAnswer?: (route: Route, answer: unknown) => void;
}

/** The server without a socket: requests in, answers in DigitalOcean's form out. */
export function createHttp(parts: Parts): FastifyInstance {
  const { account, faults } = parts;
  const contexts = new WeakMap<FastifyRequest, Context>();
  const cache = new AnswerCache(account.cloud);
  const paths = new Paths(parts.routes, parts.published, parts.late.kinds);
  const loadLate = lateLoader(parts.late, (routes) => paths.add(routes));
  const contextOf = (request: FastifyRequest) => contexts.get(request) as Context;
  const app = Fastify({
    bodyLimit: LARGEST_BODY,
    genReqId: () => randomUUID(),
    schemaController: { compilersFactory: NO_SCHEMAS },
    routerOptions: {
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: LONGEST_PARAMETER,
    },
    frameworkErrors: (error, request, reply) =>
      void sendError(error, request, reply as unknown as FastifyReply),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, text, done) => {
    try {
      done(null, text === '' ? undefined : parseDigits(String(text)));
    } catch {
      done(badRequest('error parsing request body'));
    }
  });

  app.addHook('onRequest', async (request, reply) => {
    const context: Context = { startedAt: performance.now() };
    contexts.set(request, context);
    reply.header('x-request-id', request.id);
    refuseWebPages(request.headers, parts.doors);
    if (!isApiCall(request)) return;
    await loadLate(pathOf(request));
    reply.headers({ ...corsHeaders(request.headers.origin), ...parts.rateLimit.unused() });
    if (request.method === 'OPTIONS') {
      const wanted = request.headers['access-control-request-headers'];
      reply.header('allow', [...paths.methodsAt(pathOf(request)), 'OPTIONS'].join(', '));
      return reply.code(204).headers(preflightHeaders(wanted)).send();
    }
    context.fault = faults.take(request.method, pathOf(request));
    if (context.fault && (await befall(context.fault, faults, request, reply))) return reply;
    context.caller = parts.tokens.identify(request.headers.authorization);
    reply.headers(parts.rateLimit.count(context.caller.name, `${request.method} ${pathOf(request)}`));
    context.found = paths.routeOf(request.method, pathOf(request));
    authorize(context.caller, context.found.route.scopes);
  });

  app.addHook('onResponse', async (request, reply) => {
    if (!isApiCall(request)) return;
    const { startedAt, caller, ignored = [] } = contextOf(request);
    account.events.emit('api', {
      method: request.method,
      path: request.url,
      status: reply.statusCode,
      milliseconds: Math.round((performance.now() - startedAt) * 10) / 10,
      token: caller?.name,
      requestId: request.id,
      ...(ignored.length > 0 ? { ignored } : {}),
    });
  });

  app.setErrorHandler(sendError);
  app.setNotFoundHandler(() => {
    throw notFound(); // of the lab's own calls
  });

  // One for all of DigitalOcean's calls: which of them it is was found out above, and two tables of routes might not agree.
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/v2/*',
    handler: async (request, reply) => {
      const { caller = NOBODY, fault, found } = contextOf(request);
      const { route } = found as FoundRoute;
      const url = baseOf(request) + request.url;
      const known = route.method === 'GET' && !fault ? cache.get(caller, url) : undefined;
      if (known) return sendKnown(known, request, reply.code(route.status).type(JSON_TYPE));
      const { value, ignored } = readBody(
        route.body,
        request.body === undefined ? {} : request.body,
        parts.isStrict,
      );
      if (ignored.length > 0) reply.header(IGNORED, namesOf(ignored));
      contextOf(request).ignored = ignored;
      const answer = perform(account, found as FoundRoute, request, value, caller, fault);
      if (fault?.kind === 'lost-answer') return hangUp(request, reply);
      parts.onAnswer?.(route, answer);
      reply.code(route.status);
      if (!route.answer) return reply.send();
      return reply
        .type(JSON_TYPE)
        .send(route.method === 'GET' ? cache.set(caller, url, answer) : jsonOf(answer));
    },
  });
  return app;
}

/** Sends an answer that is asked for again, compressed to who takes it so. */
function sendKnown(known: KnownAnswer, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const gzip = TAKES_GZIP.test(String(headers['accept-encoding'])) ? known.gzip : undefined;
  return gzip ? reply.header('content-encoding', 'gzip').send(gzip) : reply.send(known.text);
}

/** Checks a request and carries it out, in one transaction. */
function perform(
  { actions, cloud }: Account,
  { route, params }: FoundRoute,
  request: FastifyRequest,
  body: unknown,
  caller: Caller,
  fault: Fault | undefined,
): unknown {
  const base = baseOf(request);
  const call: Call = {
    params,
    body,
    query: queryOf(route, request),
    caller,
    headers: request.headers,
    base,
    url: base + request.url,
    start: (action) => actions.start(action, fault?.kind === 'never-completes' ? fault.id : undefined),
  };
  const answer = cloud.store.transaction(() => route.handle(call));
  if (route.method !== 'GET') {
    cloud.store.compact();
    cloud.changed();
  }
  return answer;
}

/** @throws 422 */
function queryOf({ query }: Route, request: FastifyRequest): unknown {
  const result = query?.safeParse(lastValues(request.query as Record<string, string | string[]>));
  if (result && !result.success) throw invalid(result.error as ZodError);
  return result?.data;
}

/** As a header may have it: a few, without what is no letter of a header. */
const namesOf = (keys: readonly string[]) =>
  keys
    .slice(0, 20)
    .map((key) => encodeURIComponent(Buffer.from(key.slice(0, 100)).toString()))
    .join(', ');

/** Scheme and host as the client wrote them, if they make an address. */
function baseOf({ protocol, host }: FastifyRequest): string {
  const base = `${protocol}://${host}`;
  return URL.canParse(base) ? base : `${protocol}://localhost`;
}

/** Of a parameter given twice the last one counts. */
const lastValues = (query: Record<string, string | string[]>) =>
  Object.fromEntries(
    Object.entries(query).map(([key, value]) => [key, Array.isArray(value) ? value.at(-1) : value]),
  );

const pathOf = (request: FastifyRequest) => request.url.split('?')[0]?.replace(/\/{2,}/g, '/') ?? '';
const isApiCall = (request: FastifyRequest) => !pathOf(request).startsWith('/_lab/');

/** Does to a request what a fault says; true when nothing remains to be done. */
async function befall(
  fault: Fault,
  faults: Faults,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  if (fault.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
  if (fault.kind === 'hang') await faults.removal(fault.id);
  if (fault.kind === 'dead' || fault.kind === 'hang') {
    hangUp(request, reply);
    return true;
  }
  const refused = refusal(fault);
  if (refused) throw refused;
  return false;
}

/** Closes the connection without an answer. */
function hangUp(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}
