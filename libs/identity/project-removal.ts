import type { Transaction } from '../persistence/index.js';

/** A room that keeps things of projects. */
export interface ProjectTenantRoom {
  /**
   * Ends everything of these projects within the transaction that deletes them. What it resolves with is run after
   * the commit, for what lives outside the database; a crash in between must be made good elsewhere.
   */
  endProjects(tx: Transaction, projectIds: readonly string[]): Promise<() => Promise<void>>;
}

/** Where rooms register that have to act when projects are deleted: identity does not know what a project holds. */
export class ProjectRemoval {
  private readonly rooms: ProjectTenantRoom[] = [];

  register(room: ProjectTenantRoom): void {
    this.rooms.push(room);
  }

  /** Lets all rooms end these projects; resolves with what is to be done after the commit. */
  async end(tx: Transaction, projectIds: readonly string[]): Promise<() => Promise<void>> {
    const afterwards: (() => Promise<void>)[] = [];
    if (projectIds.length > 0) {
      for (const room of this.rooms) afterwards.push(await room.endProjects(tx, projectIds));
    }
    return async () => {
      for (const finish of afterwards) await finish();
    };
  }
}
