import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError, type ErrorCode } from '@sangha/errors';
import { parseAliasName } from '../src/domain/alias-name.ts';
import { addressPolicy, parseBaseUrl } from '../src/domain/base-url.ts';
import { parseContextParams } from '../src/domain/context-params.ts';
import { parseExtraHeaders } from '../src/domain/extra-headers.ts';
import { exactFileName, fileName } from '../src/domain/file-name.ts';
import { matchRemote } from '../src/domain/match-remote.ts';
import { parseKeyChange, parseRemoteModel } from '../src/domain/remote-model.ts';
import { parseRequestParams } from '../src/domain/request-params.ts';
import { effective } from '../src/domain/targets.ts';
import { visibleNames } from '../src/domain/visible-names.ts';

const refusedAs = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;

describe('the name of a file', () => {
  const file = (filename: string, quantization: string, source = 'hub') => ({
    source,
    repo: 'owner/name',
    filename,
    quantization,
  });
  it('is its repo and quantization', () =>
    assert.equal(fileName(file('model-q4.gguf', 'Q4_K_M'), [file('model-q8.gguf', 'Q8_0')]), 'owner/name:Q4_K_M'));
  it('is its file name where the quantization is not alone or not known', () => {
    const [one, two] = [file('instruct-q4.gguf', 'Q4_K_M'), file('sub/base-q4.gguf', 'q4_k_m')];
    assert.equal(fileName(one, [one, two]), 'owner/name:instruct-q4');
    assert.equal(fileName(two, [one, two]), 'owner/name:sub/base-q4');
    assert.equal(fileName(file('x.gguf', ''), []), 'owner/name:x');
  });
  it('does not change with another snapshot of the same file', () =>
    assert.equal(fileName(file('a.gguf', 'F16'), [file('a.gguf', 'F16'), file('a.gguf', 'F16')]), 'owner/name:F16'));
  it('of a local folder is the file’s own', () =>
    assert.equal(fileName({ ...file('My Model.GGUF', 'Q8_0', 'local'), repo: 'local' }, []), 'My Model'));
  it('in full always works', () => assert.equal(exactFileName(file('a.b.gguf', 'F16')), 'owner/name:a.b'));
});

describe('an alias name', () => {
  for (const name of ['a', 'llama3:instruct', 'owner/name:Q4_K_M', 'a@b', 'x'.repeat(128)])
    it(`may be "${name.slice(0, 20)}"`, () => assert.equal(parseAliasName(name), name));
  for (const name of [' a', 'a b', '-a', '../a\u0000', 'ä', 'x'.repeat(129), "a'", 'a\n'])
    it(`may not be ${JSON.stringify(name.slice(0, 20))}`, () =>
      assert.throws(() => parseAliasName(name), refusedAs('invalid_value')));
  it('is not empty', () => assert.throws(() => parseAliasName(''), refusedAs('missing_field')));
});

describe('presets of an alias', () => {
  it('are known OpenAI parameters within their bounds', () => {
    const params = { temperature: 0.2, top_p: 1, max_tokens: 100, seed: 1, stop: ['a', 'b'], presence_penalty: -2 };
    assert.deepEqual(JSON.parse(parseRequestParams(JSON.stringify(params))), params);
    assert.equal(parseRequestParams(''), '{}');
  });
  for (const [text, code] of [
    ['{', 'invalid_json'],
    ['[]', 'invalid_value'],
    ['null', 'invalid_value'],
    ['{"temperature":3}', 'invalid_value'],
    ['{"temperature":"1"}', 'invalid_value'],
    ['{"max_tokens":1e12}', 'invalid_value'],
    ['{"max_tokens":0}', 'invalid_value'],
    ['{"n":1000000000}', 'invalid_value'],
    ['{"model":"other"}', 'invalid_value'],
    ['{"messages":[]}', 'invalid_value'],
    ['{"__proto__":{}}', 'invalid_value'],
    ['{"stop":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17"]}', 'invalid_value'],
    [`{"stop":"${'x'.repeat(20_000)}"}`, 'invalid_value'],
  ] as const) {
    it(`may not be ${text.slice(0, 40)}`, () => assert.throws(() => parseRequestParams(text), refusedAs(code)));
  }
  it('name the field that is wrong', () =>
    assert.throws(
      () => parseRequestParams('{"top_p":2}'),
      (error: AppError) => error.param === 'request_params.top_p',
    ));
});

