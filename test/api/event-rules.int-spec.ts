import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventNotifier } from '../../libs/event-store/hub/rules/event-notifier.service.js';
import { readLines } from '../../libs/event-store/write/sorted-lines.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer } from './api-client.js';
import { person } from './people.js';
import { SAMPLE_SLACK } from './sample-tenant.js';

const UNKNOWN_ID = '00000000000000000000';
const RULE = {
  name: 'job',
  function: 'stop_job',
  matcher: [{ path: 'state', op: 'equals', value: 'failed' }],
  severity: 'critical',
  title: 'Job {{payload.jobId}}',
  message: 'Job {{payload.jobId}} on {{hostname}} of {{cluster}} failed: {{payload.state}}',
};

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let projectId: string;
let path: string;
let rules: string;
let token: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
});
beforeEach(async () => {
  api.clock.set('2026-01-01T12:01:00Z');
  await client.signIn();
  ({ organizationId, projectId, path } = await client.tenant());
  rules = `/hub/v1/${path}/event-rules`;
  token = (await client.call('POST', `/hub/v1/${path}/ingest-tokens`, { label: 'lines' })).json.token;
});
afterAll(() => api.close());

const create = (change: object = {}): Promise<Answer> => client.call('POST', rules, { ...RULE, ...change });
const job = (jobId: number, state = 'failed', more = '') =>
  `job,cluster=alpha,hostname=n1,function=stop_job${more} event=${JSON.stringify(JSON.stringify({ jobId, state }))}`;

async function write(...lines: readonly string[]): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await client.call('POST', '/api/write/', lines.join('\n'), headers);
  expect([answer.status, answer.text]).toEqual([200, '']);
}

interface Raised {
  readonly cluster_id: string | null;
  readonly severity: string;
  readonly title: string | null;
  readonly message: string;
}
const raised = (project = projectId) =>
  api.database.query<Raised>(
    'SELECT cluster_id, severity, title, message FROM notifications WHERE project_id = $1 ORDER BY id',
    [project],
  );
