/** The paths of a route of cc-event-store: it answers below itself, too, whatever comes there. */
export const withSubPaths = (path: string): string[] => [path, `${path}/*`];
