import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../apps/sandbox/stand-in/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { AwsWorld, GROUP, KEYS, REGION, type HealthView } from './support/aws-world.js';
import { KeyedFaults } from './support/keyed-faults.js';
import { MARK, sendLines } from './support/numbered-lines.js';

const BODIES = 8;
const LINES_PER_BODY = 250;
const LINES = BODIES * LINES_PER_BODY;
/** More than are worked on side by side: those of an integration that hangs must not take all places. */
const OTHER_CLUSTERS = 12;
const ALL = LINES + OTHER_CLUSTERS;
/** What a line may take to the integration that is well, with all that the machine does besides. */
const PACE_MS = 8_000;
const OTHER_ACCOUNT = '222222222222';
/** As a hub on a machine of AWS's may have them: nobody's but the hub's. */
const PLANTED = {
  AWS_ACCESS_KEY_ID: 'AKIAHUBSOWN000000001',
  AWS_SECRET_ACCESS_KEY: 'hubs/own+secret/access/key0000000000001',
  AWS_SESSION_TOKEN: 'hubs-own-session-token',
  AWS_REGION: 'us-east-1',
};

let world: AwsWorld<KeyedFaults>;
let token: string;
let count = 0;
beforeAll(async () => {
  world = await AwsWorld.start(new KeyedFaults(), { LOG_LEVEL: 'warn', ...PLANTED });
  world.aws.accounts.addKey(PLANTED.AWS_ACCESS_KEY_ID, PLANTED.AWS_SECRET_ACCESS_KEY);
});
beforeEach(async () => {
  world.aws.mend();
  world.project = await world.client.createProject();
  token = await world.ingestToken();
});
afterAll(async () => {
  await world?.stop();
});

/** Keys and a log group of a test's own. */
function another({ denied = [] as string[], hasGroup = true } = {}) {
  count += 1;
  const keys = { accessKeyId: `AKIAE2EANOTHER00000${count}`, secretAccessKey: KEYS.secretAccessKey };
  const groupName = `${GROUP}/${count}`;
  world.aws.accounts.addKey(keys.accessKeyId, keys.secretAccessKey, { denied });
  if (hasGroup) world.aws.accounts.addLogGroup(groupName, REGION);
  return { ...keys, groupName };
}

const landed = (group: string, accountId?: string): number[] =>
  world.aws.logs
    .events(group, 'orders-db/n1', accountId === undefined ? {} : { accountId })
    .map(({ message }) => Number(MARK.exec(message)?.[2]));

const inOrder = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** Sends the bodies, each when the one before has arrived there. */
async function send(arrivesAt?: string): Promise<void> {
  const lines = {
    cluster: 'orders-db',
    node: 'n1',
    bodies: BODIES,
    linesPerBody: LINES_PER_BODY,
    startMs: Date.now(),
  };
  const after = async (index: number): Promise<void> => {
    if (arrivesAt === undefined) return;
    const what = `body ${index} at the integration that is well`;
    const expected = (index + 1) * LINES_PER_BODY;
    await waitUntil(() => landed(arrivesAt).length >= expected, { what, timeoutMs: PACE_MS, intervalMs: 20 });
  };
  expect(await sendLines(world.hub.url, token, lines, { isCompressed: false, after })).toEqual([]);
}

/** Lines of many clusters, one of each. */
async function sendOfOthers(): Promise<void> {
  const lines = Array.from(
    { length: OTHER_CLUSTERS },
    (_, index) => `log,cluster=other-${index},hostname=n1 log="seen by n1 as 1#"`,
  );
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' };
  const url = `${world.hub.url}/api/write/`;
  expect((await fetch(url, { method: 'POST', headers, body: lines.join('\n') })).status).toBe(200);
}

interface Trouble {
  readonly what: string;
  readonly fault?: Fault;
  readonly denied?: string;
  readonly reason: RegExp;
}

const throttled = { __type: 'ThrottlingException', message: 'Rate exceeded' };

