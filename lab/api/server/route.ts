import { z } from 'zod';
import type { Action, NewAction } from './action';
import { guessedPageQuery, page, pageFields, pageQuery } from './pagination';
import { openapi } from './provenance';
import type { Caller } from './scopes';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request, checked: what a handler is given. Handlers are synchronous and run in one transaction of the store. */
export interface Call<Body = unknown, Query = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly query: Query;
  readonly caller: Caller;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Scheme and host that the client used, for links in answers. */
  readonly base: string;
  /** The call's own address, with its query. */
  readonly url: string;
  /** Begins an action, as an answer to this call. */
  start(action: NewAction): Action;
}

interface Declaration<Body extends z.ZodType, Query extends z.ZodType> {
  /** "POST /v2/droplets/:droplet_id/actions" */
  readonly call: `${Method} /v2/${string}`;
  /** The name of the call in DigitalOcean's OpenAPI document. */
  readonly operation: string;
  /** The token needs all scopes of one of the alternatives. */
  readonly scopes: readonly (readonly string[])[];
  readonly body?: Body;
  readonly query?: Query;
  readonly status: number;
  /** The answer's body. @default - none */
  readonly answer?: z.ZodType;
  /** What the call does here that no source states, one sentence each. */
  readonly guesses?: readonly string[];
  readonly handle: (call: Call<z.infer<Body>, z.infer<Query>>) => unknown;
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly operation: string;
  readonly scopes: readonly (readonly string[])[];
  readonly body?: z.ZodType;
  readonly query?: z.ZodType;
  readonly status: number;
  readonly answer?: z.ZodType;
  readonly guesses: readonly string[];
  readonly handle: (call: Call) => unknown;
}

export function route<Body extends z.ZodType = z.ZodUndefined, Query extends z.ZodType = z.ZodUnknown>(
  declaration: Declaration<Body, Query>,
): Route {
  const [method, path] = declaration.call.split(' ') as [Method, string];
  const { operation, scopes, body, query, status, answer, guesses = [] } = declaration;
  const handle = declaration.handle as (call: Call) => unknown;
  return { method, path, operation, scopes, body, query, status, answer, guesses, handle };
}

interface ListDeclaration<T, Query extends z.ZodType> {
  readonly call: `GET /v2/${string}`;
  readonly operation: string;
  readonly scopes: readonly (readonly string[])[];
  /** The key of the list in the answer, and the shape of its items. */
  readonly key: string;
  readonly item: z.ZodType;
  /** Filters, besides `page` and `per_page`. */
  readonly query?: Query;
  readonly guesses?: readonly string[];
  /** The document does not say that the list comes in pages. @default false */
  readonly arePagesGuessed?: boolean;
  readonly all: (call: Call<undefined, z.infer<Query>>) => readonly T[];
  readonly view: (item: T, call: Call) => unknown;
}

/** A GET of a list, answered in pages. */
export function list<T, Query extends z.ZodType = z.ZodUnknown>(
  declaration: ListDeclaration<T, Query>,
): Route {
  const { key, item, all, view, call, operation, scopes, guesses } = declaration;
  const pages = declaration.arePagesGuessed ? guessedPageQuery : pageQuery;
  const query = declaration.query ? z.intersection(pages, declaration.query) : pages;
  return route({
    call,
    operation,
    scopes,
    guesses,
    query,
    status: 200,
    answer: openapi(z.strictObject({ [key]: openapi(z.array(item)), ...pageFields })),
    handle: (given) => {
      const typed = given as unknown as Call<undefined, z.infer<Query>>;
      return page(key, all(typed), (one) => view(one, given), given.query, given.url);
    },
  });
}

/** The list of something that the lab never makes, for a thing that exists. */
export const noneOf = (_thing: unknown): never[] => [];
