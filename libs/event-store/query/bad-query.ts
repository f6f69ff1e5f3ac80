/** A query that cannot be understood: a 400 with this message. */
export class BadQuery extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BadQuery';
  }
}
