/** Which part of a list by id is wanted. Stores return one row more than `limit`: it tells that there is a next page. */
export interface Listing {
  readonly limit?: number | undefined;
  /** Id of the last row of the page before. */
  readonly after?: string | undefined;
}
