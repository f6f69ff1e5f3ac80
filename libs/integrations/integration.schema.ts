import { z } from 'zod';
import { ID_PATTERN } from '../domain/index.js';
import { text } from '../rest/index.js';
import { SINKS } from '../sinks/index.js';
import { describeData } from './integration-data.openapi.js';
import { describeSettings } from './integration-settings.js';

const MAX_DESCRIPTION_CHARACTERS = 1_000;

const description = text(0, MAX_DESCRIPTION_CHARACTERS);
/** Members are checked against the sink's definition, which the schema of a body cannot know. */
const data = z.looseObject({});

/** What is ours beside the contract's data; checked against the sink's definition, as `data` is. */
export const settingsBody = z.looseObject({}).meta(describeSettings(SINKS));
export type SettingsBody = z.output<typeof settingsBody>;

export const creation = z.object({
  description: description.default(''),
  data: data.meta(describeData(SINKS, 'create')),
  settings: settingsBody.optional().describe('What is left out has its default, as in PUT settings'),
});
export type Creation = z.output<typeof creation>;

/** A change: what is absent stays; `{}` is legal and changes nothing. */
export const update = z.object({
  description: description.optional(),
  data: data.meta(describeData(SINKS, 'update')).optional(),
});
export type Update = z.output<typeof update>;

/** Whether what is given is tried at the sink first. */
export const verifyQuery = z.object({
  verify: z
    .enum(['true', 'false'])
    .optional()
    .describe('With true the connection is tested first, and nothing is saved when the test fails'),
});
export type VerifyQuery = z.output<typeof verifyQuery>;

/** An integration that is not saved, or a change of one that is. */
export const trial = z.object({
  data: data.meta(describeData(SINKS, 'update')),
  settings: settingsBody.optional(),
  integrationId: z
    .string()
    .regex(ID_PATTERN, 'is no id of this hub')
    .optional()
    .describe('Of a saved integration: what is not given is as it is there, credentials and settings too'),
});
export type Trial = z.output<typeof trial>;

/** An integration that is not saved, without its credentials. */
export const projection = z.object({
  data: data.meta(describeData(SINKS, 'update')),
  settings: settingsBody.optional(),
});
export type ProjectionBody = z.output<typeof projection>;
