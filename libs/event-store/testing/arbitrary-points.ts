import fc from 'fast-check';
import type { NewPoint } from '../line-protocol/index.js';

/** Characters that mean something in line protocol, and a few that do not. */
const TELLING = [...',= \\"#{}nrtiuTf0123456789.-+eaé語😀:'];
const UNQUOTED = fc.string({ unit: fc.oneof(fc.constantFrom(...TELLING), fc.string({ maxLength: 1 })) });
const TEXT = fc.string({ unit: fc.constantFrom(...TELLING, '\n', '\r', '\t', '\0', '\u007f', '\\n') });
// oxlint-disable-next-line eslint/no-control-regex
const key = UNQUOTED.filter((text) => text !== '' && !/[\0-\x1f\x7f]|\\$/.test(text));

const value = fc.oneof(
  TEXT,
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -9n, max: 9n }),
);

/** Everything that line protocol can carry. */
export const points: fc.Arbitrary<NewPoint> = fc.record(
  {
    name: key.filter((text) => !text.startsWith('#')),
    tags: fc.dictionary(key, fc.oneof(fc.constant(''), key), { maxKeys: 4 }),
    fields: fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 }),
    timeMs: fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2026, 0, 1) }),
  },
  { requiredKeys: ['name', 'tags', 'fields'] },
);

/** Besides single characters what is hard to hit upon by chance; by `|`. */
const LONGER = [
  '\n|\r\n|\r|\t|\0|\\ |\\,|\\=|\\"|\\\\|"text"|{"a":"}"}| # no comment|log,cluster=c |event={"a":1} |log="',
  '1740027951|1740027951000|1740027951000000|1740027951000000000| 9223372036854775808|true|1i|1u|-1|1e999|a=1|,b=2|m ',
].flatMap((list) => list.split('|'));
const FRAGMENTS = TELLING.concat(LONGER);

/** Lines, good and bad, as nobody would write them. */
export const scribbles: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...FRAGMENTS), { maxLength: 14 })
  .map((parts) => parts.join(''));

/** Takes a stretch of a text away and puts something else there. */
export const mutated = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(texts, fc.nat(), fc.nat({ max: 3 }), fc.constantFrom('', ...FRAGMENTS))
    .map(([text, place, length, inserted]) => {
      const at = place % (text.length + 1);
      return (text.slice(0, at) + inserted + text.slice(at + length)).toWellFormed();
    });
