import { z } from 'zod';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** A time as Go's `time.Time` and Rust's chrono read it from JSON: RFC 3339 with an offset. */
export const rfc3339 = z
  .string()
  .refine((text) => RFC_3339.test(text) && !Number.isNaN(Date.parse(text)), 'is no RFC 3339 time');
