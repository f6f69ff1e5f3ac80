import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import { NeedsRight } from '../../rest/index.js';
import type { Right } from './rights.js';

/** The right that a route, or every route of a controller, needs. A route with neither it nor `@Public()` keeps the app from starting. */
export const Needs = (right: Right): CustomDecorator => NeedsRight(right);

/** Metadata key under which a route says that it goes on answering when its project was deleted. */
export const OUTLIVES_PROJECT = 'spillway:outlives-project';

/** Marks a route that goes on answering when its project was deleted: what it shows is a tombstone then. */
export const OutlivesProject = (): CustomDecorator => SetMetadata(OUTLIVES_PROJECT, true);
