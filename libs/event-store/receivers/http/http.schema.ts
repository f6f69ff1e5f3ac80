import { z } from 'zod';
import { goDuration } from '../../configuration/go-duration.js';
import { listeningPort } from '../../configuration/port.js';
import { clusterNameProblem } from '../../record/index.js';

const MAX_PATH_CHARACTERS = 1_000;

/** The original takes an empty text for none. */
const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));

/** Keys of everything that takes lines by HTTP. `cluster` is ours, the others are the original's. */
export const listenerKeys = {
  /** Name or address to listen on; empty: on all. */
  address: z.string().default(''),
  port: listeningPort.default(8_080),
  path: z
    .string()
    .max(MAX_PATH_CHARACTERS)
    .regex(/^[^?#\s]*$/u, 'must be a path such as "/write", without a query')
    .transform((path) => (path.startsWith('/') ? path : `/${path}`))
    .default('/'),
  /** How long a connection may be idle, in milliseconds; 0: for ever. */
  idle_timeout: z
    .string()
    .transform((text) => (text === '' ? '0s' : text))
    .pipe(goDuration)
    .default(120_000),
  keep_alives_enabled: z.boolean().default(true),
  username: optionalText,
  password: optionalText,
  /** Of lines that name none, in requests that name none either. */
  cluster: optionalText.refine((name) => name === undefined || clusterNameProblem(name) === undefined, {
    error: 'must be the name of a cluster',
  }),
};

type Login = { readonly username?: string | undefined; readonly password?: string | undefined };

/** Half a login protects nothing. */
export const hasWholeLogin = ({ username, password }: Login): boolean =>
  (username === undefined) === (password === undefined);
export const WHOLE_LOGIN = { error: 'needs both username and password, or neither', path: ['username'] };

export const httpSchema = z.object(listenerKeys).refine(hasWholeLogin, WHOLE_LOGIN);
export type ListenerSettings = z.output<typeof httpSchema>;
