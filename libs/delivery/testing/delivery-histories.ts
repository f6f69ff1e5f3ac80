import fc from 'fast-check';
import type { VerdictFault } from './simulated-alerts.js';
import type { Command, Side } from './simulated-commands.js';
import type { Fault } from './simulated-line.js';

const side = fc.constantFrom<Side>('messages', 'alerts');
const severity = fc.constantFrom('warning' as const, 'critical' as const);
const issue = fc.nat({ max: 4 });
const fault = fc.constantFrom<Fault>(
  'throttled',
  'transient',
  'lost-answer',
  'lost-request',
  'unauthorized',
  'refused',
);
const verdict = fc.constantFrom<VerdictFault>(
  'late',
  'refused',
  'lost',
  'unreported',
  'unreadable',
  'forgotten',
);
const crash = fc.constantFrom('before-call' as const, 'after-call' as const);
const is = <Name extends string>(name: Name): fc.Arbitrary<Name> => fc.constant(name);

type Weighted = { weight: number; arbitrary: fc.Arbitrary<Command> };

/** What the hub is told, and time. */
const events: Weighted[] = [
  { weight: 8, arbitrary: fc.record({ do: is('open'), issue, severity }) },
  { weight: 2, arbitrary: fc.record({ do: is('close'), issue }) },
  { weight: 1, arbitrary: fc.record({ do: is('notify'), severity }) },
  { weight: 8, arbitrary: fc.record({ do: is('pass'), ms: fc.integer({ min: 1, max: 400_000 }) }) },
];
/** What people do: they hold back, pause and mend. */
const people: Weighted[] = [
  {
    weight: 1,
    arbitrary: fc.record({ do: is('silence'), ms: fc.integer({ min: 1_000, max: 1_200_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: is('lift') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is('filter'),
      at: side,
      minimumSeverity: fc.constantFrom('critical' as const, null),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: is('pause'), at: side }) },
  { weight: 2, arbitrary: fc.record({ do: is('mend'), at: side }) },
];
/** A replay may change a message within the interval: a person asked for it. */
const replays: Weighted[] = [
  {
    weight: 2,
    arbitrary: fc.record({
      do: is('replay'),
      at: side,
      mode: fc.constantFrom('one' as const, 'since' as const, 'filter' as const),
    }),
  },
];
/** What goes wrong between an integration and its sink. */
const troubles = (at: fc.Arbitrary<Side>): Weighted[] => [
  { weight: 4, arbitrary: fc.record({ do: is('fault'), at, fault }) },
  { weight: 3, arbitrary: fc.record({ do: is('crash'), at, crash }) },
  { weight: 1, arbitrary: fc.record({ do: is('probe'), at }) },
];
const verdicts: Weighted[] = [{ weight: 3, arbitrary: fc.record({ do: is('verdict'), fault: verdict }) }];
/** What happens at the sinks behind our back. */
const remote: Weighted[] = [
  { weight: 1, arbitrary: fc.record({ do: is('delete-messages') }) },
  { weight: 1, arbitrary: fc.record({ do: is('end-alerts') }) },
];
/** The second look has to come after that, so the clock must run. */
const reopenings: Weighted[] = [
  {
    weight: 2,
    arbitrary: fc.record({ do: is('reopen-alert'), afterMs: fc.integer({ min: 1, max: 500_000 }) }),
  },
];
const races: Weighted[] = [
  {
    weight: 2,
    arbitrary: fc.record({
      do: is('race'),
      at: side,
      event: fc.constantFrom('open' as const, 'close' as const),
      issue,
      severity,
    }),
  },
];
const clockSteps: Weighted[] = [
  {
    weight: 1,
    arbitrary: fc.record({ do: is('step-clock'), ms: fc.integer({ min: -600_000, max: 600_000 }) }),
  },
];

const turns: Weighted[] = [
  { weight: 2, arbitrary: fc.record({ do: is('withdraw'), at: side }) },
  { weight: 2, arbitrary: fc.record({ do: is('return'), at: side }) },
];

const historyOf = (commands: Weighted[]): fc.Arbitrary<Command[]> =>
  fc.array(fc.oneof(...commands), { maxLength: 40, size: 'max' });

/** Everything that can happen, with a clock that runs. */
export const calmHistory = historyOf([
  ...events,
  ...people,
  ...troubles(side),
  ...verdicts,
  ...remote,
  ...reopenings,
  ...races,
]);
/** That, and replays. */
export const replayedHistory = historyOf([
  ...events,
  ...people,
  ...troubles(side),
  ...verdicts,
  ...remote,
  ...reopenings,
  ...races,
  ...replays,
]);
/** What can happen while the clock steps. */
export const wildHistory = historyOf([
  ...replays,
  ...events,
  ...people,
  ...troubles(side),
  ...verdicts,
  ...remote,
  ...races,
  ...clockSteps,
]);
/** The same, with integrations that are turned to another source and back. */
export const turningHistory = historyOf([
  ...events,
  ...people,
  ...troubles(side),
  ...verdicts,
  ...remote,
  ...replays,
  ...races,
  ...clockSteps,
  ...turns,
]);
/** Nothing goes wrong; but things are changed at the sinks. */
export const peacefulHistory = historyOf([...events, ...remote]);
/** What concerns both integrations, and troubles of the one. */
export const troublesOf = (at: Side): fc.Arbitrary<Command[]> =>
  historyOf([...events, ...people, ...troubles(fc.constant(at)), ...(at === 'alerts' ? verdicts : [])]);
