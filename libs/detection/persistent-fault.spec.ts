import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_FAULT, stepFault, type FaultVerdict, type PartSample } from './persistent-fault.js';

const pace = { windowMs: 180, maxGapMs: 90 };

/** Of each part a letter: `x` faulty, `.` sound, `?` unknown. */
type Step = readonly [atMs: number, parts: string];

const partsOf = (letters: string): PartSample[] =>
  [...letters].map((letter, index) => ({
    key: `p${index + 1}`,
    isFaulty: { x: true, '.': false }[letter],
  }));

function run(steps: readonly Step[], changed: Partial<typeof pace> = {}) {
  let state = NO_FAULT;
  const verdicts: (FaultVerdict | undefined)[] = [];
  for (const [atMs, letters] of steps) {
    const step = stepFault(state, partsOf(letters), atMs, { ...pace, ...changed });
    state = step.state;
    verdicts.push(step.verdict);
  }
  const events = verdicts.flatMap((verdict, index) =>
    verdict === undefined ? [] : [`${steps[index]?.[0]} ${verdict.event}`],
  );
  return { state, verdicts, events };
}

const during = (from: number, to: number, letters: string): Step[] =>
  Array.from({ length: (to - from) / 30 + 1 }, (_, index) => [from + index * 30, letters]);

describe('a persistent fault opens', () => {
  it.each<[string, Step[], string[]]>([
    ['when one part was faulty throughout the window', during(0, 180, '.x'), ['180 open']],
    ['not while it is one look short', during(0, 150, 'xx'), []],
    ['not just before the window is covered', [...during(0, 150, 'x'), [179, 'x']], []],
    [
      'not when different parts were faulty one after the other',
      [...during(0, 150, 'x.'), ...during(180, 330, '.x')],
      [],
    ],
    ['not when the part was sound once', [...during(0, 90, 'x'), [120, '.'], ...during(150, 300, 'x')], []],
    [
      'across looks that do not tell of the part',
      [...during(0, 60, 'x.'), ...during(90, 120, '?.'), ...during(150, 180, 'x.')],
      ['180 open'],
    ],
    ['not at a look that does not tell of the part', [...during(0, 150, 'x.'), [180, '?.']], []],
    ['not at a look at which only another part is faulty', [...during(0, 150, 'x.'), [180, '?x']], []],
    [
      'when a gap is just permitted',
      [
        [0, 'x'],
        [180, 'x'],
      ],
      ['180 open'],
    ],
    [
      'not after a longer gap',
      [
        [0, 'x'],
        [181, 'x'],
        [211, 'x'],
      ],
      [],
    ],
    [
      'a window after the clock stepped back',
      [...during(0, 150, 'x'), ...during(-300, -120, 'x')],
      ['-120 open'],
    ],
    [
      'not with what a part did before it was gone',
      [...during(0, 120, '.x'), [150, '.'], ...during(180, 330, '.x')],
      [],
    ],
  ])('%s', (_, steps, expected) => {
    expect(run(steps).events.slice(0, 1)).toEqual(expected);
  });

  it('at the first look when the window is nothing, at the second when it is shorter than the pace', () => {
    expect(run([[0, 'x']], { windowMs: 0 }).events).toEqual(['0 open']);
    expect(
      run(
        [
          [0, 'x'],
          [30, 'x'],
        ],
        { windowMs: 5 },
      ).events,
    ).toEqual(['30 open']);
  });
});

