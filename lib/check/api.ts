import { UserError } from '../user-error';

/** Milliseconds for one answer. */
const TIME_OUT = 10_000;

/** The most that DigitalOcean puts on a page. */
const PAGE = 200;

/** An answer that is none: which, and what it means for who asked. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** DigitalOcean's API with one token, read only. The same question is asked once. */
export class Api {
  private readonly answers = new Map<string, Promise<unknown>>();

  constructor(
    private readonly url: string,
    private readonly token: string,
    /** Where the token came from, for who has to mend it. */
    private readonly variable: string,
  ) {}

  /** The API with the deploy token, from where Terraform's provider looks for it, in its order; undefined when none is set. */
  static ofDeployer(): Api | undefined {
    return Api.by('DIGITALOCEAN_TOKEN') ?? Api.by('DIGITALOCEAN_ACCESS_TOKEN');
  }

  /** The API with the token that a variable of the environment holds; undefined when it holds none. */
  static by(variable: string): Api | undefined {
    const { [variable]: token, DIGITALOCEAN_API_URL } = process.env;
    const url = (DIGITALOCEAN_API_URL || 'https://api.digitalocean.com').replace(/\/+$/, '');
    if (!/^https?:\/\/[^/\s]+$/.test(url)) {
      throw new UserError([
        `DIGITALOCEAN_API_URL: "${url}" is not an address; one looks like http://127.0.0.1:8080`,
      ]);
    }
    if (token && !/^[!-~]+$/.test(token.trim())) {
      throw new UserError([`${variable}: holds a space or another character that no token has; set it anew`]);
    }
    return token ? new Api(url, token.trim(), variable) : undefined;
  }

  /**
   * The answer; undefined when there is no such thing.
   *
   * @throws UserError when the API is away or knows no such token
   * @throws Refusal when the token may not ask this, or the API has a trouble of its own
   */
  get<T>(path: string): Promise<T | undefined> {
    const known = this.answers.get(path) ?? this.ask(path);
    this.answers.set(path, known);
    return known as Promise<T | undefined>;
  }

  /** Everything of a list, page by page. */
  async all<T>(path: string, key: string): Promise<T[]> {
    const found: T[] = [];
    for (let page = 1; ; page++) {
      type Page = Record<string, T[]> & { links?: { pages?: { next?: string } } };
      const answer = await this.get<Page>(`${path}?per_page=${PAGE}&page=${page}`);
      found.push(...(answer?.[key] ?? []));
      if (!answer?.links?.pages?.next) {
        return found;
      }
    }
  }

  private async ask(path: string): Promise<unknown> {
    let status: number;
    let body: { message?: string } | undefined;
    try {
      // A connection that was kept from before may be closed by now, which says nothing about the API.
      const response = await this.fetch(path).catch((error) =>
        error.name === 'TimeoutError' ? Promise.reject(error) : this.fetch(path),
      );
      status = response.status;
      body = (await response.json().catch(() => undefined)) as typeof body;
    } catch (error) {
      throw new UserError([`DigitalOcean's API at ${this.url} can't be reached: ${reason(error)}`]);
    }
    if (status === 401) {
      throw new UserError([
        `DigitalOcean knows no such token as in ${this.variable}; make one as README says`,
      ]);
    }
    if (status === 404) {
      return undefined;
    }
    if (status !== 200 || body === undefined) {
      throw new Refusal(status, body?.message ?? 'no answer that can be read');
    }
    return body;
  }

  private fetch(path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}` };
    return fetch(`${this.url}/v2${path}`, { headers, signal: AbortSignal.timeout(TIME_OUT) });
  }
}

function reason(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') {
    return `no answer within ${TIME_OUT / 1000} s`;
  }
  return cause?.code ?? cause?.message ?? message;
}
