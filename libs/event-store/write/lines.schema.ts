import { z } from 'zod';
import { clusterNameProblem } from '../record/index.js';

/** Empty is as good as absent: scripts leave it so. */
export const linesQuery = z.object({
  cluster: z
    .string()
    .transform((name) => (name === '' ? undefined : name))
    .superRefine((name, context) => {
      const message = name === undefined ? undefined : clusterNameProblem(name);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe('Id or name of the cluster that lines are of which name none'),
});
export type LinesQuery = z.output<typeof linesQuery>;
