/** What DigitalOcean tells browsers, so that pages can call the API with a token of theirs; here only those that guard.ts lets in. */
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const SHOWN = 'ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, x-request-id';
const SECONDS = '86400';

/** The headers of an answer to a page of `origin`; none for a client that is no browser. */
export function corsHeaders(origin: string | undefined): Record<string, string> {
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': SHOWN,
    vary: 'Origin',
  };
}

/** What the answer to an OPTIONS request says besides: what a page may send. */
export function preflightHeaders(wanted: string | undefined): Record<string, string> {
  return {
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': wanted ?? 'authorization, content-type',
    'access-control-max-age': SECONDS,
  };
}
