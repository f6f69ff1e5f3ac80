import { isDeepStrictEqual } from 'node:util';
import { openSecrets, sealSecrets } from '../delivery/index.js';
import { badRequest } from '../domain/index.js';
import { SecretUnreadable, type SecretBox } from '../identity/index.js';
import type { IntegrationEdit, IntegrationEntity } from '../persistence/index.js';
import type { SinkDefinition, SinkSecrets } from '../sinks/index.js';
import { definitionOf, readData, secretsIn, type SinkData } from './integration-data.js';
import { displayOf } from './secret-mask.js';

type Data = Readonly<Record<string, unknown>>;

/** What a change writes, and the names of the members that differ: `description`, `data.token`. */
export interface EditPlan {
  readonly edit: IntegrationEdit;
  readonly changed: readonly string[];
}

/** Names of the members in which the two differ. */
export const differing = (before: Data, after: Data): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );

/** `data` laid over what is stored: what an integration would be, with the credentials that it has now. */
interface MergedData extends SinkData {
  /** Undefined when they cannot be opened, and all are given anew. */
  readonly before: SinkSecrets | undefined;
}

/** Throws a 400 for another sink, and for every member that does not fit. */
export function mergedData(box: SecretBox, stored: IntegrationEntity, data: Data): MergedData {
  const definition = definitionOf({ sink: stored.sink });
  if (data['sink'] !== undefined && data['sink'] !== stored.sink) {
    throw badRequest({ 'data.sink': `cannot be changed from ${stored.sink}` });
  }
  const before = secretsBefore(box, definition, stored, data);
  return { before, ...readData(definition, data, { ...stored, secrets: before ?? {} }) };
}

/** What laying `data` over the stored integration writes; nothing where nothing differs. Throws as `mergedData`. */
export function dataEdit(box: SecretBox, stored: IntegrationEntity, data: Data): EditPlan {
  const definition = definitionOf({ sink: stored.sink });
  const { before, source, config, secrets } = mergedData(box, stored, data);
  const [otherConfig, otherSecrets] = [differing(stored.config, config), differing(before ?? {}, secrets)];
  const edit: IntegrationEdit = {};
  if (source !== stored.source) edit.source = source;
  if (otherConfig.length > 0) edit.config = { ...config };
  if (otherSecrets.length > 0) {
    edit.secrets = sealSecrets(box, stored.id, secrets);
    edit.display = displayOf(definition, secrets);
  }
  const members = [...(edit.source ? ['source'] : []), ...otherConfig, ...otherSecrets];
  return { edit, changed: members.map((name) => `data.${name}`) };
}

/** Undefined when they cannot be opened and need not be, as all are given anew: so a lost key can be mended. */
function secretsBefore(
  box: SecretBox,
  definition: SinkDefinition,
  stored: IntegrationEntity,
  data: Data,
): SinkSecrets | undefined {
  try {
    return openSecrets(box, stored.id, stored.secrets);
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error;
    const given = secretsIn(definition, data);
    const missing = Object.keys(definition.secrets.shape).filter((name) => !(name in given));
    if (missing.length === 0) return undefined;
    throw badRequest(
      Object.fromEntries(missing.map((name) => [`data.${name}`, 'is stored unreadable, send it again'])),
    );
  }
}
