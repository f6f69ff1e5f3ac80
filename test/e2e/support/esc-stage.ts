import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubProcess } from '../../../apps/sandbox/hub/index.js';
import { SlackStandIn } from '../../../apps/sandbox/slack/index.js';
import { EscClient, EscProblem } from './esc-client.js';
import { esc } from './esc-decoders.js';

export const BOOTSTRAP_TOKEN = 'e2e-bootstrap-token';
export const SLACK_TOKEN = 'xoxb-e2e-esc-cli';
/** An id that nothing has. */
export const UNKNOWN_ID = '0'.repeat(20);

/** A built hub beside a Slack stand-in, and the CLI signed in to it with an organization and a project. */
export interface EscStage {
  readonly hub: HubProcess;
  readonly client: EscClient;
  readonly organizationId: string;
  readonly projectId: string;
  /** `organizations/<id>` */
  readonly organization: string;
  /** `organizations/<id>/projects/<id>` */
  readonly project: string;
  stop(): Promise<void>;
}

export async function startEscStage(): Promise<EscStage> {
  const slack = new SlackStandIn();
  slack.workspace.addToken(SLACK_TOKEN, { userId: 'U1', botId: 'B1' });
  slack.workspace.addChannel('alerts');
  await slack.start();
  const directory = await mkdtemp(join(tmpdir(), 'spillway-esc-'));
  const hub = await HubProcess.start({
    SPILLWAY_DATA_DIR: directory,
    SPILLWAY_BOOTSTRAP_TOKEN: BOOTSTRAP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
  });
  const client = await newEscClient(hub);
  await client.refresh(BOOTSTRAP_TOKEN);
  const organizations = '/resources/v1/organizations';
  const { id: organizationId } = await client.read(esc.created, 'POST', organizations, { name: 'acme' });
  const projects = `${organizations}/${organizationId}/projects`;
  const { id: projectId } = await client.read(esc.created, 'POST', projects, { name: 'orders' });
  const organization = `organizations/${organizationId}`;
  return {
    hub,
    client,
    organizationId,
    projectId,
    organization,
    project: `${organization}/projects/${projectId}`,
    stop: async () => {
      await hub.end();
      await slack.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The CLI as somebody sets it up for this hub. Ports of an API are lost to it: it reaches the hub as a proxy for port 80. */
export async function newEscClient(hub: HubProcess): Promise<EscClient> {
  const answer = await fetch(`${hub.url}/.well-known/public-key.pem`);
  return new EscClient({
    apiBaseUrl: 'http://esc.example',
    identityUrl: 'http://esc.example',
    audience: 'https://api.eventstore.cloud',
    clientId: 'OraYp3cFES9O8aWuQtnqi1A7m534iTwt',
    publicKey: await answer.text(),
    proxy: hub.url,
  });
}

/** The problem that a command ends with. Throws when it ends otherwise. */
export async function problemOf(request: Promise<unknown>): Promise<EscProblem> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof EscProblem) return error;
  throw new Error(`no problem, but ${String(error)}`);
}
