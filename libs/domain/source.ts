/** Where data starts. */
export const SOURCES = ['issues', 'notifications', 'logs', 'metrics'] as const;
export type Source = (typeof SOURCES)[number];
