import { z } from 'zod';

export const memberRole = z.enum(['owner', 'admin', 'member']);

/** A change of a member: what is absent stays. */
export const memberChange = z.object({
  active: z.boolean().optional().describe('An inactive member may do nothing, and is still listed'),
  role: memberRole.optional(),
});
export type MemberChangeBody = z.output<typeof memberChange>;
