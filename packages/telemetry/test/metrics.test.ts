import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counter, createMetrics, gauge, histogram } from '../src/index.ts';

test('invented label values count as other, so the registry does not grow', async () => {
  const metrics = createMetrics({ service: 'test' });
  const requests = counter(metrics, {
    name: 'requests_total',
    help: 'x',
    labels: { outcome: ['ok', 'failed'], model: { atMost: 2 } },
  });
  for (let n = 0; n < 50; n += 1) requests.inc({ outcome: `invented-${n}`, model: `model-${n}` });
  requests.inc({ outcome: 'ok', model: 'model-1' }, 3);
  const text = await metrics.metrics();
  assert.deepEqual(
    text.split('\n').filter((line) => line.startsWith('requests_total')),
    [
      'requests_total{outcome="other",model="model-0",service="test"} 1',
      'requests_total{outcome="other",model="model-1",service="test"} 1',
      'requests_total{outcome="other",model="other",service="test"} 48',
      'requests_total{outcome="ok",model="model-1",service="test"} 3',
    ],
  );
});

test('two services of one process may count the same thing', async () => {
  const metrics = createMetrics({ service: 'test' });
  const options = { name: 'calls_total', help: 'x', labels: { outcome: ['ok'] } } as const;
  counter(metrics, options).inc({ outcome: 'ok' });
  counter(metrics, options).inc({ outcome: 'ok' });
  assert.match(await metrics.metrics(), /calls_total\{outcome="ok",service="test"\} 2/);
  assert.throws(() => gauge(metrics, options), /exists as another kind/);
});

test('histograms and gauges work without labels', async () => {
  const metrics = createMetrics({ service: 'test' });
  histogram(metrics, { name: 'wait_seconds', help: 'x', buckets: [1, 10] }).observe({}, 5);
  gauge(metrics, { name: 'queue_length', help: 'x' }).set({}, 7);
  const text = await metrics.metrics();
  assert.match(text, /wait_seconds_bucket\{le="10",service="test"\} 1/);
  assert.match(text, /queue_length\{service="test"\} 7/);
});

test("the runtime's metrics are there only on request", async () => {
  assert.doesNotMatch(await createMetrics({ service: 'a' }).metrics(), /nodejs_/);
  const metrics = createMetrics({ service: 'a', runtimeMetrics: true });
  assert.match(await metrics.metrics(), /nodejs_eventloop_lag_seconds/);
});
