import { IntakeFull } from '../intake/index.js';
import { LineProtocolError } from '../line-protocol/index.js';
import { BadQuery } from '../query/index.js';
import { StorageRefused, StorageUnavailable } from '../storage/index.js';

/** An answer that is no success. Its message is shown to the caller and must hold no secret. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ApiError';
  }
}

/** 503: the same may succeed in a second. */
export const busy = (message: string): ApiError => new ApiError(503, message);

/** How an error is answered; undefined when it is a fault of ours, which is nobody's to read. */
export function apiErrorOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error instanceof LineProtocolError || error instanceof BadQuery || error instanceof StorageRefused)
    return new ApiError(400, error.message, { cause: error });
  if (error instanceof IntakeFull || error instanceof StorageUnavailable)
    return new ApiError(503, error.message, { cause: error });
  return undefined;
}
