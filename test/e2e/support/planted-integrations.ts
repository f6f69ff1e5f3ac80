import { SINKS } from '../../../libs/sinks/index.js';
import { StoryChapter } from './planted-chapter.js';

/** What each sink needs beside its secrets. A new sink needs a line here. */
const CONFIGS: Readonly<Record<string, object>> = {
  slack: { channelId: '#alerts' },
  opsGenie: {},
  awsCloudWatchLogs: { groupName: '/spillway/planted', region: 'eu-west-1' },
  awsCloudWatchMetrics: { namespace: 'spillway', region: 'eu-west-1' },
};
const PREFIXES: Readonly<Record<string, string>> = { token: 'xoxb-' };

/** Credentials of every sink of the catalog: made, read, changed, tested, sent wrongly, deleted. */
export class IntegrationsChapter extends StoryChapter {
  /** Of every sink of the catalog: made, read, changed, tested, deleted. */
  override async play(): Promise<void> {
    const { client, marks } = this.scene;
    const all = `/integrate/v1/${this.scene.project}/integrations`;
    for (const { kind, display } of SINKS) {
      const config = CONFIGS[kind];
      if (!config) throw new Error(`Say in CONFIGS what ${kind} needs`);
      const secrets = (round: string) =>
        Object.fromEntries(
          Object.keys(display).map((name) => [name, marks.plant(`${kind} ${name} ${round}`, PREFIXES[name])]),
        );
      const data = { sink: kind, ...config, ...secrets('first') };
      const { id } = await client.made({ method: 'POST', path: all, body: { description: kind, data } });
      const path = `${all}/${id}`;
      await client.made({ method: 'GET', path });
      await client.made({ method: 'PUT', path, body: { data: secrets('second') } });
      await client.call({ method: 'POST', path: `${path}/test` });
      await this.wrongIntegrations(all, kind, config, secrets('wrong'));
      await client.made({ method: 'GET', path: all });
      await client.made({ method: 'GET', path: `/hub/v1/${this.scene.project}/integrations/${id}/health` });
      await client.made({ method: 'DELETE', path });
      await client.made({ method: 'GET', path });
    }
  }

  private async wrongIntegrations(all: string, kind: string, config: object, secrets: object): Promise<void> {
    const { client } = this.scene;
    const [name, secret] = Object.entries(secrets)[0] as [string, string];
    const bodies: unknown[] = [
      { data: { sink: secret } },
      { data: { sink: kind, ...config, source: secret, ...secrets } },
      { data: { sink: kind, ...config, ...secrets, [name]: { value: secret } } },
      {
        data: {
          sink: kind,
          ...secrets,
          ...Object.fromEntries(Object.keys(config).map((key) => [key, { secret }])),
        },
      },
      {
        data: {
          sink: kind,
          ...secrets,
          ...Object.fromEntries(Object.keys(config).map((key) => [key, `${secret} \n ${secret}`])),
        },
      },
      { data: secret },
      { description: { secret }, data: { sink: kind, ...config, ...secrets } },
      `{"data":{"${name}":"${secret}"`,
      secret,
    ];
    for (const body of bodies) await client.call({ method: 'POST', path: all, body });
    await client.call({ method: 'POST', path: all, body: secret, contentType: `text/${secret}` });
  }
}
