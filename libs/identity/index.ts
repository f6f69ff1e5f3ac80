/**
 * Who may call and what is theirs: access tokens, the guards, organizations and projects, and sealed credentials.
 *
 * Every room may depend on it; it depends on rest, persistence, config, observability and the domain.
 * It leaves to others what belongs to a project (they register with `ProjectRemoval`) and what a sealed text means.
 */
export * from './access/caller.js';
export * from './access/early-refusal.js';
export * from './access/needs.js';
export * from './access/readmission.js';
export * from './access/rights.js';
export * from './access/route-rules.js';
export * from './access-tokens.js';
export * from './audit/actor.js';
export * from './audit/audit.js';
export * from './bootstrap.js';
export * from './identity.module.js';
export { UnusableKey } from './key-file.js';
export * from './project-removal.js';
export * from './keys/key-ring.js';
export * from './keys/key-times.js';
export * from './keys/reseal.js';
export * from './keys/signing-keys.js';
export * from './secret-box.js';
export * from './secret-key-file.js';
export * from './secret-keys.js';
export * from './secrets.module.js';
export * from './tenant.js';
