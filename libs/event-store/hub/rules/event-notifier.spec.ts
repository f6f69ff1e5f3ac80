import { afterEach, expect, it, vi } from 'vitest';
import type { JoiningIntake } from '../../../delivery/index.js';
import { systemClock } from '../../../domain/index.js';
import type { Database, EventRuleEntity, EventRuleStore } from '../../../persistence/index.js';
import { readLines } from '../../write/sorted-lines.js';
import { eventRuleBody } from './event-rule.schema.js';
import { termsOf } from './event-rule.view.js';
import { EventNotifier } from './event-notifier.service.js';

const RULES = 50;
/** So long each rule seems to take: longer than a turn. */
const RULE_MS = 20;

afterEach(() => vi.restoreAllMocks());

it('lets others have their turn between the rules that look at one long event', async () => {
  const terms = termsOf(eventRuleBody.parse({ name: 'job', message: 'x' }));
  const rules = Array.from({ length: RULES }, (_, id) => ({ ...terms, id: String(id) }) as EventRuleEntity);
  const store = { enabled: () => Promise.resolve(rules), clusters: () => Promise.resolve(new Map()) };
  const notifier = new EventNotifier(
    {} as Database,
    store as unknown as EventRuleStore,
    {} as JoiningIntake,
    systemClock,
  );
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += RULE_MS));
  let [turns, isOver] = [0, false];
  const takeTurn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(takeTurn);
  };
  setImmediate(takeTurn);
  const { clusters } = readLines(Buffer.from('job event="x"'), Date.now(), 'alpha');
  await notifier.lookAt('project', clusters);
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(RULES);
});
