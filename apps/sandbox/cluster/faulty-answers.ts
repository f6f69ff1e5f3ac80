import type { ServerResponse } from 'node:http';

/** What goes wrong with a node's answers while the cluster itself is well. */
export const NODE_FAULTS = [
  'none',
  'hang',
  'html',
  'half-json',
  'huge',
  'slow-body',
  'unavailable',
  'no-gossip',
  'gossip-408',
  'gossip-hang',
  'no-stats',
  'no-ranges',
] as const;
export type NodeFault = (typeof NODE_FAULTS)[number];

const HUGE_BYTES = 100_000_000;
const SLOW_BYTE_EVERY_MS = 20;
/** When the servers give up what they have not answered by then. */
const SERVER_TIMEOUT_MS = 10_000;

export const sendHtml = (response: ServerResponse): ServerResponse =>
  response
    .writeHead(200, { 'content-type': 'text/html' })
    .end('<!DOCTYPE html><html><body>Please log in</body></html>');

/** Nothing for ten seconds, then 408. */
export function sendServerTimeout(response: ServerResponse): void {
  const timer = setTimeout(() => response.writeHead(408).end(), SERVER_TIMEOUT_MS);
  response.on('close', () => clearTimeout(timer));
}

/** 100 MB of blanks. */
export function pour(response: ServerResponse): void {
  const block = Buffer.alloc(65_536, ' ');
  let sent = 0;
  const more = (): void => {
    while (!response.destroyed && sent < HUGE_BYTES) {
      sent += block.length;
      if (!response.write(block)) return;
    }
    response.end();
  };
  response.on('drain', more);
  more();
}

/** Byte by byte. */
export function trickle(response: ServerResponse, body: string): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.charAt(sent));
    sent += 1;
    if (sent === body.length) response.end();
  }, SLOW_BYTE_EVERY_MS);
  response.on('close', () => clearInterval(timer));
}
