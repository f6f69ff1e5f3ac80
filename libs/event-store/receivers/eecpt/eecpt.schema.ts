import { z } from 'zod';
import { goDuration } from '../../configuration/go-duration.js';
import { hasWholeLogin, listenerKeys, WHOLE_LOGIN } from '../http/http.schema.js';

const SHORTEST_INTERVAL_MS = 100;

export const eecptSchema = z
  .object({
    ...listenerKeys,
    /** Values that are kept of each task; of fewer than three nothing can be said. */
    analysis_buffer_size: z.int().min(3).max(10_000).default(4),
    /** How often jobs are looked at, in milliseconds. */
    analysis_interval: goDuration
      .refine(
        (durationMs) => durationMs >= SHORTEST_INTERVAL_MS,
        `must be at least "${SHORTEST_INTERVAL_MS}ms"`,
      )
      .default(300_000),
    /** Name of the metric that is looked at. */
    analysis_metric: z.string().min(1).default('region_metric'),
  })
  .refine(hasWholeLogin, WHOLE_LOGIN);
export type EecptSettings = z.output<typeof eecptSchema>;
