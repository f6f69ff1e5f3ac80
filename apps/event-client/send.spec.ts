import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ran, StandIn, TOKEN } from './stand-in.fixture.js';

let store: StandIn;
beforeEach(async () => {
  store = new StandIn();
  await store.start();
});
afterEach(() => store.stop());

const AT = ['--hostname', 'vm', '--time', '1795176057541'];
const send = (args: readonly string[], environment: NodeJS.ProcessEnv = {}, input: readonly string[] = []) =>
  ran(['send', '--url', store.url, '--token', TOKEN, '--cluster', 'tc', ...args], environment, input);
const bodies = () => store.requests.map(({ body }) => body);

describe('sending', () => {
  it('writes the bytes that cc-event-client writes, and ends with 0 without a word', async () => {
    const payload = 'This is "my" \\ event\nsecond line';
    expect(await send([...AT, payload])).toEqual({ code: 0, output: '', said: '' });
    expect(store.requests).toMatchObject([
      {
        method: 'POST',
        url: '/api/write/?cluster=tc',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/plain; charset=utf-8' },
        body: 'myevent,cluster=tc,hostname=vm event="This is \\"my\\" \\\\ event\nsecond line" 1795176057541000000\n',
      },
    ]);
    expect(store.reader.records).toMatchObject([
      { payload, cluster: 'tc', hostname: 'vm', timeMs: 1_795_176_057_541 },
    ]);
  });

  it('goes below the path of a project of a hub', async () => {
    const base = `${store.url}/hub/v1/organizations/o/projects/p/`;
    expect((await ran(['send', '--url', base, '{"cluster":"tc"}'])).code).toBe(0);
    expect(store.requests[0]?.url).toBe('/hub/v1/organizations/o/projects/p/api/write/');
    expect(store.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('takes the payload from standard input as it is, but for the line break at its end', async () => {
    await send([...AT, '-'], {}, ['a\n', 'b\r', '\n']);
    expect(store.reader.records.map(({ payload }) => payload)).toEqual(['a\nb']);
  });

  it('sends each line as one as it comes, however the input is cut', async () => {
    expect(await send([...AT, '--log', '--lines'], {}, ['a\nb', 'b\r\n\n', 'ü\n \nc'])).toMatchObject({
      code: 0,
    });
    expect(store.reader.records.map(({ kind, payload }) => [kind, payload])).toEqual([
      ['log', 'a'],
      ['log', 'bb'],
      ['log', 'ü'],
      ['log', 'c'],
    ]);
    expect(bodies()).toHaveLength(4);
  });

  it.each([[['a\r\nb\r\n']], [['a\r', '\n', 'b', '\r\n']], [['a\r\n', 'b']]])(
    'sends lines without the carriage returns that end them: %j',
    async (input) => {
      expect(await send([...AT, '--lines'], {}, input)).toMatchObject({ code: 0 });
      expect(store.reader.records.map(({ payload }) => payload)).toEqual(['a', 'b']);
    },
  );

  it('does not send what is too long, and says how much was sent before', async () => {
    const long = 'x'.repeat(600_000);
    expect(await send([...AT, '-'], {}, [long, long])).toMatchObject({
      code: 1,
      said: expect.stringContaining('longer'),
    });
    const lines = await send([...AT, '--lines'], {}, ['a\n', long, long]);
    expect(lines).toMatchObject({ code: 1, said: expect.stringContaining('1 were sent') });
    expect(store.reader.records).toHaveLength(1);
  });
});

describe('a store that is away or busy', () => {
  it('is tried again, and asked no more once it has stored', async () => {
    const manners = [{ status: 503, headers: { 'retry-after': '0' }, body: 'busy\n' }, { status: 503 }];
    store.manner = () => manners.shift();
    const { code, said } = await send([...AT, 'x']);
    expect(code).toBe(0);
    expect(said).toContain('answers 503: busy. Trying again.');
    expect(store.requests).toHaveLength(3);
    expect(store.reader.records).toHaveLength(1);
  });

  it('is waited for as long as it asks, but not beyond the time', async () => {
    store.manner = () => ({ status: 503, headers: { 'retry-after': '60' } });
    const { code, said } = await send([...AT, '--timeout', '500ms', 'x']);
    expect(code).toBe(1);
    expect(said).toMatch(/answers 503\. It was tried once\.\n$/);
  });

  it('that cannot be reached is told of, without any doubt', async () => {
    const { url } = store;
    await store.stop();
    const { code, said } = await ran(['send', '--url', url, '--token', TOKEN, '--timeout', '300ms', 'x']);
    await store.start();
    expect(code).toBe(1);
    expect(said).toMatch(/cannot be reached: nobody listens there\. It was tried \w+( times)?\.\n$/);
    expect(said).not.toContain(TOKEN);
  });

  it('that broke off may have stored it: that is said, and it is sent again', async () => {
    const manners = ['lost' as const];
    store.manner = () => manners.shift();
    expect(await send([...AT, 'x'])).toMatchObject({ code: 0 });
    expect(store.reader.records).toHaveLength(2);
    store.manner = () => 'broken';
    const { code, said } = await send([...AT, '--timeout', '300ms', 'x']);
    expect(code).toBe(1);
    expect(said).toContain('It may have been stored all the same');
  });
});

describe('a refusal', () => {
  it.each([
    [400, JSON.stringify({ error: 'at line 1:1: bad' }), 'answers 400: at line 1:1: bad.'],
    [401, 'Use JWT Authentication', 'It does not accept the token.'],
    [
      404,
      JSON.stringify({ title: 'Not Found', detail: 'No such project.' }),
      'answers 404: No such project. Is --url',
    ],
    [413, '', 'answers 413.'],
    [500, 'field value has unrecognized type', 'answers 500: field value'],
    [302, '', 'It wants to send the request elsewhere'],
    [400, `\u001b[31m${TOKEN}\n${'x'.repeat(1_000)}`, '[31m***'],
  ])('by %d is final, and told without secrets', async (status, body, sentence) => {
    store.manner = () => ({ status, body, ...(status === 302 ? { headers: { location: store.url } } : {}) });
    const { code, said } = await send([...AT, 'x']);
    expect(code).toBe(1);
    expect(said).toContain(sentence);
    expect(said).not.toContain(TOKEN);
    expect(said).not.toContain('\u001b');
    expect(said.length).toBeLessThan(600);
    expect(store.requests).toHaveLength(1);
  });
});

it.each([
  [[], 2, 'A command is missing'],
  [['constructor'], 2, 'There is no command "constructor"'],
  [['send'], 2, 'A payload is missing'],
  [['send', '--help'], 0, ''],
  [['query', '--help', '--nats', 'x'], 0, ''],
  [['tail', '-h'], 0, ''],
  [['--help'], 0, ''],
  [['--version'], 0, ''],
])('%j ends with %d', async (args, code, said) => {
  const result = await ran(args);
  expect(result.code).toBe(code);
  expect(result.said).toContain(said);
  expect(result.output === '').toBe(code !== 0);
});
