import { StoryChapter } from './planted-chapter.js';

const REGION = 'eu-west-1';
const GROUP = '/spillway/planted';
const ROLE_ACCOUNT = '222222222222';

const SINKS = [
  {
    sink: 'awsCloudWatchLogs',
    place: { groupName: GROUP },
    call: 'PutLogEvents',
    line: (message: string) => `log,hostname=n1 log="${message}"`,
  },
  {
    sink: 'awsCloudWatchMetrics',
    place: { namespace: 'spillway' },
    call: 'PutMetricData',
    // Of a minute that is over, so that it goes at once.
    line: () => `sys_cpu,hostname=n1 value=1 ${Date.now() - 120_000}000000`,
  },
] as const;

/** Keys that go to AWS, those of a role's session, and the token that lines come with: past a proxy that shows them. */
export class StreamsChapter extends StoryChapter {
  override async play(): Promise<void> {
    const token = await this.ingestToken();
    for (const [index, sink] of SINKS.entries()) await this.deliver(sink, index, token);
  }

  private async deliver({ sink, place, call, line }: (typeof SINKS)[number], index: number, token: string) {
    const { client, marks } = this.scene;
    const { cloudWatch } = this.scene.vendors;
    const keys = {
      accessKeyId: marks.plant(`${sink} access key delivering`),
      secretAccessKey: marks.plant(`${sink} secret key delivering`),
    };
    cloudWatch.accounts.addKey(keys.accessKeyId, keys.secretAccessKey);
    cloudWatch.accounts.addLogGroup(GROUP, REGION, ROLE_ACCOUNT);
    const roleArn = `arn:aws:iam::${ROLE_ACCOUNT}:role/planted-${index}`;
    cloudWatch.accounts.addRole(roleArn, { trusted: [keys.accessKeyId] });
    const integrations = `/integrate/v1/${this.scene.project}/integrations`;
    const data = { sink, ...place, region: REGION, ...keys };
    const { id } = await client.made({
      method: 'POST',
      path: integrations,
      body: { description: sink, data },
    });
    const own = `/hub/v1/${this.scene.project}/integrations/${id}`;
    const delivered = (count: number) => async (): Promise<boolean> =>
      (await client.made({ method: 'GET', path: `${own}/ledger` })).delivered >= count;

    const story = { call, own, test: `${integrations}/${id}/test`, token };
    await this.refuseTelling({ ...story, line: line('by the user') });
    await this.until('a line by the user', delivered(1));
    await client.made({ method: 'PUT', path: `${own}/settings`, body: { roleArn } });
    cloudWatch.faults.next(call, { kind: 'html', status: 502 });
    await this.write(line('by the role'), token);
    await this.until('a line by the role', delivered(2));
    await this.refuseTelling({ ...story, line: line('by the role again') });
    await this.until('another line by the role', delivered(3));
    this.learnSessions();
  }

  /** A proxy shows what it was sent, and so does a refusal; then it is mended. */
  private async refuseTelling({
    call,
    own,
    test,
    token,
    line,
  }: Record<'call' | 'own' | 'test' | 'token' | 'line', string>): Promise<void> {
    const { client } = this.scene;
    const { cloudWatch } = this.scene.vendors;
    cloudWatch.faults.next(call, { kind: 'html', status: 403 });
    cloudWatch.tell(call);
    await this.write(line, token);
    // Metrics go once a minute, and at once after a test that passed.
    await client.made({ method: 'POST', path: test });
    await this.until('a failing integration', async () => {
      const { health } = await client.made({ method: 'GET', path: `${own}/health` });
      return health === 'failing';
    });
    await client.made({ method: 'POST', path: test });
  }

  private learnSessions(): void {
    const { marks, vendors } = this.scene;
    for (const { accessKeyId, secretAccessKey, session } of vendors.cloudWatch.accounts.keys.values()) {
      if (!session) continue;
      marks.learn('session key id', accessKeyId);
      marks.learn('session secret key', secretAccessKey);
      marks.learn('session token', session.token);
    }
  }

  private async ingestToken(): Promise<string> {
    const { client, marks } = this.scene;
    const path = `/hub/v1/${this.scene.project}/ingest-tokens`;
    const { token } = await client.made({ method: 'POST', path, body: { label: 'lines' } });
    marks.learn('ingest token', token as string);
    await this.write('log log="wrong"', `spi_${marks.plant('ingest token of lines wrong')}`);
    return token as string;
  }

  private write(body: string, token: string): Promise<unknown> {
    const path = '/api/write/?cluster=planted';
    return this.scene.client.call({ method: 'POST', path, body, token, contentType: 'text/plain' });
  }
}
