import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LogFiles } from './log-files.js';

export const LOGS_PATH = '/admin/logs';

/** `/admin/logs` and its files, which can be had in parts; without a licence there is neither. */
export function answerLogs(
  files: LogFiles | null,
  { headers, url = '' }: IncomingMessage,
  response: ServerResponse,
  { knowsRanges }: { readonly knowsRanges: boolean },
): void {
  const name = decodeURIComponent(url.slice(LOGS_PATH.length + 1));
  if (files === null) return void response.writeHead(404).end();
  if (name === '') {
    const body = JSON.stringify(files.list(), undefined, 2);
    return void response.setHeader('content-type', 'application/json; charset=utf-8').end(body);
  }
  const content = files.contentOf(name);
  if (content === undefined) return void response.writeHead(404).end();
  const range = knowsRanges ? /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') : null;
  if (range === null) return void response.setHeader('content-type', 'application/json').end(content);
  const [from, to] = [Number(range[1]), Math.min(Number(range[2] || content.length), content.length - 1)];
  if (from >= content.length)
    return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  response
    .writeHead(206, {
      'content-type': 'application/json',
      'content-range': `bytes ${from}-${to}/${content.length}`,
      'content-length': to - from + 1,
    })
    .end(content.subarray(from, to + 1));
}
