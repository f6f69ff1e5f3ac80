import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Problem } from '../../domain/index.js';
import { MAX_BYTES_BODY_BYTES } from '../../rest/index.js';

const inflate = promisify(gunzip);

/**
 * The body as it was before its `Content-Encoding`: none, or gzip. Throws a 415 for any other, a 400 for what is no gzip,
 * and a 413 for what would be more than `MAX_BYTES_BODY_BYTES`: not more than that is ever unpacked.
 */
export async function decompressed(body: Buffer, encoding = 'identity'): Promise<Buffer> {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return inflate(body, { maxOutputLength: MAX_BYTES_BODY_BYTES }).catch(refuse);
    default:
      throw new Problem(
        415,
        'Unsupported Media Type',
        'The body may be compressed by gzip, and by nothing else.',
      );
  }
}

function refuse(error: NodeJS.ErrnoException): never {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') {
    const detail = `The body is larger than ${MAX_BYTES_BODY_BYTES} bytes when it is unpacked.`;
    throw new Problem(413, 'Payload Too Large', detail);
  }
  throw new Problem(400, 'Bad Request', 'The body is no gzip, or not all of it.', { body: 'is no gzip' });
}
