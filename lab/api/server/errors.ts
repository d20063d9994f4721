import type { ZodError } from 'zod';

/** An answer in DigitalOcean's error shape; the server adds the request's id. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly id: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export const badRequest = (message: string) => new ApiError(400, 'bad_request', message);
export const unauthorized = () => new ApiError(401, 'unauthorized', 'Unable to authenticate you');
export const forbidden = (message = 'You are not authorized to perform this operation') =>
  new ApiError(403, 'forbidden', message);
export const notFound = (message = 'The resource you requested could not be found.') =>
  new ApiError(404, 'not_found', message);
export const methodNotAllowed = (method: string, allowed: string) =>
  new ApiError(405, 'method_not_allowed', `There is no ${method} here, only ${allowed}.`, { allow: allowed });
export const conflict = (message: string) => new ApiError(409, 'conflict', message);
export const preconditionFailed = (message: string) => new ApiError(412, 'precondition_failed', message);
export const tooLarge = () => new ApiError(413, 'payload_too_large', 'The request body is too large.');
export const unprocessable = (message: string) => new ApiError(422, 'unprocessable_entity', message);
export const tooManyRequests = (seconds: number) =>
  new ApiError(429, 'too_many_requests', 'API Rate limit exceeded.', { 'retry-after': String(seconds) });
/** The loud refusal of what the lab does not emulate. */
export const notImplemented = (what: string, more = '') =>
  new ApiError(501, 'not_implemented', `${what} is not emulated by the lab. ${more}`.trim());

/** The thing, or 404. */
export function found<T>(thing: T | undefined, otherwise?: string): T {
  if (thing === undefined) throw notFound(otherwise);
  return thing;
}

/** One sentence for the first mistakes of a body or a query string. */
export function invalid(error: ZodError): ApiError {
  const mistakes = error.issues.slice(0, 3).map((issue) => {
    const where = issue.path.map(String).join('.');
    // What zod says of what is not there, or too large, ends in a word of JavaScript's.
    if (issue.message.endsWith('received undefined')) return `${where || 'A body'} is required`;
    const message = issue.message.replace('received bigint', 'received a number with too many digits');
    return where === '' ? message : `${where}: ${message}`;
  });
  return unprocessable(mistakes.join('; '));
}
