import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calmHistory,
  peacefulHistory,
  replayedHistory,
  troublesOf,
  turningHistory,
  wildHistory,
} from './testing/delivery-histories.js';
import { DeliverySimulation } from './testing/delivery-simulation.js';
import { hastyHistory } from './testing/hasty-histories.js';
import type { Command, Side } from './testing/simulated-commands.js';
import { expectAlert, expectBalanced, expectMessage } from './testing/simulated-ends.js';
import { INTERVAL_MS } from './testing/simulated-world.js';

const RUNS = { numRuns: 5_000 };

interface Options {
  readonly maySearch: boolean;
  readonly stormThreshold?: number;
}

function play(commands: readonly Command[], options: Options): DeliverySimulation {
  const simulation = new DeliverySimulation(options);
  for (const command of commands) {
    simulation.play(command);
    simulation.sides.forEach(expectBalanced);
  }
  return simulation;
}

function playToTheEnd(
  commands: readonly Command[],
  options: Options = { maySearch: true },
): DeliverySimulation {
  const simulation = play(commands, options);
  simulation.drain();
  return simulation;
}

const anyOptions = fc.record({
  maySearch: fc.boolean(),
  stormThreshold: fc.constantFrom(0, 1, 3),
});

describe('delivery of one project to two sinks, over random histories', () => {
  it('ends with both sinks as they should be, and nothing owed', () => {
    fc.assert(
      fc.property(fc.oneof(replayedHistory, wildHistory), anyOptions, (commands, options) => {
        const simulation = playToTheEnd(commands, options);
        for (const side of simulation.sides) {
          expectBalanced(side);
          expect(side.ledger()).toMatchObject({ parked: 0, inFlight: 0 });
          expect(side.complaints).toEqual([]);
        }
        expect(simulation.opsGenie.complaints).toEqual([]);
        for (const subject of simulation.subjects.values()) {
          expectMessage(simulation, subject);
          expectAlert(simulation, subject);
        }
      }),
      RUNS,
    );
  }, 60_000);

  it('owes nothing in the end, also when it was turned to another source and back', () => {
    fc.assert(
      fc.property(turningHistory, anyOptions, (commands, options) => {
        const simulation = playToTheEnd(commands, options);
        for (const side of simulation.sides) {
          expectBalanced(side);
          expect(side.ledger()).toMatchObject({ parked: 0, inFlight: 0 });
        }
        expect(simulation.opsGenie.complaints).toEqual([]);
      }),
      RUNS,
    );
  }, 60_000);

  it('shows each issue in one message when the token may search, whatever was lost', () => {
    fc.assert(
      fc.property(replayedHistory, fc.constantFrom(0, 1, 3), (commands, stormThreshold) => {
        const { slack, subjects } = playToTheEnd(commands, { maySearch: true, stormThreshold });
        for (const { id } of subjects.values()) expect(slack.live(id).length).toBeLessThanOrEqual(1);
        expect(slack.all.filter(({ marked }) => marked)).toEqual([]);
      }),
      RUNS,
    );
  }, 60_000);

  it('leaves at most one more, marked, for each post that got no verdict when it may not search', () => {
    fc.assert(
      fc.property(calmHistory, (commands) => {
        const { slack, subjects, messages } = playToTheEnd(commands, { maySearch: false });
        const live = [...subjects.keys()].map((id) => slack.live(id));
        const more = live.reduce((sum, { length }) => sum + Math.max(0, length - 1), 0);
        expect(more).toBeLessThanOrEqual(messages.unknownPosts);
        for (const each of live) expect(each.filter(({ marked }) => !marked).length).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  }, 60_000);

  it('never tells a sink of the same twice within the interval but for news', () => {
    fc.assert(
      fc.property(calmHistory, anyOptions, (commands, options) => {
        const { slack, opsGenie } = playToTheEnd(commands, options);
        for (const gapMs of [...slack.plainUpdateGapsMs(), ...opsGenie.plainUpdateGapsMs()])
          expect(gapMs).toBeGreaterThanOrEqual(INTERVAL_MS);
      }),
      RUNS,
    );
  }, 60_000);

  it('closes again what is opened behind our back, five times and no more', () => {
    const reopenings = fc.array(fc.integer({ min: 1, max: 590_000 }), { maxLength: 9 });
    fc.assert(
      fc.property(reopenings, (afterMs) => {
        const simulation = new DeliverySimulation({ maySearch: true });
        simulation.play({ do: 'open', issue: 0, severity: 'warning' });
        simulation.play({ do: 'pass', ms: 5_000 });
        for (const each of afterMs) simulation.play({ do: 'reopen-alert', afterMs: each });
        simulation.play({ do: 'close', issue: 0 });
        simulation.drain();
        const { opsGenie } = simulation;
        const closes = opsGenie.requests.filter(({ action }) => action === 'close');
        expect(closes).toHaveLength(1 + Math.min(5, afterMs.length));
        expect(opsGenie.openOf('issue-0')).toHaveLength(afterMs.length > 5 ? 1 : 0);
        expect(simulation.alerts.ledger()).toMatchObject({ accepted: 2, ended: 2 });
      }),
      RUNS,
    );
  }, 60_000);

  it('leaves no alert open of what was over before it could be sent again, whether it had landed or not', () => {
    fc.assert(
      fc.property(hastyHistory, (commands) => {
        const simulation = playToTheEnd(commands);
        for (const subject of simulation.subjects.values()) expectAlert(simulation, subject);
        expect(simulation.opsGenie.complaints).toEqual([]);
      }),
      RUNS,
    );
  }, 60_000);

  it('leaves ended what a person ended at the sink, until it gets worse', () => {
    fc.assert(
      fc.property(peacefulHistory, (commands) => {
        expect(playToTheEnd(commands).opsGenie.pagedAgain).toEqual([]);
      }),
      RUNS,
    );
  }, 60_000);

  it.each<[Side, Side]>([
    ['messages', 'alerts'],
    ['alerts', 'messages'],
  ])(
    'leaves %s alone in the troubles of %s',
    (spared, troubled) => {
      const isTrouble = (command: Command): boolean =>
        ['fault', 'crash', 'verdict', 'probe'].includes(command.do);
      fc.assert(
        fc.property(troublesOf(troubled), (commands) => {
          const undisturbed = playToTheEnd(commands.filter((command) => !isTrouble(command)));
          expect(playToTheEnd(commands)[spared].calls).toEqual(undisturbed[spared].calls);
        }),
        RUNS,
      );
    },
    60_000,
  );
});
