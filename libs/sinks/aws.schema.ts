import { z } from 'zod';

/**
 * Labels of letters and digits with hyphens between, as all regions have (`eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`;
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html, read 2026-11-20). The name becomes
 * part of the host, so it can hold nothing that would make it another one: no dot, slash, colon, at sign or space.
 */
const REGION = /^[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$/;
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html, read 2026-11-20. */
const ACCESS_KEY_ID = /^[A-Z0-9]{16,128}$/;
/** How the ids of temporary keys begin: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html, read 2026-11-28. */
const TEMPORARY = 'ASIA';
/** They have 40 characters; AWS documents no maximum. */
const MAX_SECRET_ACCESS_KEY_CHARS = 256;
/** Ours: more clusters than that no project has. */
const MAX_CLUSTERS = 1_000;
const MAX_CLUSTER_ID_CHARS = 64;

export const region = z.string().regex(REGION, 'must be the name of an AWS region such as eu-west-1');

/** In the order given. Whether there are such clusters, the schema cannot know. */
export const clusterIds = z
  .array(z.string().min(1).max(MAX_CLUSTER_ID_CHARS))
  .max(MAX_CLUSTERS)
  .default([])
  .superRefine((ids, context) => {
    // A list that is too long gets here as well: nothing may be quadratic.
    const seen = new Set<string>();
    for (const [index, id] of ids.entries()) {
      if (seen.has(id))
        context.addIssue({ code: 'custom', message: 'is in the list already', path: [index] });
      seen.add(id);
    }
  });

/** Keys of an IAM user. Both are write-only: the id alone is of use to somebody who guesses at the rest. */
export const awsSecrets = z.object({
  accessKeyId: z
    .string()
    .regex(ACCESS_KEY_ID, 'must be an access key id: 16 to 128 capital letters and digits')
    .refine(
      (id) => !id.startsWith(TEMPORARY),
      'is a temporary key, which needs its session: enter the key of an IAM user (AKIA…)',
    ),
  secretAccessKey: z
    .string()
    .min(1, 'must hold a secret access key')
    .max(MAX_SECRET_ACCESS_KEY_CHARS, `must have at most ${MAX_SECRET_ACCESS_KEY_CHARS} characters`)
    .regex(/^[\x21-\x7e]*$/, 'must have no spaces, control characters or letters beyond ASCII'),
});
export type AwsSecrets = z.output<typeof awsSecrets>;

/** The `…Display` members under which masked forms of them are shown. */
export const AWS_DISPLAY = {
  accessKeyId: 'accessKeyIdDisplay',
  secretAccessKey: 'secretAccessKeyDisplay',
} as const;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html, and API_Role.html of the API reference, read 2026-11-28. */
const ROLE_ARN = /^arn:aws[a-z-]{0,20}:iam::[0-9]{12}:role\/([\x21-\x7e]{1,510}\/)?[A-Za-z0-9_+=,.@-]{1,64}$/;

/** Members of the integration's `settings` that both AWS sinks have. */
export const awsSettings = z.object({
  /** The role that the keys' user assumes before every call, with the integration's own external id; null for none. */
  roleArn: z
    .string()
    .regex(ROLE_ARN, 'must be the ARN of an IAM role such as arn:aws:iam::123456789012:role/spillway')
    .nullable()
    .default(null),
});
export type AwsSettings = z.output<typeof awsSettings>;

/**
 * What the trust policy of a role must ask for (`sts:ExternalId`), so that nobody who merely knows the role's name gets
 * there through this hub. No secret.
 */
export const externalIdOf = (integrationId: string): string => `spillway-${integrationId}`;
