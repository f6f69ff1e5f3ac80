import { accessTokenFor, StoryChapter, type StoryScene } from './planted-chapter.js';
import { ClustersChapter, DeliveryChapter } from './planted-deliveries.js';
import { IntegrationsChapter } from './planted-integrations.js';
import { PeopleChapter, TokensChapter } from './planted-people.js';
import { StreamsChapter } from './planted-streams.js';

/** Which marks may stand in the answer to which request: where a secret is shown once, or goes back to its sender. */
export const SHOWN_BY_DESIGN: readonly { readonly request: RegExp; readonly marks: readonly string[] }[] = [
  {
    request: /^POST \/oauth\/token$/,
    marks: ['access token', 'refresh token', 'bootstrap token', 'own token'],
  },
  { request: /^POST \/access\/v1\/tokens\/user$/, marks: ['own token'] },
  { request: /^POST \/hub\/v1\/.*\/ingest-tokens$/, marks: ['ingest token'] },
  { request: /^(POST|PUT) \/access\/v1\/.*\/invites$/, marks: ['invite code', 'resent code'] },
  { request: /^POST \/hub\/v1\/account\/mfa$/, marks: ['totp secret'] },
  // A problem names the path that it is about, to whoever asked for it.
  { request: /in-a-path/, marks: ['in a path'] },
];

/** Everything that is done with secrets, done once: well, wrongly, and while a sink fails. */
export async function playStory(
  world: Omit<StoryScene, 'organization' | 'project'>,
  bootstrapToken: string,
): Promise<void> {
  const { client } = world;
  const form = { grant_type: 'refresh_token', client_id: 'c', refresh_token: bootstrapToken };
  client.token = await accessTokenFor(world, form);
  const organizations = '/resources/v1/organizations';
  const { id } = await client.made({ method: 'POST', path: organizations, body: { name: 'acme' } });
  const projects = `${organizations}/${id}/projects`;
  const { id: projectId } = await client.made({ method: 'POST', path: projects, body: { name: 'orders' } });
  const organization = `organizations/${id}`;
  const scene = { ...world, organization, project: `${organization}/projects/${projectId}` };
  for (const Chapter of CHAPTERS) await new Chapter(scene).play();
}

/** Secrets where none belongs. */
export class NonsenseChapter extends StoryChapter {
  override async play(): Promise<void> {
    const { client, marks } = this.scene;
    const inPath = `in-a-path-${marks.plant('in a path')}`;
    await client.call({ method: 'GET', path: `/${inPath}` });
    await client.call({ method: 'GET', path: `/hub/v1/${this.scene.project}/clusters/${inPath}` });
    await client.call({
      method: 'GET',
      path: `/hub/v1/${this.scene.project}/issues?limit=${marks.plant('query')}`,
    });
    await client.call({
      method: 'GET',
      path: `/hub/v1/${this.scene.project}/issues?token=${marks.plant('query token')}`,
    });
    await client.call({ method: 'GET', path: '/resources/v1/organizations', token: marks.plant('bearer') });
    const [header, , signature] = client.token.split('.');
    const forged = Buffer.from(JSON.stringify({ sub: marks.plant('forged claims') })).toString('base64url');
    await client.call({
      method: 'GET',
      path: '/resources/v1/organizations',
      token: `${header}.${forged}.${signature}`,
    });
    await client.form('/oauth/token', { grant_type: marks.plant('grant type') });
    await client.call({
      method: 'POST',
      path: '/oauth/token',
      body: `{"password":"${marks.plant('half a body')}`,
    });
    await client.call({
      method: 'POST',
      path: '/mfa/challenge',
      body: { mfa_token: marks.plant('mfa token'), challenge_type: 'otp' },
    });
  }
}

/** Every GET that the document has, in this tenant. */
export class ReadingChapter extends StoryChapter {
  override async play(): Promise<void> {
    const { client } = this.scene;
    const { paths } = await client.made({ method: 'GET', path: '/docs/openapi.json' });
    const [, organizationId, , projectId] = this.scene.project.split('/');
    for (const [path, operations] of Object.entries<object>(paths)) {
      if (!('get' in operations)) continue;
      const tenant = path.replace('{organizationId}', organizationId!).replace('{projectId}', projectId!);
      await client.call({ method: 'GET', path: tenant.replaceAll(/\{\w+\}/g, '0'.repeat(20)) });
      const kind = /\/(clusters|issues|integrations|members|invites)\/\{\w+\}/.exec(tenant)?.[1];
      if (kind !== undefined) await this.readItems(tenant, kind);
    }
  }

  private async readItems(path: string, kind: string): Promise<void> {
    const { client } = this.scene;
    const list = path
      .slice(0, path.indexOf('/{'))
      .replace('/hub/v1', kind === 'integrations' ? '/integrate/v1' : '/hub/v1');
    const { json } = await client.call({ method: 'GET', path: list });
    const items = (json as Record<string, unknown> | undefined)?.[kind];
    if (!Array.isArray(items)) return;
    for (const { id } of items as { id: string }[])
      await client.call({ method: 'GET', path: path.replaceAll(/\{\w+\}/g, id) });
  }
}

const CHAPTERS = [
  IntegrationsChapter,
  DeliveryChapter,
  StreamsChapter,
  ClustersChapter,
  PeopleChapter,
  TokensChapter,
  NonsenseChapter,
  ReadingChapter,
];
