import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { ApiError, badRequest, invalid, tooLarge } from './errors';

/** Whatever went wrong, in DigitalOcean's error shape. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, id, message, headers } = asApiError(error as FastifyError);
  reply.code(status).headers({ 'x-request-id': request.id, ...headers });
  return reply.send({ id, message, request_id: request.id });
}

function asApiError(error: FastifyError | ApiError): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ZodError) return invalid(error);
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge();
  if (error.statusCode !== undefined && error.statusCode < 500) return badRequest(error.message);
  return new ApiError(500, 'server_error', `Unexpected server-side error: ${error.message}`);
}
