import { z } from 'zod';
import { clusterNameProblem } from '../record/index.js';
import type { ApiSettings } from '../server/api-parts.js';
import { BadPublicKey, readPublicKey } from '../server/public-key.js';
import { goDuration } from './go-duration.js';
import { listeningPort } from './port.js';
import { leaveOutEmpty, readMembers, type Section } from './section.js';
import { readSettings } from './settings.js';

const publicKey = z.string().superRefine((text, context) => {
  try {
    if (text !== '') readPublicKey(text);
  } catch (error) {
    if (!(error instanceof BadPublicKey)) throw error;
    context.addIssue({ code: 'custom', message: error.message.replace('"jwt_public_key" ', '') });
  }
});
const api = z.object({
  address: z.string().default('localhost'),
  port: listeningPort.default(8088),
  keep_alives_enabled: z.boolean().default(true),
  idle_timeout: goDuration.default(120_000),
  jwt_public_key: publicKey.optional(),
  enable_swagger_ui: z.boolean().default(false),
  default_cluster: z
    .string()
    .refine((name) => name === '' || clusterNameProblem(name) === undefined, 'must be the name of a cluster')
    .optional(),
});
const ADVICE = { addr: 'is ignored: the key is "address"' };

/** Undefined when something is wrong, which is said. */
export function readApi({ object, place }: Section): ApiSettings | undefined {
  const members = readMembers(object, Object.keys(api.shape), place, ADVICE);
  leaveOutEmpty(members, ['idle_timeout'], place);
  const settings = readSettings(api, members, place);
  return (
    settings && {
      address: settings.address,
      port: settings.port,
      keepAlives: settings.keep_alives_enabled,
      idleTimeoutMs: settings.idle_timeout,
      jwtPublicKey: settings.jwt_public_key || undefined,
      isSwaggerUiEnabled: settings.enable_swagger_ui,
      defaultCluster: settings.default_cluster || undefined,
    }
  );
}
