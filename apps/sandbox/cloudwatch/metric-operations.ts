import { checkList, checkText, invalidValue, missing, wrongValue } from './metric-refusals.js';
import { checkDatum } from './metric-rules.js';
import type { Call, Input, Operation } from './operation.js';
import { METRICS } from './service.js';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html, read 2026-11-28. */
const MAX_NAMESPACE = 255;
const MAX_DATA = 1_000;
const MAX_ENTITIES = 2;

/** Takes all data of a call or, by throwing, none. */
function putMetricData({ metrics, key, region, input, now }: Call): object {
  const namespace = checkText(input.Namespace, 'Namespace', MAX_NAMESPACE);
  if (namespace.startsWith('AWS/') || namespace.startsWith(':')) throw invalidValue(namespace, 'Namespace');
  const data = dataOf(input).map(({ at, datum }) => {
    const checked = checkDatum(datum, at, now);
    if (metrics.isRefused(checked, namespace)) throw invalidValue(checked.MetricName, `${at}.MetricName`);
    return checked;
  });
  metrics.accept({ accountId: key.accountId, region }, namespace, data);
  return {};
}

/** Those by themselves, then those of entities, with what AWS calls each. */
function dataOf({ MetricData, EntityMetricData }: Input): { at: string; datum: Input }[] {
  const entities = checkList(EntityMetricData, 'EntityMetricData', MAX_ENTITIES) as readonly Input[];
  const lists = [
    { at: 'MetricData', list: checkList(MetricData, 'MetricData', MAX_DATA) },
    ...entities.map((entity, index) => {
      const at = `EntityMetricData.member.${index + 1}.MetricData`;
      return { at, list: checkList(entity.MetricData, at, MAX_DATA) };
    }),
  ];
  const data = lists.flatMap(({ at, list }) =>
    list.map((datum, index) => ({ at: `${at}.member.${index + 1}`, datum: (datum ?? {}) as Input })),
  );
  if (data.length === 0) throw missing('MetricData');
  if (data.length > MAX_DATA)
    throw wrongValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`);
  return data;
}

export const METRIC_OPERATIONS: Readonly<Record<string, Operation>> = {
  PutMetricData: { service: METRICS, action: 'cloudwatch:PutMetricData', perform: putMetricData },
  // A new metric appears in it after up to 15 minutes: never, in a test.
  ListMetrics: { service: METRICS, action: 'cloudwatch:ListMetrics', perform: () => ({ Metrics: [] }) },
};
