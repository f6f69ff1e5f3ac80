import type { Outcome } from '../domain/index.js';
import { awsClientOptions, callAws, notBegun, type AwsFailure, type SigningKeys } from './aws.client.js';

/** AWS's own default, which every role allows: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, read 2026-11-28. */
const SESSION_SECONDS = 3_600;
/** Of a session's name (ibid.). */
const MAX_SESSION_NAME_CHARS = 64;
/** By which the operator puts another base URL in the place of STS. */
const URL_SETTING = 'AWS_ENDPOINT_URL_STS';

/** A role, and who assumes it by which external id. */
export interface AssumedRole {
  readonly roleArn: string;
  readonly externalId: string;
  readonly keys: SigningKeys;
  readonly region: string;
}

/** Keys that are good for a while. */
export interface RoleSession extends SigningKeys {
  readonly sessionToken: string;
  readonly expiresMs: number;
}

/** One call to STS. Never throws for what becomes of it; its failures are of the caller's credentials, of no single call of his. */
export async function assumeRole(
  { roleArn, externalId, keys, region }: AssumedRole,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly ok: true; readonly session: RoleSession } | AwsFailure> {
  const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient(awsClientOptions(region, keys, settings[URL_SETTING] as string | undefined));
  try {
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: externalId.slice(0, MAX_SESSION_NAME_CHARS),
      ExternalId: externalId,
      DurationSeconds: SESSION_SECONDS,
    });
    const call = { label: 'AWS STS', apiUrlSetting: URL_SETTING, action: 'sts:AssumeRole', region };
    const answer = await callAws(call, () => client.send(command));
    if (!answer.ok) return { ...answer, isBegun: false, outcome: refused(answer, roleArn, externalId) };
    const session = sessionIn(answer.output.Credentials);
    return session ? { ok: true, session } : notBegun(UNUSABLE);
  } finally {
    client.destroy();
  }
}

interface IssuedKeys {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
  readonly Expiration?: Date | undefined;
}

function sessionIn(issued: IssuedKeys | undefined): RoleSession | undefined {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = issued ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresMs: Expiration.getTime(),
  };
}

const UNUSABLE: Outcome = {
  kind: 'transient',
  code: 'unreadable_answer',
  reason: `The answer of AWS STS holds no session: check ${URL_SETTING} and any proxy in between.`,
};

/** That the role cannot be had is nothing that is wrong with a single batch: it is never `rejected`. */
function refused({ outcome }: AwsFailure, roleArn: string, externalId: string): Outcome {
  if (outcome.kind === 'unauthorized' && outcome.code === 'AccessDenied')
    return {
      ...outcome,
      reason: `The keys may not assume ${roleArn}: allow sts:AssumeRole on it in an IAM policy of the keys' user, and let the role's trust policy name that user and the external id ${externalId}.`,
    };
  if (outcome.kind !== 'rejected' && outcome.kind !== 'gone') return outcome;
  return {
    kind: 'unauthorized',
    code: outcome.code,
    reason: `AWS STS does not let the keys assume ${roleArn} ("${outcome.code}"): check settings.roleArn and the role.`,
  };
}
