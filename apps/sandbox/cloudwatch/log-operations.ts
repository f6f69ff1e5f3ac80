import { Constraints } from './constraints.js';
import { groupAndStream, groupOf } from './log-names.js';
import type { LogStream } from './log-store.js';
import type { Call, Operation } from './operation.js';
import { putLogEvents } from './put-log-events.js';
import { Refusal } from './refusals.js';
import { LOGS } from './service.js';

const DEFAULT_PAGE = 50;

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');
const arnOf = ({ region, key }: Call, group: string): string =>
  `arn:aws:logs:${region}:${key.accountId}:log-group:${group}`;

/** Only the first page can be had; that there are more is said. */
function pageOf<Item>(items: readonly Item[], limit: unknown): { page: readonly Item[]; rest: object } {
  const page = items.slice(0, typeof limit === 'number' ? limit : DEFAULT_PAGE);
  return { page, rest: page.length < items.length ? { nextToken: 'more' } : {} };
}

function checkGroup({ accounts, key, region }: Call, group: string): void {
  if (!accounts.groupNamed(key, region, group))
    throw new Refusal('ResourceNotFoundException', 'The specified log group does not exist.');
}

function describeLogGroups(call: Call): object {
  const { accounts, key, region, input } = call;
  const groups = accounts.groupsOf(key, region, textIn(input.logGroupNamePrefix));
  const { page, rest } = pageOf(groups, input.limit);
  return {
    logGroups: page.map(({ name, retentionDays }) => ({
      logGroupName: name,
      arn: `${arnOf(call, name)}:*`,
      creationTime: 0,
      storedBytes: 0,
      ...(retentionDays === undefined ? {} : { retentionInDays: retentionDays }),
    })),
    ...rest,
  };
}

function createLogGroup({ accounts, key, region, input }: Call): object {
  const constraints = new Constraints();
  const name = groupOf(constraints, input);
  constraints.settle('InvalidParameterException');
  if (/^aws\//i.test(name))
    throw new Refusal('InvalidParameterException', 'Log groups starting with AWS/ are reserved for AWS.');
  if (accounts.groupNamed(key, region, name))
    throw new Refusal('ResourceAlreadyExistsException', 'The specified log group already exists');
  accounts.addLogGroup(name, region, key.accountId);
  return {};
}

function createLogStream(call: Call): object {
  const { logs, key, region, input, now } = call;
  const constraints = new Constraints();
  const { group, stream } = groupAndStream(constraints, input);
  constraints.settle('InvalidParameterException');
  checkGroup(call, group);
  if (!logs.create({ accountId: key.accountId, region }, group, stream, now))
    throw new Refusal('ResourceAlreadyExistsException', 'The specified log stream already exists');
  return {};
}

const described = (stream: LogStream, groupArn: string): object => ({
  logStreamName: stream.name,
  creationTime: stream.createdAt,
  arn: `${groupArn}:log-stream:${stream.name}`,
  storedBytes: 0,
  ...(stream.count === 0
    ? {}
    : {
        firstEventTimestamp: stream.firstTimestamp,
        lastEventTimestamp: stream.lastTimestamp,
        lastIngestionTime: stream.lastIngestionTime,
      }),
});

function describeLogStreams(call: Call): object {
  const { logs, key, region, input } = call;
  const constraints = new Constraints();
  const group = groupOf(constraints, input);
  constraints.settle('InvalidParameterException');
  checkGroup(call, group);
  const prefix = textIn(input.logStreamNamePrefix);
  const streams = logs
    .streams(group, { accountId: key.accountId, region })
    .filter(({ name }) => name.startsWith(prefix));
  const { page, rest } = pageOf(streams, input.limit);
  return { logStreams: page.map((stream) => described(stream, arnOf(call, group))), ...rest };
}

export const LOG_OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeLogGroups: { service: LOGS, action: 'logs:DescribeLogGroups', perform: describeLogGroups },
  DescribeLogStreams: { service: LOGS, action: 'logs:DescribeLogStreams', perform: describeLogStreams },
  CreateLogGroup: { service: LOGS, action: 'logs:CreateLogGroup', perform: createLogGroup },
  CreateLogStream: { service: LOGS, action: 'logs:CreateLogStream', perform: createLogStream },
  PutLogEvents: { service: LOGS, action: 'logs:PutLogEvents', perform: putLogEvents },
};
