import { newId } from '../../libs/domain/index.js';
import type { ApiApp } from './api-app.js';
import type { ApiClient } from './api-client.js';
import { PASSWORD, SignInClient, type Holder, type Session } from './sign-in-client.js';
import {
  SAMPLE_CLUSTER,
  SAMPLE_EVENT,
  SAMPLE_LINE,
  SAMPLE_RULE,
  SAMPLE_SILENCE,
  SAMPLE_SLACK,
  SAMPLE_WINDOW,
  type SampleTenant,
} from './sample-tenant.js';

/** What a sample may be made of. */
export interface SampleContext {
  readonly api: ApiApp;
  readonly client: ApiClient;
  readonly tenant: SampleTenant;
}

/** A request that succeeds. */
export interface Sample {
  readonly body?: unknown;
  /** Path parameters that are others than the tenant's. */
  readonly ids?: Readonly<Record<string, string>>;
  /** Of whoever sends it; an operator's when absent. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type SampleMaker = (context: SampleContext) => Sample | Promise<Sample>;

const body =
  (content: unknown): SampleMaker =>
  () => ({ body: content });
/** What answers below itself, too. */
const onPaths = (route: string, made: SampleMaker): Record<string, SampleMaker> => ({
  [route]: made,
  [`${route}/*`]: made,
});
const SAMPLE_QUERY = { cluster: 'orders-db', queries: [{ event: 'job' }] };
/** With an ingest token. */
const asProgram =
  (content: unknown): SampleMaker =>
  async ({ client, tenant }) => {
    const tokens = `/hub/v1/${tenant.path}/ingest-tokens`;
    const { token } = (await client.call('POST', tokens, { label: 'lines' })).json;
    return { body: content, headers: { authorization: `Bearer ${String(token)}` } };
  };
const PROJECT = '/organizations/:organizationId/projects/:projectId';
const HUB = `/hub/v1${PROJECT}`;
const INTEGRATIONS = `/integrate/v1${PROJECT}/integrations`;
const ACCESS = '/access/v1/organizations/:organizationId';
const RESOURCES = '/resources/v1/organizations';

/** For every route that changes something a request that succeeds, sent by an operator in a tenant of its own. */
export const SAMPLE_REQUESTS: Readonly<Record<string, SampleMaker>> = {
  [`POST ${RESOURCES}`]: body({ name: 'acme' }),
  [`PUT ${RESOURCES}/:organizationId`]: body({ name: 'acme 2' }),
  [`DELETE ${RESOURCES}/:organizationId`]: body(undefined),
  [`POST ${RESOURCES}/:organizationId/mfa`]: body({ mfaEnabled: true }),
  [`POST ${RESOURCES}/:organizationId/projects`]: body({ name: 'orders' }),
  [`PUT ${RESOURCES}/:organizationId/projects/:projectId`]: body({ name: 'orders 2' }),
  [`DELETE ${RESOURCES}/:organizationId/projects/:projectId`]: body(undefined),

  [`POST ${HUB}/clusters`]: body(SAMPLE_CLUSTER),
  [`PUT ${HUB}/clusters/:clusterId`]: body({ ...SAMPLE_CLUSTER, name: 'orders-db-2' }),
  [`PATCH ${HUB}/clusters/:clusterId`]: body({ name: 'orders-db-2' }),
  [`DELETE ${HUB}/clusters/:clusterId`]: body(undefined),
  [`PUT ${HUB}/integrations/:integrationId/settings`]: body({ filter: { minimumSeverity: 'warning' } }),
  [`POST ${HUB}/integrations/projection`]: body({
    data: { sink: 'awsCloudWatchMetrics', namespace: 'orders', region: 'eu-west-1' },
  }),
  [`POST ${HUB}/integrations/test`]: body({ data: SAMPLE_SLACK }),
  [`POST ${HUB}/silences`]: body(SAMPLE_SILENCE),
  [`PUT ${HUB}/silences/:silenceId`]: body({ ...SAMPLE_SILENCE, reason: 'The disks are replaced once more' }),
  [`DELETE ${HUB}/silences/:silenceId`]: body(undefined),
  [`POST ${HUB}/maintenance-windows`]: body(SAMPLE_WINDOW),
  [`PUT ${HUB}/maintenance-windows/:windowId`]: body({ ...SAMPLE_WINDOW, duration: '3h' }),
  [`DELETE ${HUB}/maintenance-windows/:windowId`]: body(undefined),
  [`POST ${HUB}/integrations/:integrationId/drill`]: body(undefined),
  [`POST ${HUB}/integrations/:integrationId/pause`]: body({ reason: 'We are moving.' }),
  [`POST ${HUB}/integrations/:integrationId/resume`]: async ({ client, tenant }) => {
    await client.call('POST', `/hub/v1/${tenant.path}/integrations/${tenant.ids['integrationId']}/pause`);
    return {};
  },

  [`POST ${INTEGRATIONS}`]: body({ description: 'alerts', data: SAMPLE_SLACK }),
  [`PUT ${INTEGRATIONS}/:integrationId`]: body({ description: 'more alerts' }),
  [`DELETE ${INTEGRATIONS}/:integrationId`]: body(undefined),

  [`POST ${ACCESS}/invites`]: body({ userEmail: 'bob@example.com' }),
  [`PUT ${ACCESS}/invites`]: ({ tenant }) => ({ body: { id: tenant.ids['inviteId'] } }),
  [`DELETE ${ACCESS}/invites/:inviteId`]: body(undefined),
  [`PUT ${ACCESS}/members/:memberId`]: body({ role: 'admin' }),
  [`DELETE ${ACCESS}/members/:memberId`]: body(undefined),
  [`PUT ${ACCESS}/settings`]: body({ restrictInviteDomain: 'example.com' }),
  'POST /access/v1/tokens/user': body({ label: 'terraform' }),
  'DELETE /access/v1/tokens/user/:tokenId': ({ tenant }) => ({ headers: { ...tenant.member.headers } }),

  'POST /hub/v1/accounts': () => ({ body: { email: `${newId()}@example.com`, name: 'Bob' } }),
  'PATCH /hub/v1/accounts/:accountId': body({ name: 'Bob' }),
  'DELETE /hub/v1/accounts/:accountId/mfa': async (context) => {
    const { id, session, signIn } = await holder(context);
    await signIn.enrol(session);
    return { ids: { accountId: id } };
  },
  'DELETE /hub/v1/accounts/:accountId/external-identity': async ({ api, tenant }) => {
    await api.database.query(
      `UPDATE accounts SET external_issuer = 'https://issuer.example', external_subject = id WHERE id = $1`,
      [tenant.ids['accountId']],
    );
    return {};
  },
  'PUT /hub/v1/account/password': async (context) => {
    const { session } = await holder(context);
    return { headers: session.headers, body: { current: PASSWORD, new: `${PASSWORD} and more` } };
  },
  'POST /hub/v1/account/mfa': async (context) => {
    const { session } = await holder(context);
    return { headers: session.headers, body: { password: PASSWORD } };
  },
  'POST /hub/v1/account/mfa/confirm': async (context) => {
    const { session, signIn } = await holder(context);
    const offered = await signIn.call(session, 'POST', '/hub/v1/account/mfa', { password: PASSWORD });
    return { headers: session.headers, body: { otp: signIn.code(offered.json.secret) } };
  },
  'DELETE /hub/v1/account/mfa': async (context) => {
    const { session, signIn } = await holder(context);
    const secret = await signIn.enrol(session);
    return { headers: session.headers, body: { otp: signIn.code(secret, 1) } };
  },
  'POST /hub/v1/account/invites/accept': async (context) => {
    const { email, session } = await holder(context);
    const invites = `/access/v1/organizations/${context.tenant.ids['organizationId']}/invites`;
    const { code } = (await context.client.call('POST', invites, { userEmail: email })).json;
    return { headers: session.headers, body: { code } };
  },

  [`POST ${HUB}/ingest-tokens`]: body({ label: 'telegraf' }),
  [`DELETE ${HUB}/ingest-tokens/:ingestTokenId`]: body(undefined),
  [`POST ${HUB}/issues/:issueId/acknowledge`]: body(undefined),
  [`DELETE ${HUB}/issues/:issueId/acknowledge`]: async ({ client, tenant }) => {
    await client.call('POST', `/hub/v1/${tenant.path}/issues/${tenant.ids['issueId']}/acknowledge`);
    return {};
  },

  ...onPaths(`POST ${HUB}/api/write`, body(SAMPLE_LINE)),
  ...onPaths('POST /api/write', asProgram(SAMPLE_LINE)),
  ...onPaths(`POST ${HUB}/api/query`, body(SAMPLE_QUERY)),
  ...onPaths('POST /api/query', asProgram(SAMPLE_QUERY)),
  [`POST ${HUB}/event-rules`]: body(SAMPLE_RULE),
  [`PUT ${HUB}/event-rules/:eventRuleId`]: body({ ...SAMPLE_RULE, enabled: false }),
  [`DELETE ${HUB}/event-rules/:eventRuleId`]: body(undefined),
  [`POST ${HUB}/event-rules/test`]: body({ rule: SAMPLE_RULE, line: 'job,cluster=c event="{}"' }),
  [`POST ${HUB}/issues/events`]: body(SAMPLE_EVENT),
  [`POST ${HUB}/explain`]: body({ issue: { kind: 'backup', severity: 'warning' } }),
  [`POST ${HUB}/integrations/:integrationId/replay`]: body({ filter: {} }),
  [`POST ${HUB}/notifications`]: body({ message: 'Cluster instances failed to provision' }),
  [`POST ${HUB}/clusters/:clusterId/provisioning`]: body({ step: 'instances', outcome: 'failed' }),
  [`POST ${INTEGRATIONS}/:integrationId/test`]: body(undefined),
};

/** Somebody with a password, signed in. */
async function holder({
  api,
  client,
}: SampleContext): Promise<Holder & { session: Session; signIn: SignInClient }> {
  const signIn = new SignInClient(api, client);
  const found = await signIn.holder();
  return { ...found, session: await signIn.session(found.email), signIn };
}

/** Routes of what Spillway does not have: they answer 404 to whoever may ask, and change nothing. */
const NOT_OFFERED = [
  /^\/(infra|orchestrate)\/v1\//,
  /^\/access\/v1\/(organizations\/:organizationId\/(groups|policies)\b|policy\/allowed$)/,
  /^\/mesdb\/v1\//,
];
export const isOffered = ({ path }: { readonly path: string }): boolean =>
  !NOT_OFFERED.some((pattern) => pattern.test(path));

/** Routes that leave nothing in the audit log, and why. */
export const NO_DEEDS: Readonly<Record<string, string>> = {
  [`POST ${HUB}/explain`]: 'it only asks',
  [`POST ${HUB}/integrations/projection`]: 'it only asks',
  [`POST ${HUB}/event-rules/test`]: 'it only asks',
  [`POST ${HUB}/api/query`]: 'it only asks',
  [`POST ${HUB}/api/query/*`]: 'it only asks',
  'POST /api/query': 'it only asks',
  'POST /api/query/*': 'it only asks',
  [`POST ${HUB}/api/write`]: 'facts that are reported',
  [`POST ${HUB}/api/write/*`]: 'facts that are reported',
  'POST /api/write': 'facts that are reported',
  'POST /api/write/*': 'facts that are reported',
  [`POST ${HUB}/issues/events`]: 'a fact that is reported, kept with its issue',
  [`POST ${HUB}/notifications`]: 'a fact that is reported',
};
