import type { Settings } from '../../libs/config/index.js';

/** Why the API cannot listen, in a sentence that says what to do. */
export function explainListenFailure(error: unknown, { HOST, PORT }: Pick<Settings, 'HOST' | 'PORT'>): Error {
  const { code = '', message = String(error) } = error as Partial<NodeJS.ErrnoException>;
  return new Error(sentenceFor(code, HOST, PORT) ?? `The API cannot listen on ${HOST}:${PORT}: ${message}`, {
    cause: error,
  });
}

function sentenceFor(code: string, host: string, port: number): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `${host}:${port} is in use by another program. Stop it, or set PORT to another port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Set HOST to one that it has, or to 0.0.0.0 for all of them.`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Set PORT to one above 1023.`;
    default:
      return undefined;
  }
}
