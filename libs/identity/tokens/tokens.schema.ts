import { z } from 'zod';
import { text } from '../../rest/index.js';

const MAX_LABEL_CHARACTERS = 200;

export const labelBody = z.object({
  label: text(1, MAX_LABEL_CHARACTERS).describe('What the token is for'),
});
export type LabelBody = z.output<typeof labelBody>;
