import { z } from 'zod';
import { text } from '../rest/index.js';
import { SINKS } from '../sinks/index.js';
import { describeData } from './integration-data.openapi.js';

const MAX_DESCRIPTION_CHARACTERS = 1_000;

const description = text(0, MAX_DESCRIPTION_CHARACTERS);
/** Members are checked against the sink's definition, which the schema of a body cannot know. */
const data = z.looseObject({});

export const creation = z.object({
  description: description.default(''),
  data: data.meta(describeData(SINKS, 'create')),
});
export type Creation = z.output<typeof creation>;

/** A change: what is absent stays; `{}` is legal and changes nothing. */
export const update = z.object({
  description: description.optional(),
  data: data.meta(describeData(SINKS, 'update')).optional(),
});
export type Update = z.output<typeof update>;

/** What is ours beside the contract's data. There is none yet. */
export const integrationSettings = z.strictObject({});
export type IntegrationSettings = z.output<typeof integrationSettings>;
