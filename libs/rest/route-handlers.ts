import { METHOD_METADATA } from '@nestjs/common/constants.js';
import type { ModulesContainer } from '@nestjs/core';

export type Handler = (...parameters: never[]) => unknown;

/** A method of a controller that answers a route. */
export interface RouteHandler {
  readonly controller: Handler;
  readonly name: string;
  readonly handler: Handler;
}

/** Every handler of every controller of the app. */
export function routeHandlers(modules: ModulesContainer): RouteHandler[] {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    const prototype = metatype.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = name === 'constructor' ? undefined : prototype[name];
      const isRoute = typeof handler === 'function' && Reflect.hasMetadata(METHOD_METADATA, handler);
      return isRoute ? [{ controller: metatype as Handler, name, handler: handler as Handler }] : [];
    });
  });
}
