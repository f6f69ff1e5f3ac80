import type { FieldValue, Point, Series } from '../line-protocol/index.js';
import type { MessageView } from './expressions/value.js';

/** Makes one series of all that are equal and come from the same, as a body's points share theirs. */
export class SeriesKeeper {
  private readonly latest = new WeakMap<Series, Series>();

  changed(from: Series, name: string, tags: ReadonlyMap<string, string>): Series {
    const latest = this.latest.get(from);
    if (latest?.name === name && haveSame(latest.tags, tags)) return latest;
    const made: Series = { name, tags };
    this.latest.set(from, made);
    return made;
  }
}

function haveSame(some: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): boolean {
  if (some.size !== others.size) return false;
  for (const [key, value] of some) if (others.get(key) !== value) return false;
  return true;
}

/** Named values of a message, copied when the first of them changes. */
export class Part<Item extends FieldValue> {
  private copy: Map<string, Item> | undefined;

  constructor(private readonly shared: ReadonlyMap<string, Item>) {}

  get items(): ReadonlyMap<string, Item> {
    return this.copy ?? this.shared;
  }

  get isChanged(): boolean {
    return this.copy !== undefined;
  }

  set(key: string, value: Item): void {
    if (this.items.get(key) !== value) this.own().set(key, value);
  }

  delete(key: string): void {
    if (this.items.has(key)) this.own().delete(key);
  }

  private own(): Map<string, Item> {
    return (this.copy ??= new Map(this.shared));
  }
}

const NO_META: ReadonlyMap<string, string> = new Map();

/** A point while it is processed: the point itself never changes. */
export class Message implements MessageView {
  name: string;
  readonly timeMs: number;
  readonly ownTags: Part<string>;
  readonly ownFields: Part<FieldValue>;
  /** Lives only as long as this: it comes from nowhere and goes nowhere. */
  readonly ownMeta = new Part<string>(NO_META);

  constructor(private readonly point: Point) {
    this.name = point.series.name;
    this.timeMs = point.timeMs;
    this.ownTags = new Part(point.series.tags);
    this.ownFields = new Part(point.fields);
  }

  get tags(): ReadonlyMap<string, string> {
    return this.ownTags.items;
  }

  get fields(): ReadonlyMap<string, FieldValue> {
    return this.ownFields.items;
  }

  get meta(): ReadonlyMap<string, string> {
    return this.ownMeta.items;
  }

  rename(name: string): void {
    this.ownMeta.set('oldname', this.name);
    this.name = name;
  }

  /** The same point when nothing has changed; undefined when no field is left. */
  toPoint(keeper: SeriesKeeper): Point | undefined {
    const { point, ownTags, ownFields } = this;
    const isRenamed = this.name !== point.series.name;
    if (!isRenamed && !ownTags.isChanged && !ownFields.isChanged) return point;
    if (this.fields.size === 0) return undefined;
    const series =
      isRenamed || ownTags.isChanged ? keeper.changed(point.series, this.name, this.tags) : point.series;
    return { series, fields: this.fields, timeMs: point.timeMs, hasTime: point.hasTime };
  }
}
