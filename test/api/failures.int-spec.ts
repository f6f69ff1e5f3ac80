import { Writable } from 'node:stream';
import { Body, Controller, Post } from '@nestjs/common';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../../libs/persistence/index.js';
import { Public } from '../../libs/rest/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

@Public()
@Controller('failing')
class FailingController {
  constructor(private readonly database: Database) {}

  @Post()
  query(@Body() body: { secret: string }) {
    return this.database.query('SELECT missing_column FROM clusters WHERE name = $1', [body.secret]);
  }
}

const lines: string[] = [];
const output = new Writable({
  write(chunk: Buffer, _encoding, done) {
    lines.push(chunk.toString());
    done();
  },
});

let api: ApiApp;

beforeAll(async () => {
  api = await startApiApp({ controllers: [FailingController], logger: pino({ level: 'debug' }, output) });
});
afterAll(() => api.close());

it('logs a failed statement with the id that the caller was told, and without its parameters', async () => {
  const answer = await new ApiClient(api.app).call('POST', '/failing?secret=planted', { secret: 'planted' });
  expect(answer.status).toBe(500);
  const failure = lines.map((line) => JSON.parse(line)).find(({ event }) => event === 'request.failed');
  expect(failure).toMatchObject({
    requestId: answer.headers['x-request-id'],
    method: 'POST',
    route: '/failing',
  });
  expect(failure.error.message).toContain('missing_column');
  expect(lines.some((line) => line.includes('request.answered'))).toBe(true);
  expect(lines.join('')).not.toContain('planted');
});