describe('context parameters', () => {
  it('are kept as given and may be absent', () => {
    assert.deepEqual(parseContextParams({ contextSize: 4096, gpuLayers: 0, chatTemplate: '' }), {
      contextSize: 4096,
      gpuLayers: 0,
    });
    assert.deepEqual(parseContextParams(null), {});
  });
  for (const wrong of [
    { contextSize: 0 },
    { contextSize: 4_000_000_000 },
    { sequences: 257 },
    { batchSize: 0 },
    { threads: 1025 },
    { chatTemplate: 'x'.repeat(65_537) },
  ]) {
    it(`may not be ${JSON.stringify(wrong).slice(0, 40)}`, () =>
      assert.throws(() => parseContextParams(wrong), refusedAs('invalid_value')));
  }
});

describe('the address of a remote model', () => {
  const rules = addressPolicy({ allowedHosts: [], allowLoopback: false });
  it('is an https address, kept without its last slash', () => {
    assert.equal(parseBaseUrl('https://API.example.com/v1/', rules), 'https://api.example.com/v1');
    assert.equal(parseBaseUrl('https://8.8.8.8:8443', rules), 'https://8.8.8.8:8443');
    assert.equal(parseBaseUrl('https://[2606:4700::1111]/v1', rules), 'https://[2606:4700::1111]/v1');
  });
  for (const text of [
    'http://api.example.com',
    'https://127.0.0.1',
    'https://127.1',
    'https://0x7f.1',
    'https://2130706433',
    'https://0177.0.0.1',
    'https://[::1]',
    'https://[::]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f00:1]',
    'https://[64:ff9b::7f00:1]',
    'https://localhost',
    'https://localhost.',
    'https://x.localhost',
    'https://10.0.0.1',
    'https://172.16.0.1',
    'https://192.168.1.1',
    'https://100.64.0.1',
    'https://0.0.0.0',
    'https://224.0.0.1',
    'https://255.255.255.255',
    'https://[fc00::1]',
    'https://[fe80::1]',
    'https://169.254.169.254/latest',
    'https://metadata.google.internal',
    'https://vault.internal',
    'https://printer.local',
    'https://intranet',
    'https://①②⑦.0.0.1',
  ]) {
    it(`may not be ${text}`, () => assert.throws(() => parseBaseUrl(text, rules), refusedAs('address_refused')));
  }
  for (const text of [
    '',
    'api.example.com',
    'ftp://api.example.com',
    'file:///etc/passwd',
    'https://user:pass@api.example.com',
    'https://user@api.example.com',
    'https://api.example.com?x=1',
    'https://api.example.com#x',
    'https://api.example.com?',
    `https://a.example/${'x'.repeat(3000)}`,
  ]) {
    it(`may not be ${JSON.stringify(text.slice(0, 40))}`, () =>
      assert.throws(() => parseBaseUrl(text, rules), refusedAs('invalid_value')));
  }
  it('may be inside where the operator lists the host, and on this machine where the operator says so', () => {
    const listed = addressPolicy({
      allowedHosts: ['VLLM.internal', '10.2.0.0/16', '10.0.0.5', 'fd12::/16'],
      allowLoopback: false,
    });
    assert.equal(parseBaseUrl('http://vllm.internal:8000/v1', listed), 'http://vllm.internal:8000/v1');
    for (const text of ['http://10.0.0.5:8000', 'http://10.2.255.1', 'https://[fd12::1]:8000'])
      assert.equal(parseBaseUrl(text, listed), text);
    for (const text of ['http://10.0.0.6', 'http://10.3.0.1', 'https://[fd13::1]', 'http://vllm.internal.example.com']) {
      assert.throws(() => parseBaseUrl(text, listed), refusedAs('address_refused'));
    }
    for (const entry of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/x', '10.0.0.0/ 8'])
      assert.throws(() => addressPolicy({ allowedHosts: [entry], allowLoopback: false }));
    assert.throws(() => parseBaseUrl('http://127.0.0.1', listed), refusedAs('address_refused'));
    const loopback = addressPolicy({ allowedHosts: [], allowLoopback: true });
    for (const text of ['http://127.0.0.1:11434', 'http://localhost:11434', 'http://[::1]:1'])
      assert.equal(parseBaseUrl(text, loopback), text);
    assert.throws(() => parseBaseUrl('http://10.0.0.1', loopback), refusedAs('address_refused'));
  });
  it('is never the metadata service, whoever lists it', () => {
    for (const host of ['169.254.169.254', 'metadata.google.internal'])
      assert.throws(
        () => parseBaseUrl(`http://${host}`, addressPolicy({ allowedHosts: [host], allowLoopback: true })),
        refusedAs('address_refused'),
      );
  });
});

describe('further headers', () => {
  it('are kept in lower case', () =>
    assert.deepEqual(parseExtraHeaders({ 'OpenAI-Organization': 'org-1' }), { 'openai-organization': 'org-1' }));
  for (const name of [
    'Authorization',
    'cookie',
    'HOST',
    'Connection',
    'Transfer-Encoding',
    'Content-Length',
    'X-Api-Key',
    'x_api_key',
    'X.Forwarded.For',
    'X-BodhiApp-User-Id',
    'proxy-authorization',
    'Upgrade',
    'TE',
    'a b',
    '',
    'a:b',
    'a\r\nb',
    'x'.repeat(65),
  ]) {
    it(`can’t be ${JSON.stringify(name.slice(0, 30))}`, () =>
      assert.throws(() => parseExtraHeaders({ [name]: 'x' }), refusedAs('invalid_value')));
  }
  it('have values of one line', () => {
    for (const value of ['a\r\nb: c', 'a\nb', '\u0000', 'ä', 'x'.repeat(1025)])
      assert.throws(() => parseExtraHeaders({ 'x-a': value }), refusedAs('invalid_value'));
  });
  it('are at most 16, each once', () => {
    assert.throws(
      () => parseExtraHeaders(Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`x-${i}`, '1']))),
      refusedAs('invalid_value'),
    );
    assert.throws(() => parseExtraHeaders({ 'x-a': '1', 'X-A': '2' }), refusedAs('invalid_value'));
  });
});

