/** Field path (`data.token`, `nodes[0].address`) to the reason it is refused. */
export type FieldProblems = Readonly<Record<string, string>>;

/**
 * A request that cannot be served, said in the terms of RFC 9457. The REST room turns it into
 * `application/problem+json`; its texts are shown to the caller and must hold no secret.
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly fields?: FieldProblems,
  ) {
    super(`${title}: ${detail}`);
    this.name = 'Problem';
  }
}

/** 404: there is no such thing, or it is none of the caller's business (the two are not told apart). */
export const notFound = (what: string): Problem => new Problem(404, 'Not Found', `There is no such ${what}.`);

/** 400: the request's content is refused; `fields` names each part and why. */
export const badRequest = (fields: FieldProblems): Problem =>
  new Problem(
    400,
    'Bad Request',
    Object.entries(fields)
      .map(([field, reason]) => `${field}: ${reason}`)
      .join('; '),
    fields,
  );

/** 401: who asks is not known, or not any more. */
export const unauthorized = (detail: string): Problem => new Problem(401, 'Unauthorized', detail);

/** 409: the request contradicts the present state. */
export const conflict = (detail: string): Problem => new Problem(409, 'Conflict', detail);
