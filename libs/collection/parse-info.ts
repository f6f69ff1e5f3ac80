import { z } from 'zod';
import type { NodeInfo } from '../detection/index.js';
import { todaysState } from './member-state.js';
import { readAnswer, reportedVersion } from './read-answer.js';

const info = z.object({
  state: z.string().regex(/^[A-Za-z]{1,40}$/),
  esVersion: reportedVersion,
});

/** Reads `/info` of 5.x to 26.x. Throws `UnreadableAnswer`. */
export function parseInfo(body: string): NodeInfo {
  const { state, esVersion } = readAnswer(body, info);
  return { state: todaysState(state), version: esVersion };
}