describe('an integration of logs whose sink', () => {
  it.each<Trouble>([
    { what: 'never answers', fault: { kind: 'hang' }, reason: /in time/ },
    { what: 'is down', fault: { kind: 'answer', status: 503 }, reason: /in trouble \(HTTP 503\)/ },
    { what: 'cuts connections', fault: { kind: 'drop' }, reason: /connection/ },
    {
      what: 'asks it to slow down',
      fault: { kind: 'answer', status: 400, body: throttled },
      reason: /slow down/,
    },
    { what: 'lets it write nothing', denied: 'logs:PutLogEvents', reason: /allow logs:PutLogEvents/ },
  ])(
    '$what delays only itself, and catches up in order when it is mended',
    async ({ fault, denied, reason }) => {
      const [well, ill] = [another(), another(denied === undefined ? {} : { denied: [denied] })];
      if (fault) world.aws.breakFor(ill.accessKeyId, fault);
      const [wellId, illId] = [await world.addLogs(well), await world.addLogs(ill)];
      await sendOfOthers();
      await send(well.groupName);
      const ledger = await world.untilSettled(wellId, ALL);
      expect(ledger).toMatchObject({ accepted: ALL, delivered: ALL });
      expect(landed(well.groupName)).toEqual(inOrder(LINES));

      const said = (health: HealthView): string => health.reason ?? health.lastError?.reason ?? '';
      const seen = await world.untilHealth(illId, (health) => said(health) !== '', 'a reason');
      expect(said(seen)).toMatch(reason);
      expect(seen.health === 'failing').toBe(denied !== undefined);
      const waiting = await world.project.ledger(illId);
      const { parked, inFlight } = waiting;
      expect([waiting.accepted, waiting.delivered, parked + inFlight, waiting.balanced]).toEqual([
        ALL,
        0,
        ALL,
        true,
      ]);
      expect(parked).toBe(denied === undefined ? 0 : ALL);

      world.aws.mend();
      world.aws.accounts.addKey(ill.accessKeyId, ill.secretAccessKey);
      expect((await world.test(illId)).status).toBe(204);
      expect(await world.untilSettled(illId, ALL)).toMatchObject({ accepted: ALL, delivered: ALL });
      expect(landed(ill.groupName)).toEqual(inOrder(LINES));
      expect((await world.health(illId)).health).toBe('healthy');
    },
  );

  it('has no log group parks everything, says what to do, and goes on when a test finds the group', async () => {
    const place = another({ hasGroup: false });
    const id = await world.addLogs(place);
    await send();
    const { reason } = await world.untilFailing(id);
    expect(reason).toContain(`There is no log group ${place.groupName} in ${REGION}: create it`);
    expect(await world.project.ledger(id)).toMatchObject({ parked: LINES, inFlight: 0, balanced: true });
    expect((await world.test(id)).body?.detail).toContain(place.groupName);
    world.aws.accounts.addLogGroup(place.groupName, REGION);
    expect((await world.test(id)).status).toBe(204);
    expect(await world.untilSettled(id, LINES)).toMatchObject({ delivered: LINES, balanced: true });
    expect(landed(place.groupName)).toEqual(inOrder(LINES));
  });
});

describe('an integration that assumes a role', () => {
  it('gets there with its own external id only, and says so when the role wants another', async () => {
    const user = another();
    const roleArn = `arn:aws:iam::${OTHER_ACCOUNT}:role/logs-${count}`;
    world.aws.accounts.addLogGroup(user.groupName, REGION, OTHER_ACCOUNT);
    const trusting = (externalId: string) =>
      world.aws.accounts.addRole(roleArn, { trusted: [user.accessKeyId], externalId });
    trusting('spillway-of-somebody-else');
    const id = await world.addLogs(user, { roleArn });
    await send();
    const { reason } = await world.untilFailing(id);
    const { externalId } = await world.settingsOf(id);
    expect(reason).toContain(`the external id ${String(externalId)}`);
    expect(await world.project.ledger(id)).toMatchObject({ parked: LINES, inFlight: 0, balanced: true });

    trusting(String(externalId));
    expect((await world.test(id)).status).toBe(204);
    expect(await world.untilSettled(id, LINES)).toMatchObject({ delivered: LINES, balanced: true });
    expect(landed(user.groupName, OTHER_ACCOUNT)).toEqual(inOrder(LINES));
    expect(landed(user.groupName, '123456789012')).toEqual([]);
  });
});

it("signs nothing with the hub's own keys, whatever is in its environment", () => {
  const used = new Set(world.aws.calls.map(({ credential }) => credential));
  expect(used.size).toBeGreaterThan(count);
  expect([...used].filter((key) => !/^(AKIAE2EANOTHER|ASIA)/.test(key ?? ''))).toEqual([]);
});
