import type { CustomDecorator } from '@nestjs/common';
import { NeedsRight } from '../../rest/index.js';
import type { Right } from './rights.js';

/** The right that a route, or every route of a controller, needs. A route with neither it nor `@Public()` keeps the app from starting. */
export const Needs = (right: Right): CustomDecorator => NeedsRight(right);
