import { busy } from './api-error.js';

/** Room for what is held of all callers together. */
export class BodyRoom {
  private places = 0;
  private bytes = 0;

  constructor(
    private readonly maxPlaces: number,
    private readonly maxBytes: number,
  ) {}

  /** A place for one body. Throws a 503 when all are taken. */
  enter(): HeldBody {
    if (this.places >= this.maxPlaces) throw full();
    this.places += 1;
    let held: number | undefined = 0;
    return {
      take: (bytes) => {
        if (held === undefined) return;
        if (this.bytes + bytes > this.maxBytes) throw full();
        this.bytes += bytes;
        held += bytes;
      },
      leave: () => {
        if (held === undefined) return;
        this.bytes -= held;
        this.places -= 1;
        held = undefined;
      },
    };
  }
}

/** A place in the room. */
export interface HeldBody {
  /** Says that so many bytes more are held. Throws a 503 when there is no room for them. */
  take(bytes: number): void;
  /** Nothing is held any more. */
  leave(): void;
}

const full = () => busy('Too many requests are under way at the moment: send it again in a second.');