/** Those of one moment have no order among them. */
const messages = async () => (await raised()).map(({ message }) => message).toSorted();
const stored = async () => {
  const sql =
    'SELECT count(*)::integer AS count FROM stream_entries JOIN streams ON id = stream_id WHERE project_id = $1';
  return (await api.database.query<{ count: number }>(sql, [projectId]))[0]!.count;
};
const deeds = async () =>
  (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json.logs
    .map(({ action, changed }: { action: string; changed: string[] }) => [action, ...changed].join(' '))
    .filter((action: string) => action.startsWith('event-rule.'));

describe('an event rule', () => {
  it('is made, shown, listed, replaced and removed, and the audit log says so', async () => {
    const { status, json } = await create();
    const time = api.clock.now().toISOString();
    expect([status, json]).toEqual([
      201,
      {
        id: json.id,
        description: '',
        ...RULE,
        enabled: true,
        maxPerMinute: 10,
        heldBack: 0,
        heldBackSince: null,
        createdAt: time,
        updatedAt: time,
      },
    ]);
    expect((await client.call('GET', `${rules}/${json.id}`)).json).toEqual(json);
    expect((await client.call('GET', rules)).json).toEqual({ eventRules: [json], next: null });
    api.clock.advance(1_000);
    const { function: _function, ...rest } = RULE;
    const changed = await client.call('PUT', `${rules}/${json.id}`, { ...rest, enabled: false });
    const { function: _gone, ...left } = json;
    expect(changed.json).toEqual({ ...left, enabled: false, updatedAt: api.clock.now().toISOString() });
    expect((await client.call('PUT', `${rules}/${json.id}`, { ...rest, enabled: false })).json).toEqual(
      changed.json,
    );
    expect((await client.call('DELETE', `${rules}/${json.id}`)).status).toBe(204);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await client.call(method, `${rules}/${json.id}`)).status).toBe(404);
    expect((await client.call('PUT', `${rules}/${UNKNOWN_ID}`, RULE)).status).toBe(404);
    expect(await deeds()).toEqual([
      'event-rule.removed',
      'event-rule.changed function enabled',
      'event-rule.created',
    ]);
  });

  it('is listed in pages, oldest first', async () => {
    const made: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      made.push((await create()).json.id);
      api.clock.advance(1_000);
    }
    const first = (await client.call('GET', `${rules}?limit=2`)).json;
    const second = (await client.call('GET', `${rules}?limit=2&after=${first.next}`)).json;
    expect([...first.eventRules, ...second.eventRules].map(({ id }) => id)).toEqual(made);
    expect(second.next).toBeNull();
  });

  it('is one of fifty at the most, also when two are made at once', async () => {
    for (let index = 0; index < 49; index += 1) expect((await create()).status).toBe(201);
    const both = await Promise.all([create(), create()]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 409]));
  });

  it.each<[object, string, RegExp]>([
    [{ name: ' ' }, 'name', /blank/],
    [{ cluster: '\t' }, 'cluster', /blank/],
    [{ severity: 'bad' }, 'severity', /one of/],
    [{ maxPerMinute: 61 }, 'maxPerMinute', /60/],
    [{ functoin: 'x' }, 'functoin', /not known/],
    [{ message: 'a {{payload.x}} b {{secret.key}}' }, 'message', /^at character 19: "secret.key" is none of/],
    [{ message: 'a {{constructor}}' }, 'message', /^at character 3: "constructor" is none of/],
    [{ message: '{{tags.}}' }, 'message', /^at character 1: .*no name/],
    [{ title: '{{name' }, 'title', /^at character 1: {{ is not closed/],
    [{ matcher: [{ op: 'exists' }] }, 'matcher[0]', /one of path, tag and field/],
    [{ matcher: [{ path: 'a', tag: 'b', op: 'exists' }] }, 'matcher[0]', /one of path, tag and field/],
    [{ matcher: [{ path: 'a..b', op: 'exists' }] }, 'matcher[0].path', /dots/],
    [{ matcher: [{ path: 'a', op: 'equals' }] }, 'matcher[0].value', /required/],
    [{ matcher: [{ path: 'a', op: 'greater', value: '1' }] }, 'matcher[0].value', /number/],
    [{ matcher: [{ path: 'a', op: 'matches', value: '(' }] }, 'matcher[0].value', /no regular expression/],
    [{ matcher: [{ path: 'a', op: 'matches', value: '(a{30}){30}' }] }, 'matcher[0].value', /costs too much/],
    [{ matcher: Array.from({ length: 11 }, () => ({ path: 'a', op: 'exists' })) }, 'matcher', /10/],
  ])('is refused with the name of what is wrong: %j', async (change, field, reason) => {
    const { status, json } = await create(change);
    expect([status, json.fields]).toEqual([400, { [field]: expect.stringMatching(reason) }]);
  });

  it('is read by members, changed by admins, and nothing to programs', async () => {
    const member = await person(api, { organizationId, role: 'member' });
    const { id } = (await create()).json;
    const as = (headers: Record<string, string>) => async (method: 'GET' | 'PUT', url: string) =>
      (await client.call(method, url, method === 'PUT' ? RULE : undefined, headers)).status;
    expect(await as({ ...member.headers })('GET', `${rules}/${id}`)).toBe(200);
    expect(await as({ ...member.headers })('PUT', `${rules}/${id}`)).toBe(403);
    expect(await as({ authorization: `Bearer ${token}` })('GET', rules)).toBe(403);
  });

  it('goes with its project', async () => {
    await create();
    await client.call('DELETE', `/resources/v1/${path}`);
    expect(await api.database.query('SELECT id FROM event_rules WHERE project_id = $1', [projectId])).toEqual(
      [],
    );
  });
});

