import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { marginOf, readBody } from '../src/data-plane/read-body.ts';
import { scanJson } from '../src/data-plane/scan-json.ts';
import { addition, additions, spliceBody } from '../src/data-plane/splice-body.ts';

/** The body as the gateway reads it, in pieces of 50 kB. */
function read(text: string, announce = true): Promise<Buffer> {
  const bytes = Buffer.from(text);
  const stream = Object.assign(new PassThrough(), { headers: announce ? { 'content-length': String(bytes.length) } : {} });
  return new Promise((resolve, reject) => {
    readBody(stream as unknown as IncomingMessage, 10_000_000, (error, body) =>
      error === undefined ? resolve(body) : reject(error),
    );
    for (let at = 0; at < bytes.length; at += 50_000) stream.write(bytes.subarray(at, at + 50_000));
    stream.end();
  });
}

const forced = { model: 'up', store: false };
const defaults = { temperature: 0.5, top_p: 1 };
/** What the splice means, said with objects. */
const meant = (text: string, extra: Record<string, unknown>) => ({
  ...defaults,
  ...(JSON.parse(text) as object),
  ...extra,
  ...forced,
});

test('a spliced body means the same as the merged objects, wherever its members stand and however long they are', async () => {
  const big = 'x'.repeat(90_000);
  const bodies = [
    '{}',
    '{"model":"a"}',
    '{ "model" : "a" , "b":1 }',
    '{"b":1,"model":"a","c":2}',
    '{"b":1,"c":2,"model":"a"}',
    '{"store":true,"b":1,"model":"a","temperature":1,"stream_options":null}',
    `{"model":"a","big":"${big}"}`,
    `{"big":"${big}","model":"a"}`,
    `{"b":1,"model":"a","big":"${big}","store":true,"c":2}`,
    `{"b":"${big}","model":"a","big":"${big}y","c":[1]}`,
    `{"model":"${big}"}`,
    `{"small":1,"model":"a","stream_options":{"x":"${big}"},"c":2}`,
    `{"a":"${'y'.repeat(6000)}","model":"a","big":"${big}","store":"${'z'.repeat(6000)}","c":"${'w'.repeat(6000)}"}`,
  ];
  for (const text of bodies) {
    for (const announce of [true, false]) {
      for (const perRequest of [undefined, addition('stream_options', { include_usage: true })]) {
        const body = await read(text, announce);
        assert.equal(marginOf(body) > 0, announce && text.length >= 65_536);
        const spliced = spliceBody(body, scanJson(body), additions({ defaults, forced }), perRequest);
        const label = `${text.slice(0, 60)} ${announce} ${perRequest !== undefined}`;
        assert.deepEqual(
          JSON.parse(spliced.toString()),
          meant(text, perRequest === undefined ? {} : { stream_options: { include_usage: true } }),
          label,
        );
        // No key twice, whoever reads it.
        assert.equal(new Set(scanJson(spliced).members.map(({ key }) => key)).size, scanJson(spliced).members.length);
      }
    }
  }
});

test('a large body is not copied to change a name', async () => {
  const body = await read(`{"model":"a","messages":"${'m'.repeat(200_000)}"}`);
  const spliced = spliceBody(
    body,
    scanJson(body),
    additions({ defaults: {}, forced: { model: 'a much longer name than before' } }),
  );
  assert.equal(spliced.buffer, body.buffer);
});