describe('a persistent fault that is open', () => {
  const open = during(0, 180, 'x.');
  const after = (...steps: Step[]) => run([...open, ...steps]).events.slice(1);

  it.each<[string, Step[], string[]]>([
    [
      'goes on with any faulty part, and with each look at which all are sound',
      [
        [210, '.x'],
        [240, '..'],
      ],
      ['210 open', '240 open'],
    ],
    [
      'says nothing when there is no fault but not everything is known',
      [
        [210, '.?'],
        [240, '??'],
      ],
      [],
    ],
    [
      'closes when all were sound throughout a window',
      during(210, 390, '..'),
      [...during(210, 360, '').map(([at]) => `${at} open`), '390 closed'],
    ],
    [
      'not just before that',
      [...during(210, 360, '..'), [389, '..']],
      [...during(210, 360, '').map(([at]) => `${at} open`), '389 open'],
    ],
  ])('%s', (_, steps, expected) => {
    expect(after(...steps)).toEqual(expected);
  });

  it.each<[string, Step[], string]>([
    [
      'a fault of any part begins the window anew',
      [...during(210, 300, '..'), [330, '?x'], ...during(360, 600, '..')],
      '540 closed',
    ],
    [
      'looks that do not tell of everything are left out',
      [...during(210, 270, '..'), ...during(300, 330, '.?'), ...during(360, 600, '..')],
      '390 closed',
    ],
    [
      'too long a gap begins the window anew',
      [...during(210, 300, '..'), ...during(481, 901, '..')],
      '661 closed',
    ],
    [
      'a clock that steps back begins the window anew',
      [...during(210, 300, '..'), ...during(-1_000, -700, '..')],
      '-820 closed',
    ],
  ])('%s', (_, steps, expected) => {
    expect(after(...steps).filter((event) => event.endsWith('closed'))).toEqual([expected]);
  });

  it('leaves nothing behind when it closes', () => {
    expect(run([...open, ...during(210, 390, '..')]).state).toEqual(NO_FAULT);
  });

  it('tells since when, of each faulty part too, and when it closes at the earliest', () => {
    const { verdicts } = run([
      ...during(0, 120, 'x.'),
      ...during(150, 180, 'xx'),
      [210, '..'],
      [400, '.x'],
      [430, '..'],
    ]);
    expect(verdicts.slice(6)).toEqual([
      {
        event: 'open',
        sinceMs: 0,
        faultySinceMs: new Map([
          ['p1', 0],
          ['p2', 150],
        ]),
      },
      { event: 'open', sinceMs: 0, closesMs: 390 },
      { event: 'open', sinceMs: 0, faultySinceMs: new Map([['p2', 400]]) },
      { event: 'open', sinceMs: 0, closesMs: 610 },
    ]);
  });
});

it('opens and closes over any history as the plain reading of the rule says', () => {
  const step = fc.record({
    stepMs: fc.constantFrom(30, 30, 30, 30, 30, 60, 180, 181),
    letters: fc.constantFrom('x.', 'x.', 'x.', '.x', '..', '..', '..', '?.', 'x?', '??', 'xx'),
    repeat: fc.constantFrom(1, 1, 2, 7),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (drawn) => {
      let now = 0;
      const steps = drawn.flatMap(({ stepMs, letters, repeat }) =>
        Array.from({ length: repeat }, (_, index): Step => [(now += index === 0 ? stepMs : 30), letters]),
      );
      const changes = run(steps).events.filter(
        (event, index, all) => event.endsWith('closed') || index === 0 || all[index - 1]?.endsWith('closed'),
      );
      expect(changes).toEqual(byTheBook(steps));
    }),
    { numRuns: 5_000 },
  );
});

/** Whether the last of these times ends a row of looks, no gap in it too long, that is a window long. */
function isCovered(times: readonly number[]): boolean {
  const last = times.at(-1) ?? 0;
  const breaks = times.findLastIndex(
    (time, index) => index > 0 && time - (times[index - 1] ?? 0) > pace.windowMs,
  );
  return times.length > 0 && last - (times[Math.max(breaks, 0)] ?? last) >= pace.windowMs;
}

function byTheBook(steps: readonly Step[]): string[] {
  const events: string[] = [];
  let openedAt: number | undefined;
  for (const [index, [atMs, letters]] of steps.entries()) {
    const past = steps.slice(0, index + 1);
    if (openedAt === undefined) {
      const opens = [0, 1].some((part) => {
        if (letters[part] !== 'x') return false;
        const told = past.filter(([, each]) => each[part] !== '?');
        const sound = told.findLastIndex(([, each]) => each[part] === '.');
        return isCovered(told.slice(sound + 1).map(([time]) => time));
      });
      if (!opens) continue;
      openedAt = atMs;
      events.push(`${atMs} open`);
    } else if (letters === '..') {
      const since = past.filter(([time]) => time > Number(openedAt));
      const fault = since.findLastIndex(([, each]) => each.includes('x'));
      const sound = since.slice(fault + 1).filter(([, each]) => each === '..');
      if (!isCovered(sound.map(([time]) => time))) continue;
      openedAt = undefined;
      events.push(`${atMs} closed`);
    }
  }
  return events;
}
