import {
  checkList,
  checkText,
  invalidValue,
  missing,
  wrongCombination,
  wrongValue,
} from './metric-refusals.js';
import type { MetricDatum } from './metric-store.js';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html, read 2026-11-28. */
const MAX_NAME = 255;
const MAX_DIMENSION_VALUE = 1_024;
const MAX_DIMENSIONS = 30;
const MAX_VALUES = 150;
const MAX_VALUE = 2 ** 360;
const MAX_AGE_MS = 14 * 86_400_000;
const MAX_AHEAD_MS = 2 * 3_600_000;
const BITS_AND_BYTES = ['Bytes', 'Bits'].flatMap((unit) =>
  ['', 'Kilo', 'Mega', 'Giga', 'Tera'].map((prefix) => (prefix ? prefix + unit.toLowerCase() : unit)),
);
const UNITS: readonly string[] = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  ...BITS_AND_BYTES,
  'Percent',
  'Count',
  ...BITS_AND_BYTES.map((unit) => `${unit}/Second`),
  'Count/Second',
  'None',
];

type Raw = Readonly<Record<string, unknown>>;

/** Checks one datum as AWS does; `at` is what AWS calls it: `MetricData.member.1`. Throws a `Refusal`. */
export function checkDatum(datum: Raw, at: string, now: number): MetricDatum {
  checkText(datum.MetricName, `${at}.MetricName`, MAX_NAME);
  checkDimensions(datum.Dimensions, `${at}.Dimensions`);
  checkOneKindOfValue(datum, at);
  if (datum.Timestamp !== undefined) checkTimestamp(datum.Timestamp, `${at}.Timestamp`, now);
  if (datum.Unit !== undefined && !UNITS.some((unit) => unit === datum.Unit))
    throw wrongValue(`The parameter ${at}.Unit must be a value in the set [ ${UNITS.join(', ')} ].`);
  if (
    datum.StorageResolution !== undefined &&
    datum.StorageResolution !== 1 &&
    datum.StorageResolution !== 60
  )
    throw invalidValue(datum.StorageResolution, `${at}.StorageResolution`);
  return datum as unknown as MetricDatum;
}

function checkDimensions(given: unknown, at: string): void {
  const names = new Set<string>();
  for (const [index, dimension] of checkList(given, at, MAX_DIMENSIONS).entries()) {
    const member = `${at}.member.${index + 1}`;
    const { Name, Value } = (dimension ?? {}) as Raw;
    const name = checkText(Name, `${member}.Name`, MAX_NAME);
    if (name.startsWith(':')) throw invalidValue(name, `${member}.Name`);
    if (names.has(name)) throw wrongValue(`No more than one value may be specified for dimension ${name}.`);
    names.add(name);
    checkText(Value, `${member}.Value`, MAX_DIMENSION_VALUE);
  }
}

function checkOneKindOfValue({ Value, Values, Counts, StatisticValues }: Raw, at: string): void {
  const values = checkList(Values, `${at}.Values`, MAX_VALUES);
  const counts = checkList(Counts, `${at}.Counts`, MAX_VALUES);
  const given = [
    ...(Value === undefined ? [] : [`${at}.Value`]),
    ...(values.length === 0 ? [] : [`${at}.Values`]),
    ...(StatisticValues === undefined ? [] : [`${at}.StatisticValues`]),
  ];
  if (given.length === 0)
    throw wrongCombination(
      `At least one of the parameters ${at}.Value and ${at}.StatisticValues must be specified.`,
    );
  if (given.length > 1)
    throw wrongCombination(
      `The parameters ${given[0]} and ${given[1]} are mutually exclusive and you have specified both.`,
    );
  if (Value !== undefined) checkNumber(Value, `${at}.Value`);
  for (const [index, value] of values.entries()) checkNumber(value, `${at}.Values.member.${index + 1}`);
  if (counts.length > 0 && counts.length !== values.length)
    throw wrongCombination(`The parameters ${at}.Values and ${at}.Counts must have the same size.`);
  for (const [index, count] of counts.entries()) checkCount(count, `${at}.Counts.member.${index + 1}`);
  if (StatisticValues !== undefined) checkStatistics(StatisticValues as Raw, `${at}.StatisticValues`);
}

function checkStatistics({ SampleCount, Sum, Minimum, Maximum }: Raw, at: string): void {
  for (const [name, value] of Object.entries({ SampleCount, Sum, Minimum, Maximum })) {
    if (value === undefined || value === null) throw missing(`${at}.${name}`);
    checkNumber(value, `${at}.${name}`);
  }
  checkCount(SampleCount, `${at}.SampleCount`);
  if (Number(Minimum) > Number(Maximum))
    throw wrongValue(`The parameter ${at}.Maximum must not be less than ${at}.Minimum.`);
}

/** NaN and the infinities come as texts. */
function checkNumber(value: unknown, parameter: string): void {
  if (typeof value !== 'number' || !(Math.abs(value) <= MAX_VALUE)) throw invalidValue(value, parameter);
}

function checkCount(count: unknown, parameter: string): void {
  checkNumber(count, parameter);
  if (Number(count) <= 0) throw invalidValue(count, parameter);
}

function checkTimestamp(seconds: unknown, parameter: string, now: number): void {
  if (typeof seconds !== 'number') throw invalidValue(seconds, parameter);
  // Its fraction is of milliseconds; the product has digits below that it did not come with.
  const time = Math.round(seconds * 1_000);
  if (time < now - MAX_AGE_MS)
    throw wrongValue(`The parameter ${parameter} must specify a time no more than two weeks in the past.`);
  if (time > now + MAX_AHEAD_MS)
    throw wrongValue(`The parameter ${parameter} must specify a time no more than two hours in the future.`);
}
