import { describe, expect, it } from 'vitest';
import { SHIPPED_SCENARIOS } from '../scenarios/index.js';
import { parseScenario } from './scenario.js';

const scenario = (...steps: unknown[]) => ({ name: 'x', what: 'y', steps });

it.each<[string, unknown, string[]]>([
  ['no object', 'calm', ['expected object']],
  ['no steps', { name: 'x', what: 'y' }, ['steps: must be a list of steps']],
  ['an empty list', scenario(), ['steps: must have at least one step']],
  ['a field too many', { ...scenario({ say: 's' }), wath: 'z' }, ['wath: there is no such field']],
  ['no name', { ...scenario({ say: 's' }), name: 7 }, ['name: must be a text']],
  ['a step that is none', scenario({}), ['steps[0]: has neither "do" nor "say"']],
  [
    'fields with nothing to do',
    scenario({ say: 's', node: 1 }),
    ['steps[0].node: there is nothing to do with it'],
  ],
  [
    'several bad steps',
    scenario(
      { say: 's' },
      { after: 'later', do: 'disk', node: 0, percent: 5 },
      { do: 'disk', node: 3, percent: 5 },
      { do: 'disk', node: 0, percent: '5' },
      { do: 'blind', node: 0, to: 1, blimd: false },
      { do: 'dusk' },
    ),
    [
      'steps[1].after: must be a duration',
      'steps[2].node: the cluster has nodes 0 to 2',
      'steps[3].percent: must be a number from 0 to 100',
      'steps[4].blimd: there is no such field',
      'steps[5].do: "dusk" is no command',
    ],
  ],
])('%s is refused with the step and the field', (_what, content, problems) => {
  const read = (): unknown => parseScenario(content, 3);
  for (const problem of problems) expect(read).toThrow(problem);
});

describe.each(Object.entries(SHIPPED_SCENARIOS))('the scenario %s that comes along', (name, content) => {
  it('can be played at three nodes', () => {
    expect(parseScenario(content, 3).name).toBe(name);
  });
});
