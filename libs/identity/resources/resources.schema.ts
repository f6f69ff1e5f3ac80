import { z } from 'zod';
import { text } from '../../rest/index.js';

const MAX_NAME_CHARACTERS = 200;

export const nameBody = z.object({
  name: text(1, MAX_NAME_CHARACTERS).regex(/^\P{Cc}*$/u, 'must have no control characters'),
});
export type NameBody = z.output<typeof nameBody>;

export const mfaBody = z.object({ mfaEnabled: z.boolean() });
export type MfaBody = z.output<typeof mfaBody>;
