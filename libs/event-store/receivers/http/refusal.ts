import { StorageRefused, StorageUnavailable } from '../../storage/storage-backend.js';
import { IntakeFull } from '../../intake/index.js';
import { LineProtocolError } from '../../line-protocol/index.js';

/** Why a request is not answered with 200, as its sender reads it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'Refusal';
  }
}

const FULL_RETRY_AFTER_SECONDS = '1';
const AWAY_RETRY_AFTER_SECONDS = '5';

export const tooBusy = (reason: string): Refusal =>
  new Refusal(503, reason, { 'retry-after': FULL_RETRY_AFTER_SECONDS });

/** What the intake threw as an answer; undefined when it is a fault of ours, of which the sender learns nothing. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof LineProtocolError)
    return new Refusal(400, `ServerHttp: Failed to decode: ${error.message}`, {}, { cause: error });
  if (error instanceof StorageRefused) return new Refusal(400, error.message, {}, { cause: error });
  if (error instanceof IntakeFull) return tooBusy(error.message);
  if (error instanceof StorageUnavailable)
    return new Refusal(503, 'Nothing can be stored at the moment: send it again in some seconds.', {
      'retry-after': AWAY_RETRY_AFTER_SECONDS,
    });
  return undefined;
}
