import { SINKS } from '../../../libs/sinks/index.js';
import { StoryChapter } from './planted-chapter.js';
import type { Secrets } from './planted-vendors.js';

/** What each sink needs beside its secrets. A new sink needs a line here. */
const CONFIGS: Readonly<Record<string, object>> = {
  slack: { channelId: '#planted' },
  opsGenie: {},
  awsCloudWatchLogs: { groupName: '/spillway/planted', region: 'eu-west-1' },
  awsCloudWatchMetrics: { namespace: 'spillway', region: 'eu-west-1' },
};
const PREFIXES: Readonly<Record<string, string>> = { token: 'xoxb-' };

/** Credentials of every sink of the catalog: made, read, changed, tested with all that a vendor may say, sent wrongly, deleted. */
export class IntegrationsChapter extends StoryChapter {
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
      const second = secrets('second');
      await client.made({ method: 'PUT', path, body: { data: second } });
      await this.tests(path, kind, second);
      await this.wrongIntegrations(all, kind, config, secrets('wrong'));
      await client.made({ method: 'GET', path: all });
      await client.made({ method: 'GET', path: `/hub/v1/${this.scene.project}/integrations/${id}/health` });
      await client.made({ method: 'DELETE', path });
      await client.made({ method: 'GET', path });
    }
  }

  private async tests(path: string, kind: string, secrets: Secrets): Promise<void> {
    const vendor = this.scene.vendors.of(kind);
    const test = () => this.scene.client.call({ method: 'POST', path: `${path}/test` });
    const refused = async (arrange: () => void): Promise<void> => {
      arrange();
      const { request, status } = await test();
      if (status < 400) throw new Error(`${request} of ${kind}: ${status}`);
      vendor.recover();
    };
    await refused(() => undefined);
    vendor.accept(secrets);
    await this.scene.client.made({ method: 'POST', path: `${path}/test` });
    for (const page of vendor.pages) await refused(page);
    for (const secret of Object.values(secrets)) await refused(() => vendor.refuse(secret));
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
