import { randomBytes, randomUUID } from 'node:crypto';

/** Of everything that is added without one. */
export const DEFAULT_ACCOUNT = '123456789012';

/** The keys of an IAM user, or, with a session, those that an assumed role has for a while. */
export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** IAM actions it may not do: `logs:DescribeLogGroups`. */
  readonly denied: readonly string[];
  /** Account that it belongs to: of others' log groups it sees nothing. */
  readonly accountId: string;
  readonly arn: string;
  readonly session?: AwsSession;
}

export interface AwsSession {
  /** Must come along in `X-Amz-Security-Token`. */
  readonly token: string;
  /** By AWS's clock, in ms since 1970. */
  expiresAt: number;
}

/** A role that others may assume. */
export interface AwsRole {
  readonly arn: string;
  readonly accountId: string;
  /** Asked for by its trust policy; without one any is taken, as AWS does. */
  readonly externalId: string | undefined;
  /** Access key ids and account ids that it trusts. */
  readonly trusted: readonly string[];
  /** IAM actions that a session of it may not do. */
  readonly denied: readonly string[];
  readonly maxSessionSeconds: number;
}

export interface LogGroup {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  /** Events that are older are refused as expired. */
  retentionDays?: number;
}

/** What AWS holds of any number of accounts: keys, roles, sessions and log groups. */
export class AwsAccounts {
  readonly keys = new Map<string, AwsKey>();
  readonly roles = new Map<string, AwsRole>();
  readonly logGroups: LogGroup[] = [];

  addKey(
    accessKeyId: string,
    secretAccessKey: string,
    { denied = [], accountId = DEFAULT_ACCOUNT }: Partial<Pick<AwsKey, 'denied' | 'accountId'>> = {},
  ): AwsKey {
    const arn = `arn:aws:iam::${accountId}:user/spillway`;
    const key = { accessKeyId, secretAccessKey, denied, accountId, arn };
    this.keys.set(accessKeyId, key);
    return key;
  }

  addLogGroup(name: string, region: string, accountId = DEFAULT_ACCOUNT): LogGroup {
    const group = { name, region, accountId };
    this.logGroups.push(group);
    return group;
  }

  /** `arn:aws:iam::<account>:role/<name>`; its account is the one in the ARN. */
  addRole(
    arn: string,
    role: Pick<AwsRole, 'trusted'> & Partial<Omit<AwsRole, 'arn' | 'accountId'>>,
  ): AwsRole {
    const accountId = /^arn:aws:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(arn)?.[1];
    if (accountId === undefined) throw new Error(`${arn} is no role's ARN`);
    const { externalId, trusted, denied = [], maxSessionSeconds = 3_600 } = role;
    const added = { arn, accountId, externalId, trusted, denied, maxSessionSeconds };
    this.roles.set(arn, added);
    return added;
  }

  /** Keys of a role for a while. */
  openSession({ arn, accountId, denied }: AwsRole, sessionName: string, expiresAt: number): AwsKey {
    const name = arn.slice(arn.lastIndexOf('/') + 1);
    const key: AwsKey = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      denied,
      accountId,
      arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${sessionName}`,
      session: { token: Buffer.from(randomUUID()).toString('base64'), expiresAt },
    };
    this.keys.set(key.accessKeyId, key);
    return key;
  }

  /** All temporary keys are too old from now on. */
  expireSessions(): void {
    for (const { session } of this.keys.values()) if (session) session.expiresAt = 0;
  }

  /** By prefix, sorted as AWS sorts them. */
  groupsOf({ accountId }: AwsKey, region: string, prefix: string): LogGroup[] {
    return this.logGroups
      .filter((group) => group.accountId === accountId && group.region === region)
      .filter(({ name }) => name.startsWith(prefix))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  groupNamed({ accountId }: AwsKey, region: string, name: string): LogGroup | undefined {
    return this.logGroups.find(
      (group) => group.name === name && group.region === region && group.accountId === accountId,
    );
  }

  clear(): void {
    this.keys.clear();
    this.roles.clear();
    this.logGroups.length = 0;
  }
}
