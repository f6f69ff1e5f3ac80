import { z } from 'zod';
import { text } from '../../rest/index.js';

const MAX_REASON_CHARACTERS = 200;

/** Why somebody pauses an integration; may be absent, as may the whole body. */
export const pauseBody = z
  .object({ reason: text(1, MAX_REASON_CHARACTERS).nullish().describe('Shown while it is paused') })
  .nullish();
export type PauseBody = z.output<typeof pauseBody>;
