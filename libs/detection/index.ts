/**
 * Detectors: pure rules that turn a sequence of observations into transitions of issues. To add one: a file here and
 * a line in `detectors.ts`.
 *
 * The collection depends on this room; it imports only the domain and zod. It leaves to others how observations are
 * made and where state is kept (collection), and what becomes of a transition (delivery).
 */
export * from './detection-config.js';
export * from './detector.js';
export * from './detectors.js';
export * from './gossip-view.js';
export * from './host-figures.js';
export * from './judge.js';
export * from './observation.js';
export * from './off-message.js';
export * from './recorded-look.js';
export * from './replay-summary.js';
export * from './replay.js';
export * from './setting.js';