describe('a remote model', () => {
  const input = {
    name: 'OpenAI',
    apiFormat: 'openai',
    baseUrl: 'https://api.example.com/v1',
    models: ['gpt'],
    prefix: '',
    forwardAllWithPrefix: false,
    visibility: '',
    extraHeaders: {},
    extraBody: '',
  };
  const parse = (differences: Partial<typeof input>) =>
    parseRemoteModel({ ...input, ...differences }, addressPolicy({ allowedHosts: [], allowLoopback: false }));
  it('is private and plain unless it says more', () =>
    assert.deepEqual(parse({}), { ...input, visibility: 'private', extraBody: '{}' }));
  for (const wrong of [
    { name: '' },
    { name: 'x'.repeat(101) },
    { apiFormat: 'other' },
    { models: [] },
    { models: ['a b'] },
    { models: [''] },
    { models: Array.from({ length: 501 }, (_, i) => `m${i}`) },
    { prefix: ' ' },
    { prefix: 'x'.repeat(64) },
    { forwardAllWithPrefix: true },
    { visibility: 'public' },
    { extraBody: '{"model":"x"}' },
    { extraBody: '{"messages":[]}' },
    { extraBody: '[]' },
    { extraBody: `{"a":"${'x'.repeat(16_400)}"}` },
  ]) {
    it(`may not have ${JSON.stringify(wrong).slice(0, 50)}`, () => assert.throws(() => parse(wrong), refusedAs('invalid_value')));
  }
  it('keeps its key only for the origin it was entered for', () => {
    const stored = { baseUrl: 'https://api.example.com/v1', hasKey: true };
    const keep = { keyAction: 'keep', keyValue: '' };
    assert.deepEqual(parseKeyChange(keep, 'https://api.example.com/v2', stored), { action: 'keep' });
    for (const moved of [
      'https://api.example.com:444/v1',
      'https://evil.example/v1',
      'http://api.example.com/v1',
      'https://api.example.com.evil.example',
    ])
      assert.throws(() => parseKeyChange(keep, moved, stored), refusedAs('key_origin_changed'));
    assert.deepEqual(parseKeyChange(keep, 'https://evil.example', { ...stored, hasKey: false }), { action: 'keep' });
    assert.deepEqual(parseKeyChange({ keyAction: 'set', keyValue: 'k' }, 'https://evil.example', stored), {
      action: 'set',
      value: 'k',
    });
    for (const wrong of [
      { keyAction: 'drop', keyValue: '' },
      { keyAction: 'set', keyValue: 'a\r\nb' },
      { keyAction: 'set', keyValue: 'x'.repeat(4097) },
    ])
      assert.throws(() => parseKeyChange(wrong, 'https://a.example', stored), refusedAs('invalid_value'));
  });
});

