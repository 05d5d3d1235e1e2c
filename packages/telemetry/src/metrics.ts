import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type { Registry };

/**
 * The label values that may appear, or how many different ones may. Everything beyond is counted as `other`, so a caller
 * who invents values (models, routes, user agents) can't grow the registry.
 */
export type LabelValues = readonly string[] | { atMost: number };
export type Labels<L extends string> = Readonly<Record<L, LabelValues>>;

interface MetricOptions<L extends string> {
  /** In the base unit and with it at the end: `sangha_request_seconds`, `sangha_downloaded_bytes_total`. */
  name: string;
  help: string;
  labels?: Labels<L>;
}

/** A registry for one process. The runtime's own metrics (event loop, heap, collector) cost CPU: on request only. */
export function createMetrics({ service, runtimeMetrics = false }: { service: string; runtimeMetrics?: boolean }): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  if (runtimeMetrics) collectDefaultMetrics({ register: registry });
  return registry;
}

/** The counter of this name, made when it is not there yet. */
export function counter<L extends string = never>(registry: Registry, options: MetricOptions<L>) {
  const metric = find(registry, options.name, Counter<L>) ?? new Counter<L>({ ...described(options), registers: [registry] });
  const bound = bindLabels(options.labels);
  return { inc: (labels: Record<L, string>, by = 1): void => metric.inc(bound(labels), by) };
}

/** The histogram of this name, made when it is not there yet. */
export function histogram<L extends string = never>(
  registry: Registry,
  options: MetricOptions<L> & { buckets: readonly number[] },
) {
  const metric =
    find(registry, options.name, Histogram<L>) ??
    new Histogram<L>({ ...described(options), buckets: [...options.buckets], registers: [registry] });
  const bound = bindLabels(options.labels);
  return { observe: (labels: Record<L, string>, value: number): void => metric.observe(bound(labels), value) };
}

/** The gauge of this name, made when it is not there yet. */
export function gauge<L extends string = never>(registry: Registry, options: MetricOptions<L>) {
  const metric = find(registry, options.name, Gauge<L>) ?? new Gauge<L>({ ...described(options), registers: [registry] });
  const bound = bindLabels(options.labels);
  return { set: (labels: Record<L, string>, value: number): void => metric.set(bound(labels), value) };
}

const described = <L extends string>({ name, help, labels }: MetricOptions<L>) => ({
  name,
  help,
  labelNames: Object.keys(labels ?? {}) as L[],
});

// Several services of one process share a registry and may count the same thing; prom-client throws on the second one.
function find<M>(registry: Registry, name: string, kind: new (...args: never[]) => M): M | undefined {
  const metric: unknown = registry.getSingleMetric(name);
  if (metric === undefined) return undefined;
  if (metric instanceof kind) return metric;
  throw new Error(`The metric ${name} exists as another kind.`);
}

function bindLabels<L extends string>(labels: Labels<L> | undefined): (given: Record<L, string>) => Record<L, string> {
  const names = Object.keys(labels ?? {}) as L[];
  const rules = names.map((name) => admit(labels?.[name] ?? []));
  return (given) => {
    const bound = {} as Record<L, string>;
    names.forEach((name, index) => {
      bound[name] = rules[index]?.(given[name]) ?? 'other';
    });
    return bound;
  };
}

function admit(values: LabelValues): (value: string) => string {
  const known = new Set('atMost' in values ? [] : values);
  const room = 'atMost' in values ? values.atMost : 0;
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= room) return 'other';
    known.add(value);
    return value;
  };
}
