import { randomUUID } from 'node:crypto';
import type { AwsKey, AwsRole } from './aws-account.js';
import { Constraints } from './constraints.js';
import type { Call, Operation } from './operation.js';
import { Refusal } from './refusals.js';
import { STS } from './service.js';
import { tag, XML_NAMESPACE } from './xml.js';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, read 2026-11-28. */
const VERSION = '2011-06-15';
const DEFAULT_SECONDS = 3_600;
const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
/** Of a role that another role assumes. */
const MAX_CHAINED_SECONDS = 3_600;
const SESSION_NAME = /[\w+=,.@-]*/;
const EXTERNAL_ID = /[\w+=,.@:/-]*/;

const invalid = (message: string): Refusal => new Refusal('ValidationError', message);

function readRequest({ input }: Call) {
  if (input.Version !== VERSION)
    throw new Refusal('InvalidAction', 'Could not find operation AssumeRole for this version');
  const constraints = new Constraints();
  const arn = constraints.name('roleArn', input.RoleArn, /[ -~]*/, { minimum: 20, maximum: 2_048 });
  const session = constraints.name('roleSessionName', input.RoleSessionName, SESSION_NAME, {
    minimum: 2,
    maximum: 64,
  });
  const externalId =
    input.ExternalId === undefined
      ? undefined
      : constraints.name('externalId', input.ExternalId, EXTERNAL_ID, { minimum: 2, maximum: 1_224 });
  const seconds = Number(input.DurationSeconds ?? DEFAULT_SECONDS);
  if (!Number.isInteger(seconds)) throw new Refusal('MalformedInput', 'DurationSeconds is no number');
  constraints.range('durationSeconds', seconds, MIN_SECONDS, MAX_SECONDS);
  constraints.settle('ValidationError');
  return { arn, session, externalId, seconds };
}

/** Whether the role's trust policy lets them in. A role that is not there trusts nobody: AWS does not tell which it is. */
const trusts = (role: AwsRole | undefined, key: AwsKey, externalId: string | undefined): role is AwsRole =>
  role !== undefined &&
  (role.trusted.includes(key.accessKeyId) || role.trusted.includes(key.accountId)) &&
  (role.externalId === undefined || role.externalId === externalId);

function assumeRole(call: Call): string {
  const { accounts, key, now } = call;
  const { arn, session, externalId, seconds } = readRequest(call);
  const role = accounts.roles.get(arn);
  if (!trusts(role, key, externalId)) {
    const what = `User: ${key.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
    throw new Refusal('AccessDenied', what, 403);
  }
  if (key.session && seconds > MAX_CHAINED_SECONDS)
    throw invalid(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  if (seconds > role.maxSessionSeconds)
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  // The answer has no fractions of a second.
  const expiresAt = Math.floor(now / 1_000 + seconds) * 1_000;
  return answerOf(accounts.openSession(role, session, expiresAt), expiresAt);
}

function answerOf({ accessKeyId, secretAccessKey, session, arn }: AwsKey, expiresAt: number): string {
  const credentials =
    tag('AccessKeyId', accessKeyId) +
    tag('SecretAccessKey', secretAccessKey) +
    tag('SessionToken', session?.token ?? '') +
    tag('Expiration', new Date(expiresAt).toISOString().replace('.000Z', 'Z'));
  const roleId = `AROA0000000000000001:${arn.slice(arn.lastIndexOf('/') + 1)}`;
  const user = tag('AssumedRoleId', roleId) + tag('Arn', arn);
  const result = tag('AssumeRoleResult', tag('Credentials', credentials) + tag('AssumedRoleUser', user));
  const metadata = tag('ResponseMetadata', tag('RequestId', randomUUID()));
  return `<AssumeRoleResponse xmlns="${XML_NAMESPACE}">${result}${metadata}</AssumeRoleResponse>`;
}

export const STS_OPERATIONS: Readonly<Record<string, Operation>> = {
  AssumeRole: { service: STS, action: 'sts:AssumeRole', perform: assumeRole },
};
