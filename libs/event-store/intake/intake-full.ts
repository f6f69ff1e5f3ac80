/** More is waiting to be stored than this process may hold: to be tried again in a second. */
export class IntakeFull extends Error {
  constructor() {
    super('More is coming in than can be stored at the moment: send it again in a second.');
    this.name = 'IntakeFull';
  }
}
