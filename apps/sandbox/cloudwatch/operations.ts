import type { AwsAccounts, AwsKey } from './aws-account.js';

/** One of AWS's services as it is on the wire (AWS SDK for JavaScript 3.1162 and 3.1169, seen 2026-11-20). */
export interface Service {
  /** In the scope of a signature. */
  readonly name: string;
  readonly target: string;
  readonly contentType: string;
  readonly hasQueryErrors: boolean;
  readonly unknownKey: string;
  readonly badSignature: string;
}

export const LOGS: Service = {
  name: 'logs',
  target: 'Logs_20140328',
  contentType: 'application/x-amz-json-1.1',
  hasQueryErrors: false,
  unknownKey: 'UnrecognizedClientException',
  badSignature: 'InvalidSignatureException',
};
export const METRICS: Service = {
  name: 'monitoring',
  target: 'GraniteServiceVersion20100801',
  contentType: 'application/x-amz-json-1.0',
  hasQueryErrors: true,
  unknownKey: 'InvalidClientTokenId',
  badSignature: 'SignatureDoesNotMatch',
};

/** A call of somebody who is known and may make it. */
export interface Operation {
  readonly service: Service;
  /** The IAM action it needs. */
  readonly action: string;
  readonly perform: (call: {
    readonly accounts: AwsAccounts;
    readonly key: AwsKey;
    readonly region: string;
    readonly input: Readonly<Record<string, unknown>>;
  }) => object;
}

const DEFAULT_GROUPS = 50;

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeLogGroups: {
    service: LOGS,
    action: 'logs:DescribeLogGroups',
    perform: ({ accounts, key, region, input }) => {
      const { logGroupNamePrefix, limit } = input;
      const groups = accounts.groupsOf(
        key,
        region,
        typeof logGroupNamePrefix === 'string' ? logGroupNamePrefix : '',
      );
      const page = groups.slice(0, typeof limit === 'number' ? limit : DEFAULT_GROUPS);
      return {
        logGroups: page.map(({ name }) => ({
          logGroupName: name,
          arn: `arn:aws:logs:${region}:${key.accountId}:log-group:${name}:*`,
          creationTime: 0,
          storedBytes: 0,
        })),
        ...(page.length < groups.length ? { nextToken: 'more' } : {}),
      };
    },
  },
  ListMetrics: {
    service: METRICS,
    action: 'cloudwatch:ListMetrics',
    perform: () => ({ Metrics: [] }),
  },
};
