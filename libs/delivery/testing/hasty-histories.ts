import fc from 'fast-check';
import type { Command } from './simulated-commands.js';

const issue = fc.nat({ max: 1 });

/**
 * Issues that open and close within seconds, while what is sent to the keyed sink lands or not and is not answered: each
 * may be over before it is sent again.
 */
export const hastyHistory: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('open' as const),
        issue,
        severity: fc.constantFrom('warning' as const, 'critical' as const),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('close' as const), issue }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('fault' as const),
        at: fc.constant('alerts' as const),
        fault: fc.constantFrom(
          'transient' as const,
          'lost-answer' as const,
          'lost-request' as const,
          'throttled' as const,
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('crash' as const),
        at: fc.constant('alerts' as const),
        crash: fc.constantFrom('before-call' as const, 'after-call' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('verdict' as const),
        fault: fc.constantFrom(
          'late' as const,
          'lost' as const,
          'refused' as const,
          'unreadable' as const,
          'forgotten' as const,
        ),
      }),
    },
  ),
  { maxLength: 30, size: 'max' },
);
