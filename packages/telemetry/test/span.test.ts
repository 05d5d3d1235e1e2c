import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Span, trace } from '@opentelemetry/api';
import { span } from '../src/index.ts';

test('without an SDK the work runs and its failure comes through', async () => {
  assert.equal(await span('work', {}, async () => 7), 7);
  await assert.rejects(
    span('work', {}, async () => {
      throw new Error('no');
    }),
    /^Error: no$/,
  );
});

test('a span ends, records a failure, and carries no credential', async (t) => {
  const seen: unknown[] = [];
  const fake = {
    recordException: (error: unknown) => seen.push(['exception', error]),
    setStatus: (status: unknown) => seen.push(['status', status]),
    end: () => seen.push(['end']),
  } as unknown as Span;
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan: () => fake,
      startActiveSpan: (...args: unknown[]) => {
        seen.push(['start', args[1]]);
        return (args.at(-1) as (span: Span) => unknown)(fake) as never;
      },
    }),
  });
  t.after(() => trace.disable());
  await assert.rejects(
    span('work', { url: 'https://a.test/?key=CANARY' }, async () => {
      throw new Error('refused hf_CANARYCANARY');
    }),
    /CANARY/,
  );
  assert.deepEqual(
    seen.map((entry) => (entry as unknown[])[0]),
    ['start', 'exception', 'status', 'end'],
  );
  assert.doesNotMatch(JSON.stringify(seen), /CANARY/);
});
