import fc from 'fast-check';
import { LOG_LEVELS, type NewEntry } from '../../domain/index.js';
import { hostileText } from '../../testing/sink-conformance.samples.js';
import { describeStreamConformance } from '../../testing/stream-conformance.js';
import { awsAnswers, type AwsRig } from '../aws.answers.fixture.js';
import { startLogsRig } from './aws-cloud-watch-logs.rig.fixture.js';
import { awsCloudWatchLogsSink } from './index.js';

const HOUR_MS = 3_600_000;

const sample = (index: number, now: Date): NewEntry => ({
  timeMs: now.getTime() - 60_000 + index,
  node: `n${index % 3}.example.com:2113`,
  level: LOG_LEVELS[index % LOG_LEVELS.length]!,
  body:
    index % 5 === 0
      ? `line ${index} that is no JSON`
      : JSON.stringify({ '@t': 'x', '@mt': 'SLOW QUEUE MSG {queue}', queue: 'Main', number: index }),
});

const hostile = (now: Date): fc.Arbitrary<NewEntry> =>
  fc.record({
    timeMs: fc
      .oneof(fc.integer({ min: -400 * HOUR_MS, max: 3 * HOUR_MS }), fc.constantFrom(0, -HOUR_MS))
      .map((ms) => now.getTime() + ms),
    node: hostileText,
    level: fc.option(fc.constantFrom(...LOG_LEVELS)),
    body: fc.oneof(
      { weight: 8, arbitrary: hostileText },
      { weight: 4, arbitrary: hostileText.map((text) => JSON.stringify({ [text]: text })) },
      {
        weight: 6,
        arbitrary: fc.constantFrom('', '{', '{}', 'null', '[]', '"', ' {"a":1}\n', '{"a":1}{"b":2}'),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom('\u0000', 'é', '🔥', 'xy').map((char) => char.repeat(530_000)),
      },
    ),
  });

describeStreamConformance<AwsRig>({
  definition: awsCloudWatchLogsSink,
  start: startLogsRig,
  sample,
  hostile,
  answers: [
    ...awsAnswers('logs:PutLogEvents'),
    {
      name: 'a log group that is not there',
      arrange: ({ aws }) => void (aws.accounts.logGroups.length = 0),
      ends: 'gone',
      reason: /There is no log group \/orders\/db in eu-west-1/,
    },
  ],
});