describe('a test of a rule', () => {
  const test = (line: string, change: object = {}, more: object = {}) =>
    client.call('POST', `${rules}/test`, { rule: { ...RULE, ...change }, line, ...more });

  it('shows what holds and what would be sent, and stores nothing', async () => {
    const nodes = [{ address: 'http://n1.example.com:2113' }];
    const { id } = (await client.call('POST', `/hub/v1/${path}/clusters`, { name: 'alpha', nodes })).json;
    expect((await test(job(7), { cluster: id })).json).toEqual({
      matches: true,
      checks: [
        { what: 'name', holds: true, actual: 'job' },
        { what: 'cluster', holds: true, actual: 'alpha' },
        { what: 'function', holds: true, actual: 'stop_job' },
        { what: 'matcher[0]', holds: true, actual: 'failed' },
      ],
      notification: {
        clusterId: id,
        severity: 'critical',
        title: 'Job 7',
        message: 'Job 7 on n1 of alpha failed: failed',
      },
    });
    const other = await test('job event="x"', {}, { cluster: 'beta' });
    expect([other.json.matches, other.json.checks, other.json.notification.message]).toEqual([
      false,
      [
        { what: 'name', holds: true, actual: 'job' },
        { what: 'function', holds: false },
        { what: 'matcher[0]', holds: false },
      ],
      'Job - on - of beta failed: -',
    ]);
    expect([await stored(), await raised(), (await client.call('GET', rules)).json.eventRules]).toEqual([
      0,
      [],
      [],
    ]);
  });

  it.each([
    ['job,cluster=c event=', 'line'],
    ['job event="x"', 'line'],
    ['log,cluster=c log="x"', 'line'],
    ['# nothing', 'line'],
  ])('with %j is refused', async (line, field) => {
    const { status, json } = await test(line);
    expect([status, Object.keys(json.fields)]).toEqual([400, [field]]);
  });
});

