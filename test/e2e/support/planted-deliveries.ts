import { StoryChapter } from './planted-chapter.js';

const CHANNEL = 'alerts';

/** A token that goes to Slack: well, past a proxy that shows what it was sent, and when it is revoked meanwhile. */
export class DeliveryChapter extends StoryChapter {
  override async play(): Promise<void> {
    const { client, marks } = this.scene;
    const { slack } = this.scene.vendors;
    const token = marks.plant('slack delivering', 'xoxb-');
    slack.workspace.addToken(token, { userId: 'U1', botId: 'B1' });
    slack.workspace.addChannel(CHANNEL);
    const all = `/integrate/v1/${this.scene.project}/integrations`;
    const data = { sink: 'slack', source: 'issues', channelId: `#${CHANNEL}`, token };
    const { id } = await client.made({ method: 'POST', path: all, body: { description: 'alerts', data } });
    await client.made({ method: 'POST', path: `${all}/${id}/test` });
    slack.faults.next('chat.postMessage', { kind: 'html' });
    slack.faults.next('chat.postMessage', { kind: 'body', body: `{"ok":false,"error":"${token}"` });
    await this.report('open');
    await this.until('a message', async () => slack.workspace.visibleMessages(CHANNEL).length > 0);
    slack.workspace.revokeToken(token);
    await this.report('closed');
    const health = `/hub/v1/${this.scene.project}/integrations/${id}/health`;
    await this.until(
      'a failing integration',
      async () => (await client.made({ method: 'GET', path: health })).health === 'failing',
    );
    await client.call({ method: 'POST', path: `${all}/${id}/test` });
    slack.faults.next('*', { kind: 'html' });
    await client.call({ method: 'POST', path: `${all}/${id}/test` });
  }

  private report(event: 'open' | 'closed'): Promise<unknown> {
    const body = { key: 'k', event, kind: 'backup', severity: 'warning', message: 'late' };
    return this.scene.client.made({
      method: 'POST',
      path: `/hub/v1/${this.scene.project}/issues/events`,
      body,
    });
  }
}

/** Credentials of a watched cluster whose node answers, then is not understood; and others that are sent wrongly. */
export class ClustersChapter extends StoryChapter {
  override async play(): Promise<void> {
    const { client, marks, cluster } = this.scene;
    const all = `/hub/v1/${this.scene.project}/clusters`;
    const credentials = () => ({ username: 'ops', password: marks.plant('cluster password') });
    const nodes = cluster.nodes.map(({ url }) => ({ address: url }));
    const body = { name: 'orders-db', nodes, credentials: credentials() };
    const { id } = await client.made({ method: 'POST', path: all, body });
    const observed = async (
      look: (endpoints: Record<string, { ok: boolean }>) => boolean,
    ): Promise<boolean> => {
      const found = await client.made({ method: 'GET', path: `${all}/${id}` });
      return look(found.nodes[0].endpoints ?? {});
    };
    await this.until('an observation', () => observed(({ stats }) => stats?.ok === true));
    cluster.setFault(0, 'html');
    await this.until('a failed observation', () => observed(({ stats }) => stats?.ok === false));
    await client.made({ method: 'PATCH', path: `${all}/${id}`, body: { credentials: credentials() } });
    for (const wrong of [
      { ...body, credentials: { username: { secret: marks.plant('cluster wrong') }, password: 7 } },
      {
        ...body,
        nodes: [{ address: `http://ops:${marks.plant('cluster in address')}@n1.example.com:2113` }],
      },
      { ...body, tls: { caCertificate: marks.plant('cluster in certificate') } },
    ])
      await client.call({ method: 'POST', path: all, body: wrong });
  }
}
