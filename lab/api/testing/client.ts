import { until as waitUntil } from '../../common/until';
import type { Route } from '../server/route';
import { type RunningApi, type StartOptions, startApi } from '../start-api';

export const TOKEN = 'admin-token';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer may be anything, that is what the tests look at
  readonly body: any;
  readonly headers: Headers;
}

export interface Lab extends RunningApi {
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** Asks again until `isSo`, for at most five seconds. */
  until(path: string, isSo: (body: Answer['body']) => boolean): Promise<Answer['body']>;
  /** Posts, and waits for the action that the answer names. */
  act(path: string, body: unknown): Promise<Answer['body']>;
  /** Creates droplets, and waits until all are active. */
  droplets(...names: string[]): Promise<number[]>;
}

/** An answer that has a field without a label is a fault of the lab's. */
function mustBeDeclared(route: Route, answer: unknown): void {
  const result = route.answer?.safeParse(JSON.parse(JSON.stringify(answer)));
  if (result && !result.success) throw new Error(`${route.method} ${route.path}: ${result.error.message}`);
}

/** An API of one's own, whose actions take a few milliseconds. */
export async function start(options: Partial<StartOptions> = {}): Promise<Lab> {
  const api = await startApi({
    token: TOKEN,
    actionTime: () => 5,
    rateLimits: 'off',
    onAnswer: mustBeDeclared,
    ...options,
  });
  return { ...api, ...client(api.url) };
}

export function client(url: string) {
  const call = async (method: string, path: string, body?: unknown, token = TOKEN): Promise<Answer> => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method, headers, body: text as string | undefined });
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: answer === '' ? undefined : JSON.parse(answer),
    };
  };
  const until = async (path: string, isSo: (body: Answer['body']) => boolean) => {
    let body: Answer['body'];
    const reached = async () => {
      body = (await call('GET', path)).body;
      return isSo(body);
    };
    await waitUntil(reached, {
      ...{ within: 60_000, pause: 5 },
      otherwise: () => `${path} stayed ${JSON.stringify(body)}`,
    });
    return body;
  };
  const act = async (path: string, body: unknown) => {
    const answer = await call('POST', path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.body.message}`);
    const { action } = await until(
      `/v2/actions/${answer.body.action.id}`,
      ({ action }) => action.status !== 'in-progress',
    );
    return action;
  };
  const droplets = async (...names: string[]) => {
    const { body } = await call('POST', '/v2/droplets', droplet({ name: undefined, names }));
    const ids: number[] = body.droplets.map(({ id }: { id: number }) => id);
    for (const id of ids) await until(`/v2/droplets/${id}`, ({ droplet }) => droplet.status === 'active');
    return ids;
  };
  return { call, until, act, droplets };
}

/** The body of a droplet's creation. */
export const droplet = (more: object = {}) => ({
  name: 'web-1',
  region: 'fra1',
  size: 's-1vcpu-1gb',
  image: 'debian-13-x64',
  ...more,
});
