import type { Database, Queryable } from './database.js';

/** A statement with parameters that have names (`:leaseToken`), for those too many to be counted. */
export class Statement<Row, Parameters extends object> {
  private readonly text: string;
  private readonly parameters: readonly string[];

  /** `name`: under which the database prepares it. */
  constructor(
    private readonly name: string,
    sql: string,
  ) {
    const parameters: string[] = [];
    // A cast has two colons: `::text`.
    this.text = sql.replaceAll(/(?<!:):([a-z]\w*)/gi, (_, parameter: string) => {
      if (!parameters.includes(parameter)) parameters.push(parameter);
      return `$${parameters.indexOf(parameter) + 1}`;
    });
    this.parameters = parameters;
  }

  /** Prepared when it is sent to the database itself; in a transaction it is sent as it is. */
  run(db: Queryable, parameters: Parameters): Promise<Row[]> {
    const given = parameters as Readonly<Record<string, unknown>>;
    const values = this.parameters.map((parameter) => given[parameter]);
    return 'prepared' in db
      ? (db as Database).prepared<Row>(this.name, this.text, values)
      : db.query<Row>(this.text, values);
  }
}
