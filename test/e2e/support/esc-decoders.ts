import { z } from 'zod';
import { rfc3339 } from './go-time.js';

/**
 * The answers as the `esc` CLI reads them (contract, sections 2 to 7): every required member is there and not null,
 * unknown members are ignored, and an unknown word of an enumeration or an unknown sink fails the whole answer.
 */
const text = z.string();
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish();

const data = z.discriminatedUnion('sink', [
  z.object({
    sink: z.literal('awsCloudWatchLogs'),
    groupName: text,
    region: text,
    source: text,
    clusterIds: z.array(text),
    accessKeyIdDisplay: optional(text),
    secretAccessKeyDisplay: optional(text),
  }),
  z.object({
    sink: z.literal('awsCloudWatchMetrics'),
    namespace: text,
    region: text,
    source: text,
    clusterIds: z.array(text),
    accessKeyIdDisplay: optional(text),
    secretAccessKeyDisplay: optional(text),
  }),
  z.object({ sink: z.literal('gcpLogging'), gcpProjectId: text, logId: text, source: optional(text) }),
  z.object({ sink: z.literal('opsGenie'), apiKeyDisplay: text, source: text }),
  z.object({ sink: z.literal('slack'), channelId: text, tokenDisplay: text, source: text }),
  z.object({ sink: z.literal('pagerDuty'), authTokenDisplay: text, service: text, user: text, source: text }),
]);
const integration = z.object({
  id: text,
  organizationId: text,
  projectId: text,
  description: text,
  status: z.enum(['active', 'deleted']),
  created: rfc3339,
  updated: rfc3339,
  data,
});
const sinkSummary = z.object({
  id: text,
  name: text,
  enabled: z.boolean(),
  supportsTestApi: z.boolean(),
  label: optional(text),
});

const organization = z.object({ id: text, name: text, created: rfc3339, provisioningEnabled: z.boolean() });
const project = z.object({ id: text, name: text, organizationId: text, created: rfc3339 });

const cluster = z.object({
  id: text,
  organizationId: text,
  projectId: text,
  networkId: text,
  description: text,
  created: rfc3339,
  canExpandDisk: z.boolean(),
  cloudIntegratedAuthentication: z.boolean(),
  patchAvailable: z.boolean(),
  protected: z.boolean(),
  diskSizeGb: z.int(),
  diskType: text,
  instanceType: text,
  region: text,
  serverVersion: text,
  serverVersionTag: text,
  health: z.enum(['degraded', 'down', 'health-reporting-error', 'ok', 'issues-detected']),
  projectionLevel: z.enum(['off', 'system', 'user']),
  provider: z.enum(['aws', 'azure', 'gcp']),
  status: z.enum([
    'provisioning',
    'disks available',
    'expanding disks',
    'restarting',
    'available',
    'defunct',
    'inconsistent',
    'upgrading',
    'deleting instances',
    'instances deleted',
    'deleting disks',
    'deleted',
    'resizing',
    'stopping',
    'updating configuration',
    'compute available',
    'installing',
  ]),
  topology: z.enum(['single-node', 'three-node-multi-zone']),
  aclId: optional(text),
  diskIops: optional(z.int()),
  diskThroughput: optional(z.int()),
  publicAccess: optional(z.boolean()),
});

const member = z.object({
  id: text,
  active: z.boolean(),
  created: text,
  email: text,
  name: text,
  organizationId: text,
});
const invite = z.object({
  id: text,
  accepted: z.boolean(),
  created: rfc3339,
  email: text,
  organizationId: text,
  expired: optional(z.boolean()),
  groups: optional(z.array(text)),
});
const log = z.object({
  organizationId: text,
  message: text,
  user: text,
  service: text,
  urn: text,
  time: rfc3339,
});

export const esc = {
  created: z.object({ id: text }),
  integrations: z.object({ integrations: z.array(integration) }),
  integration: z.object({ integration }),
  options: z.object({
    sources: z.array(z.object({ id: text, name: text, enabled: z.boolean(), sinks: z.array(sinkSummary) })),
  }),
  organizations: z.object({ organizations: z.array(organization) }),
  organization: z.object({ organization }),
  mfa: z.object({ mfaEnabled: z.boolean() }),
  projects: z.object({ projects: z.array(project) }),
  project: z.object({ project }),
  clusters: z.object({ clusters: z.array(cluster) }),
  cluster: z.object({ cluster }),
  members: z.object({ members: z.array(member) }),
  member: z.object({ member }),
  invites: z.object({ invites: z.array(invite) }),
  settings: z.object({ settings: z.object({ requireMfa: z.boolean(), restrictInviteDomain: text }) }),
  logs: z.object({ logs: z.array(log) }),
  token: z.object({
    access_token: text,
    token_type: text,
    expires_in: z.int(),
    scope: text,
    refresh_token: optional(text),
  }),
  mfaRequired: z.object({ error: z.literal('mfa_required'), mfa_token: text }),
  challenge: z.object({ challenge_type: z.literal('otp') }),
  problem: z.object({
    type: text,
    title: text,
    status: z.int(),
    instance: text,
    detail: optional(text),
    fields: optional(z.record(text, text)),
  }),
} as const;

/** The claims of an access token as the CLI reads them before it uses one from its file. */
export const claims = z.object({
  exp: z.int(),
  aud: z.string().optional(),
  iss: z.string().optional(),
  sub: z.string().optional(),
  jti: z.string().optional(),
  iat: z.int().optional(),
  nbf: z.int().optional(),
});
