import type { Metric, Registry } from 'prom-client';
import type { Route } from './route.ts';

/** Upper bounds in seconds: from a warm refusal to a long generation. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/**
 * Requests and their durations, per route. A request costs three additions to arrays; texts and labels are made when somebody
 * scrapes. The number of series is fixed by the table of routes, so no caller can grow it.
 */
export interface RequestMetrics {
  /** `status` 499 = the caller left. */
  count(route: Route | undefined, status: number, durationMs: number): void;
}

export function createRequestMetrics(registry: Registry, routes: readonly Route[], open: () => number): RequestMetrics {
  const names = [...routes.map(({ method, path }) => ({ method, route: path })), { method: 'any', route: 'none' }];
  const rowOf = new Map<Route | undefined, number>(routes.map((route, index) => [route, index]));
  const counts = new Float64Array(names.length * classes.length);
  const buckets = new Float64Array(names.length * (bounds.length + 1));
  const sums = new Float64Array(names.length);

  register(registry, {
    name: 'sangha_gateway_requests_total',
    help: 'Requests answered, by route and class of status.',
    type: 'counter',
    values: () =>
      names.flatMap((labels, row) =>
        classes.flatMap((status, column) => {
          const value = counts[row * classes.length + column] ?? 0;
          return value === 0 ? [] : [{ labels: { ...labels, status }, value }];
        }),
      ),
  });
  register(registry, {
    name: 'sangha_gateway_request_seconds',
    help: 'From the first byte of a request to the last of its answer, by route.',
    type: 'histogram',
    values: () =>
      names.flatMap((labels, row) => histogramValues(labels, buckets.subarray(row * (bounds.length + 1)), sums[row] ?? 0)),
  });
  register(registry, {
    name: 'sangha_gateway_open_requests',
    help: 'Requests being answered now.',
    type: 'gauge',
    values: () => [{ labels: {}, value: open() }],
  });

  return {
    count(route, status, durationMs) {
      const row = rowOf.get(route) ?? names.length - 1;
      const column = row * classes.length + Math.min(5, Math.max(1, Math.floor(status / 100))) - 1;
      counts[column] = (counts[column] ?? 0) + 1;
      const seconds = durationMs / 1000;
      let bucket = 0;
      while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1;
      const at = row * (bounds.length + 1) + bucket;
      buckets[at] = (buckets[at] ?? 0) + 1;
      sums[row] = (sums[row] ?? 0) + seconds;
    },
  };
}

interface Value {
  labels: Record<string, string | number>;
  value: number;
  metricName?: string;
}

const name = 'sangha_gateway_request_seconds';

/** Cumulative buckets, sum and count, as the exposition format wants them; nothing for a route that was never asked. */
function histogramValues(labels: Record<string, string>, row: Float64Array, sum: number): Value[] {
  const values: Value[] = [];
  let total = 0;
  for (let bucket = 0; bucket <= bounds.length; bucket += 1) {
    total += row[bucket] ?? 0;
    values.push({ labels: { ...labels, le: bounds[bucket] ?? '+Inf' }, value: total, metricName: `${name}_bucket` });
  }
  if (total === 0) return [];
  return [...values, { labels, value: sum, metricName: `${name}_sum` }, { labels, value: total, metricName: `${name}_count` }];
}

/** A metric that computes its values when asked: the part of prom-client's Metric that its registry uses. */
function register(
  registry: Registry,
  metric: { name: string; help: string; type: 'counter' | 'gauge' | 'histogram'; values: () => Value[] },
): void {
  const lazy = {
    ...metric,
    aggregator: 'sum',
    get: async () => ({ ...metric, aggregator: 'sum', values: metric.values() }),
    reset: () => {},
  };
  registry.registerMetric(lazy as unknown as Metric);
}
