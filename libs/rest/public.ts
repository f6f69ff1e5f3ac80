import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Metadata key under which a route says that it needs no token; read by identity's guard. */
export const PUBLIC_ROUTE = 'spillway:public';

/** Metadata key under which a route says that a refresh token opens it as well; read by identity's guard. */
export const LASTING_TOKEN_ROUTE = 'spillway:lasting-token';

/** Marks a route for programs that cannot fetch an access token every hour: a refresh token opens it as well. */
export const AcceptsRefreshToken = (): CustomDecorator => SetMetadata(LASTING_TOKEN_ROUTE, true);

/** Marks a route, or all routes of a controller, as open to everybody. Without it a route needs an access token. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);

/** Metadata key under which a route names the right that it needs; read by identity's guard. */
export const RIGHT_NEEDED = 'spillway:right';

/** Names the right that a route needs. Rooms above identity use its `Needs`, which knows the names. */
export const NeedsRight = (right: string): CustomDecorator => SetMetadata(RIGHT_NEEDED, right);
