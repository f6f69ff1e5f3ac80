import { z } from 'zod';

const LARGEST = 65_535;

/** A port to listen on, as text or as a number; the system chooses for 0. */
export const listeningPort = portFrom(0);
/** A port to connect to, as text or as a number. */
export const remotePort = portFrom(1);

function portFrom(least: number) {
  const wanted = `must be a port from ${least} to ${LARGEST}`;
  return z
    .union([z.string(), z.number()], `${wanted}, as text or as a number`)
    .transform((given, context) => {
      const port = typeof given === 'number' || /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
      if (Number.isInteger(port) && port >= least && port <= LARGEST) return port;
      context.addIssue({ code: 'custom', message: `${wanted}, not ${JSON.stringify(given).slice(0, 40)}` });
      return z.NEVER;
    });
}
