import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ApiError, methodNotAllowed, notImplemented } from './errors';
import type { Route } from './route';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

export type CallName = Pick<Route, 'method' | 'path'>;

/**
 * Refuses what could be taken for one of the routes: calls of DigitalOcean's that the lab does not have, with 501, and
 * methods that no path of DigitalOcean's has, with 405.
 */
export function refuseOtherCalls(
  app: FastifyInstance,
  routes: readonly CallName[],
  notEmulated: readonly CallName[],
): void {
  const refuse = (method: string | string[], url: string, refusal: (request: FastifyRequest) => ApiError) =>
    app.route({
      method,
      url,
      onRequest: async (request) => {
        throw refusal(request);
      },
      handler: () => undefined,
    });
  for (const [path, allowed] of methodsByPath([...routes, ...notEmulated])) {
    const others = METHODS.filter((method) => !allowed.includes(method));
    refuse(others, path, ({ method }) => methodNotAllowed(method, allowed.join(', ')));
  }
  for (const { method, path } of notEmulated) refuse(method, path, () => notImplemented(`${method} ${path}`));
}

/** The methods that each path has, HEAD among them where there is GET. */
function methodsByPath(calls: readonly CallName[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const { path, method } of calls) {
    const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
    paths.set(path, [...(paths.get(path) ?? []), ...methods]);
  }
  return paths;
}
