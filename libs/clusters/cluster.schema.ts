import { z } from 'zod';
import { text } from '../rest/index.js';
import { certificateProblem } from './ca-certificate.js';
import { detectionChange } from './detection-change.schema.js';
import { addressProblem, canonicalAddress } from './node-address.js';

const MAX_NAME_CHARACTERS = 100;
const MAX_NODES = 32;
const MAX_CORES = 1_024;
const MIN_MEMORY_BYTES = 1_048_576;
const MAX_ADDRESS_CHARACTERS = 500;
const MAX_PEM_CHARACTERS = 100_000;
const MAX_USERNAME_CHARACTERS = 200;
const MAX_PASSWORD_CHARACTERS = 1_000;

/** A check that names its own reason, from a function that answers the problem or nothing. */
const checked = (schema: z.ZodString, problemOf: (value: string) => string | undefined) =>
  schema.superRefine((value, context) => {
    const message = problemOf(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const node = z.object({
  address: checked(z.string().max(MAX_ADDRESS_CHARACTERS), addressProblem).transform((address, context) => {
    // A transform also sees what was refused above.
    return context.issues.length > 0 ? address : canonicalAddress(address);
  }),
  cores: z
    .int()
    .min(1)
    .max(MAX_CORES)
    .nullish()
    .describe(
      'Physical cores; without them those that an agent on the host counts; without either core load is not watched',
    ),
  memoryBytes: z
    .int()
    .min(MIN_MEMORY_BYTES)
    .nullish()
    .describe("Physical memory, where the node's own figure is not to be trusted"),
});

const nodes = z
  .array(node)
  .min(1)
  .max(MAX_NODES)
  .superRefine((list, context) => {
    list.forEach(({ address }, index) => {
      if (list.findIndex((other) => other.address === address) === index) return;
      context.addIssue({ code: 'custom', path: [index, 'address'], message: 'stands there twice' });
    });
  });

const tls = z.object({
  caCertificate: checked(z.string().max(MAX_PEM_CHARACTERS), certificateProblem).optional(),
  servername: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, 'must be a host name')
    .optional(),
  insecure: z.boolean().optional().describe('Accept any certificate'),
});

const username = z
  .string()
  .min(1)
  .max(MAX_USERNAME_CHARACTERS)
  .regex(/^[^:]*$/, 'must not hold a colon');
const password = z.string().min(1).max(MAX_PASSWORD_CHARACTERS);
const name = text(1, MAX_NAME_CHARACTERS);
const detection = detectionChange()
  .nullish()
  .describe(
    "The cluster's own thresholds and windows, by kind of issue; what is absent is as the hub has it",
  );
const logs = z
  .object({
    poll: z
      .boolean()
      .nullish()
      .describe(
        'Whether the nodes are asked for their log files (`/admin/logs`): licensed servers hand them out to `$ops`. Lines are read from then on; leave it off where an agent reads the same files, or every line comes twice',
      ),
  })
  .nullish();

/** A cluster as it is registered. */
export const registration = z.object({
  name,
  nodes,
  tls: tls.nullish(),
  credentials: z.object({ username, password }).nullish(),
  detection,
  logs,
});
export type Registration = z.output<typeof registration>;

/**
 * A change of a cluster: what is absent stays; null takes `tls` or `credentials` away, all of
 * `detection` back to the hub's values, or the polling of `logs` away; `nodes` are all nodes. Of credentials the password may be absent while the
 * username stays.
 */
export const registrationChange = z.object({
  name: name.optional(),
  nodes: nodes.optional(),
  tls: tls.nullish(),
  credentials: z.object({ username, password: password.optional() }).nullish(),
  detection,
  logs,
});
export type RegistrationChange = z.output<typeof registrationChange>;
