import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeliverySimulation, type Command } from './testing/delivery-simulation.js';

const severity = fc.constantFrom('warning' as const, 'critical' as const);
const fault = fc.constantFrom(
  'throttled' as const,
  'transient' as const,
  'lost-answer' as const,
  'lost-request' as const,
  'unauthorized' as const,
);
const crash = fc.constantFrom('before-call' as const, 'after-call' as const);

const calmCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('open' as const), severity }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fault' as const), fault }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), crash }) },
  { weight: 1, arbitrary: fc.constant({ do: 'delete-message' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'mend' as const }) },
);
const stepBack: fc.Arbitrary<Command> = fc.record({
  do: fc.constant('step-clock' as const),
  ms: fc.integer({ min: -600_000, max: 600_000 }),
});
const history = (command: fc.Arbitrary<Command>) =>
  fc.tuple(fc.array(command, { maxLength: 40 }), fc.boolean(), fc.boolean());

function play([commands, maySearch, closes]: [Command[], boolean, boolean]): DeliverySimulation {
  const simulation = new DeliverySimulation({ maySearch });
  for (const command of commands) {
    simulation.play(command);
    expect(simulation.ledgerSum()).toBe(simulation.accepted());
  }
  // Faults that were scripted before the first event hit the first post.
  simulation.play({ do: 'open', severity: 'warning' });
  if (closes) simulation.play({ do: 'close' });
  simulation.drain();
  return simulation;
}

const RUNS = { numRuns: 5_000 };

describe('delivery of one issue, over random histories of events, faults, crashes and clock steps', () => {
  it('ends with a live message that shows the issue as it is, and nothing owed', () => {
    fc.assert(
      fc.property(history(fc.oneof({ weight: 9, arbitrary: calmCommand }, stepBack)), (input) => {
        const simulation = play(input);
        expect(simulation.inFlight()).toBe(0);
        expect(simulation.ledgerSum()).toBe(simulation.accepted());
        if (!simulation.gaveUp) expect(simulation.shownNow()).toEqual(simulation.subject());
      }),
      RUNS,
    );
  });

  it('leaves exactly one message when the token may search, whatever was lost', () => {
    fc.assert(
      fc.property(history(calmCommand), ([commands, , closes]) => {
        const simulation = play([commands, true, closes]);
        expect(simulation.live()).toHaveLength(1);
        expect(simulation.live().every((message) => !message.marked)).toBe(true);
      }),
      RUNS,
    );
  });

  it('leaves at most one more, marked, for each post that got no verdict when it may not search', () => {
    fc.assert(
      fc.property(history(calmCommand), ([commands, , closes]) => {
        const simulation = play([commands, false, closes]);
        expect(simulation.live().length).toBeLessThanOrEqual(1 + simulation.postsWithoutVerdict);
        const unmarked = simulation.live().filter((message) => !message.marked);
        expect(unmarked.length).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });

  it('never changes a message twice within the interval but for a severity change and the close', () => {
    fc.assert(
      fc.property(history(calmCommand), (input) => {
        for (const gapMs of play(input).plainUpdateGapsMs()) expect(gapMs).toBeGreaterThanOrEqual(300_000);
      }),
      RUNS,
    );
  });
});