describe('an event that fits a rule', () => {
  it('that came with an ingest token is a notification that an integration owes to Slack', async () => {
    await create();
    const { id } = (
      await client.call('POST', `/integrate/v1/${path}/integrations`, {
        data: { ...SAMPLE_SLACK, source: 'notifications' },
      })
    ).json;
    await write(job(1, 'completed'), job(2));
    const owed = await api.database.query(
      `SELECT delivery.integration_id, delivery.sink, message, title, notification.severity FROM deliveries delivery
       JOIN notifications notification ON notification.id = subject_id WHERE due_at IS NOT NULL`,
    );
    expect(owed).toEqual([
      {
        integration_id: id,
        sink: 'slack',
        title: 'Job 2',
        message: 'Job 2 on n1 of alpha failed: failed',
        severity: 'critical',
      },
    ]);
    expect(await stored()).toBe(2);
  });

  it('raises it once for each rule, at once after the rule was made, and not when it is switched off or of something else', async () => {
    await write(job(1));
    await create({ message: 'one {{payload.jobId}}' });
    await create({ message: 'two', enabled: false });
    await create({ message: 'three', name: 'other' });
    await create({ message: 'four', cluster: 'beta' });
    await create({ message: 'five', cluster: 'alpha', matcher: [], function: null });
    await write(job(2), 'log,cluster=alpha log="failed"', 'job,cluster=alpha,function=x event="{}"');
    expect(await messages()).toEqual(['five', 'five', 'one 2']);
  });

  it('is of the registered cluster that it names, by name or id', async () => {
    const nodes = [{ address: 'http://n1.example.com:2113' }];
    const { id } = (await client.call('POST', `/hub/v1/${path}/clusters`, { name: 'alpha', nodes })).json;
    await create({ cluster: 'alpha', message: 'by name {{cluster}}' });
    await create({ cluster: id, message: 'by id {{cluster}}' });
    await write(job(1), job(2).replace('cluster=alpha', `cluster=${id}`));
    const seen = await raised();
    expect(seen.map(({ message }) => message).toSorted()).toEqual([
      'by id alpha',
      'by id alpha',
      'by name alpha',
      'by name alpha',
    ]);
    expect(new Set(seen.map(({ cluster_id }) => cluster_id))).toEqual(new Set([id]));
  });

  it('of another tenant raises nothing here', async () => {
    await create();
    const other = await client.tenant();
    const mine = token;
    token = (await client.call('POST', `/hub/v1/${other.path}/ingest-tokens`, { label: 'lines' })).json.token;
    await write(job(1));
    token = mine;
    expect([await raised(), await raised(other.projectId)]).toEqual([[], []]);
  });

  it('may be nested as deeply as it likes, and be one of very many classes', async () => {
    await create({ matcher: [], function: null, message: 'deep {{payload.a}}' });
    const deep = JSON.stringify(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    const others = Array.from({ length: 70_000 }, (_, index) => `e${index},cluster=alpha event="x"`);
    await write(`job,cluster=alpha event=${deep}`, ...others);
    expect(await messages()).toEqual(['deep …']);
    const line = `job,cluster=alpha event=${deep.replaceAll('['.repeat(30_000), '').replaceAll(']'.repeat(30_000), '')},big=9007199254740993i`;
    const rule = {
      ...RULE,
      matcher: [
        { path: 'a', op: 'exists' },
        { field: 'big', op: 'greater', value: 1 },
      ],
    };
    const { status, json } = await client.call('POST', `${rules}/test`, { rule, line });
    expect([status, json.checks?.slice(2)]).toEqual([
      200,
      [
        { what: 'matcher[0]', holds: true, actual: expect.any(String) },
        { what: 'matcher[1]', holds: true, actual: '9007199254740993' },
      ],
    ]);
  });

  it('is not stored when its notification cannot be, nor the other way round', async () => {
    await create();
    const headers = { authorization: `Bearer ${token}` };
    await api.database.query('ALTER TABLE notifications ADD CONSTRAINT no_more CHECK (false) NOT VALID');
    try {
      expect((await client.call('POST', '/api/write', job(1), headers)).status).toBe(500);
    } finally {
      await api.database.query('ALTER TABLE notifications DROP CONSTRAINT no_more');
    }
    expect([await stored(), await raised()]).toEqual([0, []]);
    const bad = `${job(1)}\njob,cluster=alpha event=`;
    expect((await client.call('POST', '/api/write', bad, headers)).status).toBe(400);
    expect([await stored(), await raised()]).toEqual([0, []]);
  });
});

describe('a flood of events', () => {
  it('raises so many notifications a minute, and the next one tells how many were held back', async () => {
    const { id } = (await create({ maxPerMinute: 2, message: 'job {{payload.jobId}}' })).json;
    await write(job(1), job(2), job(3), job(4));
    expect(await messages()).toEqual(['job 1', 'job 2']);
    const shown = (await client.call('GET', `${rules}/${id}`)).json;
    expect([shown.heldBack, shown.heldBackSince]).toEqual([2, '2026-01-01T12:01:00.000Z']);
    api.clock.advance(59_999);
    await write(job(5));
    expect(await messages()).toHaveLength(2);
    api.clock.advance(1);
    await write(job(6), job(7), job(8));
    expect(await messages()).toEqual(['job 1', 'job 2', 'job 6\n(and 3 more since 12:01 UTC)', 'job 7']);
    expect((await client.call('GET', `${rules}/${id}`)).json.heldBack).toBe(1);
    expect(await stored()).toBe(8);
  });

  it('raises no more than that when it comes through several processes at once', async () => {
    await create({ maxPerMinute: 5, message: 'job' });
    const notifier = api.app.get(EventNotifier);
    const bodies = Array.from({ length: 6 }, (_, sender) =>
      [0, 1, 2, 3].map((index) => job(sender * 4 + index)),
    );
    const pending = bodies.map((lines) => {
      const { clusters } = readLines(Buffer.from(lines.join('\n')), api.clock.now().getTime(), undefined);
      return notifier.lookAt(projectId, clusters);
    });
    // Each in a transaction and on a connection of its own, as processes are.
    const all = await Promise.all(pending);
    await Promise.all(all.map((one) => api.database.transaction((tx) => one!.raise(tx))));
    expect(await messages()).toEqual(Array(5).fill('job'));
    const [{ heldBack }] = (await client.call('GET', rules)).json.eventRules;
    expect(heldBack).toBe(19);
  });

  it('of one body raises a hundred notifications at the most, and the rules keep count of the others', async () => {
    for (let index = 0; index < 3; index += 1) await create({ maxPerMinute: 60, message: 'job' });
    await write(...Array.from({ length: 60 }, (_, index) => job(index)));
    expect(await raised()).toHaveLength(100);
    const { eventRules } = (await client.call('GET', rules)).json;
    expect(eventRules.map(({ heldBack }: { heldBack: number }) => heldBack)).toEqual([0, 20, 60]);
  });

  it('of a rule that is removed while they are stored raises nothing', async () => {
    const { id } = (await create()).json;
    const { clusters } = readLines(Buffer.from(job(1)), api.clock.now().getTime(), undefined);
    const pending = await api.app.get(EventNotifier).lookAt(projectId, clusters);
    await client.call('DELETE', `${rules}/${id}`);
    await api.database.transaction((tx) => pending!.raise(tx));
    expect(await raised()).toEqual([]);
  });
});
