import { gunzipSync } from 'node:zlib';
import type { StandInRequest } from '../stand-in/index.js';
import type { Input } from './operation.js';
import { Refusal } from './refusals.js';
import { METRICS, STS, type Service } from './service.js';

/** As sent. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html, read 2026-11-28. */
const MAX_METRICS_BYTES = 1_048_576;
/** However well it was compressed; ours, so that no body is a bomb. */
const MAX_INFLATED_BYTES = 64 * 1_048_576;

const tooLarge = (): Refusal =>
  new Refusal('RequestEntityTooLarge', 'The request body is larger than 1 MB.', 413);

/** The fields of a form; the last one counts when there are two of a name. */
export const formOf = ({ body }: StandInRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(body.toString('utf8')));

/** Throws a `Refusal` for a body that is too large or cannot be read. */
export function readBody(service: Service, request: StandInRequest): Input {
  if (service === STS) return formOf(request);
  if (service === METRICS && request.body.length > MAX_METRICS_BYTES) throw tooLarge();
  const text = inflate(service, request).toString('utf8');
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Said below, as for any other body that is no object.
  }
  throw new Refusal('SerializationException', 'Start of structure or map found where not expected.');
}

function inflate(service: Service, { headers, body }: StandInRequest): Buffer {
  const encoding = headers['content-encoding'];
  if (encoding === undefined) return body;
  if (encoding !== 'gzip' || service !== METRICS)
    throw new Refusal('SerializationException', `There is no reading a body in ${encoding}.`);
  try {
    return gunzipSync(body, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Refusal('SerializationException', 'The body is no gzip.');
  }
}
