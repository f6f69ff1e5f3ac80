import { resolve } from 'node:path';
import type { Settings } from '../../libs/config/index.js';
import type { RunningHub } from './start-hub.js';

type Greeted = Pick<RunningHub, 'url' | 'firstToken'>;

/** What a person who started the hub by hand wants to know now. Shows the first token, this once. */
export function greeting(settings: Settings, { url: listensAt, firstToken }: Greeted): string {
  const url = settings.SPILLWAY_PUBLIC_URL ?? listensAt;
  const lines = [
    '',
    `Spillway runs at ${url}`,
    `  API and its documentation   ${url}/docs`,
    `  Data                        ${settings.DATABASE_URL ? 'the PostgreSQL of DATABASE_URL' : resolve(settings.SPILLWAY_DATA_DIR)}`,
    `  Queues                      ${settings.REDIS_URL ? 'Redis' : 'PostgreSQL'}`,
    '',
    ...tokenLines(url, firstToken),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function tokenLines(url: string, firstToken: string | undefined): string[] {
  if (!firstToken) return ['Get an access token with your refresh token, as the README shows.'];
  return [
    "The admin's refresh token. Keep it: it is shown only now.",
    '',
    `  ${firstToken}`,
    '',
    'Get an access token with it, then go on as the README shows:',
    '',
    `  curl -s ${url}/oauth/token -d grant_type=refresh_token -d client_id=spillway -d refresh_token=${firstToken}`,
  ];
}
