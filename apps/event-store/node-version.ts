const OLDEST = 24;

/** Why this program cannot run with that version of Node, as a sentence; undefined when it can. */
export const nodeProblem = (version: string): string | undefined =>
  Number.parseInt(version, 10) >= OLDEST
    ? undefined
    : `It needs Node ${OLDEST} or newer, and this is ${version}; the npm scripts of this repository bring it along.`;
