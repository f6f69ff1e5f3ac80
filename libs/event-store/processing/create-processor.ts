import type { PointProcessor } from '../receivers/receiver.js';
import { ConditionMaker, type FailureListener } from './condition-maker.js';
import { InvalidProcessing, type ProcessingProblem } from './invalid-processing.js';
import { makeStages } from './make-stages.js';
import { Message, SeriesKeeper } from './message.js';
import type { ProcessingSettings } from './processing-schema.js';
import { readConstants } from './read-constants.js';
import { readSettings } from './read-settings.js';
import { DEFAULT_ORDER, stageNamed, UNIT_STAGES, type StageKey } from './stage-names.js';
import type { Stage } from './stages.js';

export interface ProcessorOptions {
  /** Told of every condition that could not be answered for a message; must not throw. */
  readonly onError?: FailureListener | undefined;
}

export interface Processor {
  /** Undefined when there is nothing to do. */
  readonly process: PointProcessor | undefined;
  /** What is there and does nothing, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Makes a processor of a `process_messages` as cc-lib has them, found at `path`; undefined and null are none. Throws an
 * `InvalidProcessing` that names everything that is wrong with it: shapes, stages, conditions that cannot be read.
 *
 * The processor drops, renames and changes points in the order of `stage_order`, or else in cc-lib's. It changes no point
 * and no series that it is given: it returns the same when nothing is to be changed, and new ones otherwise. It throws
 * nothing. Where cc-lib loses a message because a condition fails on it (text that should be a number), here that condition
 * counts as false, `onError` is told, and the message goes on. A message that is left without any field is dropped.
 */
export function createProcessor(raw: unknown, path: string, { onError }: ProcessorOptions = {}): Processor {
  const warnings: string[] = [];
  if (raw === undefined || raw === null) return { process: undefined, warnings };
  const settings = readSettings(raw, path, warnings);
  const problems: ProcessingProblem[] = [];
  const constants = readConstants(settings.add_base_env ?? {}, `${path}.add_base_env`, warnings, problems);
  const maker = new ConditionMaker(constants, onError ?? (() => undefined));
  const stages = makeStages(settings, path, maker);
  const order = readOrder(settings, path, warnings, problems);
  problems.push(...maker.problems);
  if (problems.length > 0) throw new InvalidProcessing(problems);

  for (const key of stages.keys())
    if (!order.includes(key)) warnings.push(`${path}.${key} is ignored: stage_order leaves it out`);
  const steps = order.flatMap((key) => stages.get(key) ?? []);
  return { process: steps.length === 0 ? undefined : processorOf(steps), warnings };
}

function processorOf(steps: readonly Stage[]): PointProcessor {
  const keeper = new SeriesKeeper();
  return (point) => {
    const message = new Message(point);
    for (const step of steps) if (!step(message)) return undefined;
    return message.toPoint(keeper);
  };
}

function readOrder(
  { stage_order: names }: ProcessingSettings,
  path: string,
  warnings: string[],
  problems: ProcessingProblem[],
): readonly StageKey[] {
  if (!names || names.length === 0) return DEFAULT_ORDER;
  const order: StageKey[] = [];
  for (const [index, name] of names.entries()) {
    const place = `${path}.stage_order.${index}`;
    const stage = stageNamed(name);
    if (stage) order.push(stage);
    else if (UNIT_STAGES.has(name)) warnings.push(`${place} is ignored: ${name} is about units of metrics`);
    else problems.push({ path: place, reason: `must be the name of a stage, not ${JSON.stringify(name)}` });
  }
  return order;
}
