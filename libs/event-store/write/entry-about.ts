import type { EntryAbout } from '../../domain/index.js';
import type { Series } from '../line-protocol/index.js';

/** What a series says that can be asked for. */
export const aboutSeries = (kind: EntryAbout['kind'], { name, tags }: Series): EntryAbout => ({
  kind,
  name,
  type: tags.get('type') ?? null,
  typeId: tags.get('type-id') ?? null,
  stype: tags.get('stype') ?? null,
  stypeId: tags.get('stype-id') ?? null,
});
