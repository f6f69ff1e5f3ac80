import { z } from 'zod';
import { COMMANDS, durationText, type Command } from './commands.js';

/** One step: after a while something is said and done. */
export interface Step {
  /** Since the step before. */
  readonly afterMs: number;
  readonly say?: string;
  readonly do?: { readonly name: string; readonly command: Command; readonly input: unknown };
}

/** What happens to a cluster over time. */
export interface Scenario {
  readonly name: string;
  readonly what: string;
  /** Kinds of the issues that a hub with default windows opens and closes meanwhile. */
  readonly raises: readonly string[];
  readonly steps: readonly Step[];
}

/** The scenario cannot be played; the message names each bad step and field in a line. */
export class BadScenario extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'BadScenario';
  }
}

const MAX_STEPS = 1_000;
const said = z
  .string('must be a text')
  .min(1, 'must not be empty')
  .max(500, 'must have at most 500 characters');

const outline = z.strictObject({
  name: said,
  what: said,
  raises: z.array(said, 'must be a list of kinds of issues').default([]),
  steps: z
    .array(z.record(z.string(), z.unknown()), 'must be a list of steps')
    .min(1, 'must have at least one step')
    .max(MAX_STEPS, `must have at most ${MAX_STEPS} steps`),
});

const frame = z.object({
  after: durationText.default(0),
  say: said.optional(),
  do: z
    .string('must be the name of a command')
    .refine((name) => Object.hasOwn(COMMANDS, name), {
      error: ({ input }) => `"${String(input)}" is no command; there are ${Object.keys(COMMANDS).join(', ')}`,
    })
    .optional(),
});

/** Reads a scenario for a cluster of so many nodes. Throws `BadScenario`. */
export function parseScenario(content: unknown, nodes: number): Scenario {
  const read = outline.safeParse(content);
  if (!read.success) throw new BadScenario(problemsOf(read.error, ''));
  const problems: string[] = [];
  const { name, what, raises } = read.data;
  const steps = read.data.steps.map((step, index) => readStep(step, nodes, `steps[${index}]`, problems));
  if (problems.length > 0) throw new BadScenario(problems);
  return { name, what, raises, steps };
}

function readStep(
  { after, say, do: name, ...fields }: Record<string, unknown>,
  nodes: number,
  path: string,
  problems: string[],
): Step {
  const read = frame.safeParse({ after, say, do: name });
  const step = read.data ?? { after: 0, say: undefined, do: undefined };
  if (!read.success) problems.push(...problemsOf(read.error, path));
  if (read.success && step.do === undefined && step.say === undefined)
    problems.push(`${path}: has neither "do" nor "say"`);
  const frameOnly = { afterMs: step.after, ...(step.say === undefined ? {} : { say: step.say }) };
  const command = step.do === undefined ? undefined : COMMANDS[step.do];
  if (step.do === undefined || command === undefined) {
    for (const field of read.success ? Object.keys(fields) : [])
      problems.push(`${path}.${field}: there is nothing to do with it`);
    return frameOnly;
  }
  const checked = readInput(command, fields, nodes);
  if ('problems' in checked) problems.push(...checked.problems.map((problem) => `${path}${problem}`));
  return { ...frameOnly, do: { name: step.do, command, input: checked.input } };
}

/** A command's input, or what is wrong with it, each problem beginning with `.field: ` (`: ` without a field). */
export function readInput(
  { schema }: Command,
  fields: unknown,
  nodes: number,
): { readonly input: unknown } | { readonly input: undefined; readonly problems: readonly string[] } {
  const read = schema.safeParse(fields);
  if (!read.success) return { input: undefined, problems: problemsOf(read.error, '', '.') };
  const strangers = ['node', 'to', 'leader', 'nodes'].flatMap((field) => {
    const value = read.data[field];
    const isStrange = [value].flat().some((number) => typeof number === 'number' && number >= nodes);
    return isStrange ? [`.${field}: the cluster has nodes 0 to ${nodes - 1}`] : [];
  });
  return strangers.length === 0 ? { input: read.data } : { input: undefined, problems: strangers };
}

function problemsOf(error: z.ZodError, path: string, separator = path === '' ? '' : '.'): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `${path}${separator}${key}: there is no such field`);
    const where = issue.path
      .map((part, index) =>
        typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : separator}${String(part)}`,
      )
      .join('');
    return [`${path}${where}: ${issue.message}`];
  });
}
