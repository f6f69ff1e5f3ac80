/**
 * Environment variables into typed settings, by one schema from which the README's table is generated.
 *
 * Everybody may depend on this room; it imports the domain, and from the detectors the
 * settings that they declare. A bad or unknown setting stops the start by name.
 */
export * from './load-settings.js';
export * from './settings-table.js';
export * from './settings.js';
export * from './token.js';