describe('a name among remote models', () => {
  const remote = (id: string, prefix: string, models: string[], forwardAllWithPrefix = false) => ({
    id,
    prefix,
    models,
    forwardAllWithPrefix,
  });
  const remotes = [
    remote('1', 'openai/', ['gpt-4', 'gpt-5']),
    remote('2', 'openai/gpt-', ['mini']),
    remote('3', 'any/', [], true),
    remote('4', '', ['gpt-4', 'openai/gpt-4']),
    remote('5', '', ['gpt-4']),
  ];
  const match = (name: string) => {
    const found = matchRemote(name, remotes);
    return found && [found.remote.id, found.upstreamModel];
  };
  it('means the longest prefix, and that one alone', () => {
    assert.deepEqual(match('openai/gpt-mini'), ['2', 'mini']);
    assert.equal(match('openai/gpt-5'), undefined);
    assert.equal(match('openai/other'), undefined);
  });
  it('is passed on whole behind a prefix that forwards everything', () => {
    assert.deepEqual(match('any/thing:1'), ['3', 'thing:1']);
    assert.equal(match('any/'), undefined);
  });
  it('without a prefix is an exact model id of the oldest that has it', () => {
    assert.deepEqual(match('gpt-4'), ['4', 'gpt-4']);
    assert.equal(match('gpt'), undefined);
    assert.equal(match('GPT-4'), undefined);
  });
});

describe('the list of names', () => {
  it('has each once, sorted, meaning what it resolves to', () => {
    const at = (id: string, name: string, more: object) => ({ id, name, ...more });
    const names = visibleNames(
      [at('s', 'x', { visibility: 'org' }), at('p', 'x', { visibility: 'private' }), at('b', 'B', { visibility: 'org' })] as {
        id: string;
        name: string;
        visibility: string;
      }[],
      [{ id: 'r', prefix: '', models: ['x', 'a'], forwardAllWithPrefix: false }],
      [
        { id: 'new', name: 'f' },
        { id: 'old', name: 'f' },
        { id: 'f', name: 'a' },
      ],
    );
    assert.deepEqual(
      names.map(({ name, row }) => `${name} ${row.id}`),
      ['B b', 'a r', 'f new', 'x p'],
    );
  });
});

describe('the template of a target', () => {
  const file = { chatTemplate: 'of the file', chatTemplateSource: 'file', capabilities: ['chat'] };
  it('is the alias’s before the file’s', () => {
    assert.deepEqual(effective(file, { chatTemplate: 'mine' }), {
      chatTemplate: 'mine',
      chatTemplateSource: 'alias',
      capabilities: ['chat'],
    });
    assert.deepEqual(effective(file, {}), file);
  });
  it('makes a model without one able to chat, but not an embedder', () => {
    const none = { chatTemplate: '', chatTemplateSource: 'none' };
    assert.deepEqual(effective({ ...none, capabilities: [] }, { chatTemplate: 'mine' }).capabilities, ['chat']);
    assert.deepEqual(effective({ ...none, capabilities: ['embeddings'] }, { chatTemplate: 'mine' }).capabilities, ['embeddings']);
  });
});
