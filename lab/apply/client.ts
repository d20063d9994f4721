import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './refusal';

export interface Api {
  /** Without /v2, as in DIGITALOCEAN_API_URL. */
  readonly url: string;
  readonly token: string;
}

/** An answer of the API that says no. */
export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Pauses between two looks at something that takes its time, milliseconds: a token may make 250 calls a minute. */
const POLL_FIRST = 100;
const POLL_LONGEST = 2000;

/** How long a call may stay without an answer, milliseconds. */
const CALL_TIMEOUT = 60_000;

/** So long a pause is worth a line, milliseconds. */
const LONG_PAUSE = 2000;

/** How often a call is made again that the API refused for the moment. */
const RETRIES = 5;

/** DigitalOcean's API, as JSON. */
export class Client {
  /** @param onProgress is told when the API makes us wait */
  constructor(
    private readonly api: Api,
    private readonly onProgress: (line: string) => void = () => {},
  ) {}

  /** What is at a path; undefined when there is nothing. */
  async get<T>(path: string): Promise<T | undefined> {
    try {
      return await this.call<T>('GET', path);
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.call('POST', path, body);
  }

  async put(path: string, body: object): Promise<void> {
    await this.call('PUT', path, body);
  }

  /** Deletes what is at a path, with a body where the API wants one. That there is nothing is no error. */
  async delete(path: string, body?: object): Promise<void> {
    try {
      await this.call('DELETE', path, body);
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.status !== 404) throw error;
    }
  }

  /** Starts an action and waits until it has completed. */
  async act(path: string, body: ActionRequest, timeout: number): Promise<void> {
    const { action } = await this.post<{ action: Action }>(path, body);
    await this.until(`${body.type} (action ${action.id})`, timeout, async () => {
      const now = (await this.get<{ action: Action }>(`/actions/${action.id}`))?.action ?? action;
      if (now.status === 'errored') throw new Error(`${body.type} (action ${action.id}) failed`);
      return now.status === 'completed';
    });
  }

  /**
   * Looks until something is so, with longer and longer pauses, which `isSo` is told. Rejects when it took longer than the
   * timeout. All in milliseconds.
   */
  async until(what: string, timeout: number, isSo: (pause: number) => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + timeout;
    for (let pause = POLL_FIRST; !(await isSo(pause)); pause = Math.min(pause * 1.5, POLL_LONGEST)) {
      if (Date.now() + pause > deadline) {
        throw new Error(`${what} was not done within ${timeout / 1000} s`);
      }
      await sleep(pause);
    }
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.reach(method, path, body);
      const text = await response.text();
      if (response.ok) return (text ? JSON.parse(text) : {}) as T;
      const pause = attempt <= RETRIES ? pauseFor(method, response, attempt) : undefined;
      if (pause === undefined) {
        throw new ApiRefusal(response.status, `${method} ${path}: ${response.status} ${reason(text)}`);
      }
      if (pause >= LONG_PAUSE)
        this.onProgress(`the API (${response.status}) is asked again in ${pause / 1000} s`);
      await sleep(pause);
    }
  }

  private async reach(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await this.fetch(method, path, body);
    } catch (error) {
      const reason = messageOf((error as Partial<Error>).cause ?? error);
      throw new Error(`the API at ${this.api.url} can't be reached: ${reason}`);
    }
  }

  private fetch(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.api.url}/v2${path}`, {
      method,
      // A connection that was kept may be closed by the time of the next call, which says nothing about the API.
      headers: {
        authorization: `Bearer ${this.api.token}`,
        'content-type': 'application/json',
        connection: 'close',
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_TIMEOUT),
    });
  }
}

interface ActionRequest {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Action {
  readonly id: number;
  readonly status: 'in-progress' | 'completed' | 'errored';
}

/** Milliseconds until the same call may be made again; undefined when that would help nothing or might do it twice. */
function pauseFor(method: string, response: Response, attempt: number): number | undefined {
  if (response.status === 429) return 1000 * Number(response.headers.get('retry-after') ?? 1);
  return response.status >= 500 && response.status !== 501 && method !== 'POST' ? 500 * attempt : undefined;
}

function reason(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: string }).message ?? text);
  } catch {
    return text.slice(0, 200);
  }
}
