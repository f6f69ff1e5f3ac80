import { Places } from '../../domain/index.js';

/** So many places for each name; names that nobody uses are forgotten. */
export class Shares {
  private readonly used = new Map<string, { readonly places: Places; users: number }>();

  constructor(private readonly places: number) {}

  take(name: string): Places {
    const entry = this.used.get(name) ?? { places: new Places(this.places), users: 0 };
    entry.users += 1;
    this.used.set(name, entry);
    return entry.places;
  }

  giveBack(name: string): void {
    const entry = this.used.get(name);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users === 0) this.used.delete(name);
  }
}
