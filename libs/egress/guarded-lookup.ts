import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressGuard } from './address-guard.js';
import { EgressFailure } from './egress-failure.js';

/**
 * Name resolution for `net.connect` that hands out permitted addresses only. The socket dials exactly what this
 * returns, so a name cannot change its address between check and use.
 */
export function guardedLookup(guard: AddressGuard): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = addresses.filter(({ address }) => guard.allows(address));
      const first = allowed[0];
      if (first === undefined) return callback(addressDenied(hostname), []);
      if (options.all === true) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

export const addressDenied = (host: string): EgressFailure =>
  new EgressFailure('address-denied', `${host} points to a network that may not be contacted from here.`);
