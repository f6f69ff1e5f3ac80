/** The keys of an IAM user. */
export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** IAM actions it may not do: `logs:DescribeLogGroups`. */
  readonly denied: readonly string[];
  /** Account that it belongs to: of others' log groups it sees nothing. */
  readonly accountId: string;
}

export interface LogGroup {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
}

/** What AWS holds: keys and log groups of any number of accounts. */
export class AwsAccounts {
  readonly keys = new Map<string, AwsKey>();
  readonly logGroups: LogGroup[] = [];

  addKey(
    accessKeyId: string,
    secretAccessKey: string,
    { denied = [], accountId = '123456789012' }: Partial<Pick<AwsKey, 'denied' | 'accountId'>> = {},
  ): AwsKey {
    const key = { accessKeyId, secretAccessKey, denied, accountId };
    this.keys.set(accessKeyId, key);
    return key;
  }

  addLogGroup(name: string, region: string, accountId = '123456789012'): LogGroup {
    const group = { name, region, accountId };
    this.logGroups.push(group);
    return group;
  }

  /** By prefix, sorted as AWS sorts them. */
  groupsOf({ accountId }: AwsKey, region: string, prefix: string): LogGroup[] {
    return this.logGroups
      .filter((group) => group.accountId === accountId && group.region === region)
      .filter(({ name }) => name.startsWith(prefix))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  clear(): void {
    this.keys.clear();
    this.logGroups.length = 0;
  }
}
