import { z } from 'zod';
import { SEVERITIES } from '../../../domain/index.js';
import { text } from '../../../rest/index.js';
import { clusterNameProblem } from '../../record/index.js';
import { patternProblem } from './patterns.js';
import { BadTemplate, readTemplate } from './template.js';

const MAX_CONDITIONS = 10;
const MAX_NAME_CHARACTERS = 255;
const MAX_VALUE_CHARACTERS = 500;
const MAX_PATTERN_CHARACTERS = 200;
const MAX_PATH_NAMES = 16;
const MAX_DESCRIPTION_CHARACTERS = 500;
const MAX_TITLE_TEMPLATE = 200;
const MAX_MESSAGE_TEMPLATE = 2_000;
const MAX_LINE_CHARACTERS = 65_536;
const DEFAULT_PER_MINUTE = 10;
const MAX_PER_MINUTE = 60;
const OPERATIONS = ['equals', 'notEquals', 'contains', 'matches', 'greater', 'less', 'exists'] as const;

const name = text(1, MAX_NAME_CHARACTERS);

/** A check that names its own reason, from a function that answers the problem or nothing. */
const checked = <Schema extends z.ZodType<string>>(
  schema: Schema,
  problemOf: (value: string) => string | undefined,
) =>
  schema.superRefine((value, context) => {
    const message = problemOf(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const path = checked(name, (value) => {
  const names = value.split('.');
  if (names.includes('')) return 'must be names with dots between them, such as job.exitCode';
  return names.length > MAX_PATH_NAMES ? `must have at most ${MAX_PATH_NAMES} names` : undefined;
});

type Loose = z.output<typeof looseCondition>;
const looseCondition = z.strictObject({
  path: path.optional().describe('Where in the JSON of the payload: state, job.exitCode, nodes.0'),
  tag: name.optional().describe('Name of a tag'),
  field: name.optional().describe('Name of a field beside the payload'),
  op: z.enum(OPERATIONS),
  value: z
    .union([z.string().max(MAX_VALUE_CHARACTERS), z.number(), z.boolean(), z.null()])
    .optional()
    .describe('matches: a regular expression of RE2; exists: false for what must be absent'),
});

const condition = looseCondition.superRefine((given, context) => {
  for (const [at, message] of problemsOf(given))
    context.addIssue({ code: 'custom', message, ...(at === '' ? {} : { path: [at] }) });
});
export type Condition = z.output<typeof condition>;

function* problemsOf({ path: inPayload, tag, field, op, value }: Loose): Generator<[string, string]> {
  if ([inPayload, tag, field].filter((place) => place !== undefined).length !== 1)
    yield ['', 'must have one of path, tag and field'];
  if (op === 'exists') {
    if (value !== undefined && typeof value !== 'boolean') yield ['value', 'must be true or false'];
  } else if (value === undefined) yield ['value', 'is required'];
  else if (op === 'matches') {
    const problem = typeof value === 'string' ? problemOfPattern(value) : 'must be a string';
    if (problem !== undefined) yield ['value', problem];
  } else if ((op === 'greater' || op === 'less') && typeof value !== 'number')
    yield ['value', 'must be a number'];
  else if (op === 'contains' && value === '') yield ['value', 'must not be empty'];
}

const problemOfPattern = (pattern: string): string | undefined =>
  pattern.length > MAX_PATTERN_CHARACTERS
    ? `must have at most ${MAX_PATTERN_CHARACTERS} characters`
    : patternProblem(pattern);

const template = (maxCharacters: number) =>
  checked(text(1, maxCharacters), (value) => {
    try {
      readTemplate(value);
      return undefined;
    } catch (error) {
      if (error instanceof BadTemplate) return error.message;
      throw error;
    }
  });

/** A rule as it is made, and as it is to be after a change. A misspelt member is refused. */
export const eventRuleBody = z.strictObject({
  description: text(0, MAX_DESCRIPTION_CHARACTERS).nullish(),
  cluster: checked(z.string(), clusterNameProblem)
    .nullish()
    .describe('Id or name of a cluster, registered or not; all clusters when absent'),
  name: name.describe('Class of the event, exactly'),
  function: name.nullish().describe('Tag `function` of the event, exactly; any when absent'),
  matcher: z
    .array(condition)
    .max(MAX_CONDITIONS)
    .nullish()
    .describe(
      'Conditions that must all hold. What is absent from an event fulfils none, but `exists` with false',
    ),
  severity: z.enum(SEVERITIES).default('warning'),
  title: template(MAX_TITLE_TEMPLATE).nullish().describe('A template as `message`'),
  message: template(MAX_MESSAGE_TEMPLATE).describe(
    'Text with {{name}}, {{cluster}}, {{hostname}}, {{function}}, {{time}}, {{payload}}, {{payload.a.b}}, {{tags.x}} and {{fields.x}} in it; what is absent is shown as a dash',
  ),
  enabled: z.boolean().default(true),
  maxPerMinute: z
    .int()
    .min(1)
    .max(MAX_PER_MINUTE)
    .default(DEFAULT_PER_MINUTE)
    .describe('Notifications within any minute at most; what is over is counted, and told with the next one'),
});
export type EventRuleBody = z.output<typeof eventRuleBody>;

/** A rule, and an event that it is tried on. */
export const eventRuleTest = z.strictObject({
  rule: eventRuleBody,
  line: text(1, MAX_LINE_CHARACTERS).describe('An event in line protocol'),
  cluster: checked(z.string(), clusterNameProblem)
    .nullish()
    .describe('Id or name of the cluster that the event is of when it names none'),
});
export type EventRuleTest = z.output<typeof eventRuleTest>;
