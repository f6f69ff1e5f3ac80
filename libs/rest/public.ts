import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Metadata key under which a route says that it needs no token; read by identity's guard. */
export const PUBLIC_ROUTE = 'spillway:public';

/** Marks a route, or all routes of a controller, as open to everybody. Without it a route needs an access token. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);
