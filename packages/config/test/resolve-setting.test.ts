import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@sangha/errors';
import { maskSetting, parseSetting, resolveSetting, type SettingKey, settings } from '../src/index.ts';

test("an organisation's value stands over the file's and can be changed", () => {
  assert.deepEqual(
    resolveSetting('BODHI_KEEP_ALIVE_SECS', { organization: { BODHI_KEEP_ALIVE_SECS: 60 }, file: { BODHI_KEEP_ALIVE_SECS: 90 } }),
    {
      key: 'BODHI_KEEP_ALIVE_SECS',
      value: 60,
      default: 300,
      source: 'organization',
      editable: true,
    },
  );
});

test("a value set above pins the organisation's", () => {
  for (const [layer, source] of [
    ['system', 'system'],
    ['commandLine', 'command_line'],
    ['environment', 'environment'],
  ] as const) {
    const resolved = resolveSetting('BODHI_KEEP_ALIVE_SECS', {
      [layer]: { BODHI_KEEP_ALIVE_SECS: '30' },
      organization: { BODHI_KEEP_ALIVE_SECS: 60 },
    });
    assert.deepEqual([resolved.value, resolved.source, resolved.editable], [30, source, false]);
  }
});

test('no organisation moves a setting of the process', () => {
  for (const key of Object.keys(settings) as SettingKey[]) {
    if (settings[key].scope !== 'process') continue;
    const resolved = resolveSetting(key, { organization: { [key]: settings[key].example } });
    assert.deepEqual([resolved.source, resolved.editable], ['default', false], key);
  }
});

test('a stored value that no longer fits is reported and the default holds', () => {
  const resolved = resolveSetting('BODHI_CONTEXT_SIZE', { organization: { BODHI_CONTEXT_SIZE: 'big' } });
  assert.deepEqual([resolved.value, resolved.source, resolved.editable], [undefined, 'default', true]);
  assert.match(resolved.problem ?? '', /BODHI_CONTEXT_SIZE \(organization\) must be a whole number of tokens/);
});

test('a secret is shown as stars', () => {
  const set = resolveSetting('BODHI_HUB_TOKEN', { organization: { BODHI_HUB_TOKEN: 'hf_canary' } });
  assert.equal(set.value, 'hf_canary');
  assert.equal(maskSetting(set), '********');
  assert.equal(maskSetting(resolveSetting('BODHI_HUB_TOKEN', {})), undefined);
  assert.equal(maskSetting(resolveSetting('BODHI_PORT', {})), 1135);
});

test('a value to be stored has the right type and range, and its key exists', () => {
  assert.equal(parseSetting('BODHI_KEEP_ALIVE_SECS', 60), 60);
  assert.deepEqual(parseSetting('BODHI_ALLOWED_HUBS', ['https://hub.example.com']), ['https://hub.example.com']);
  const codeOf = (key: string, value: unknown) => {
    try {
      return parseSetting(key, value);
    } catch (error) {
      return isAppError(error) ? `${error.code} ${error.param ?? ''}` : error;
    }
  };
  assert.equal(codeOf('BODHI_KEEP_ALIVE_SECS', '60'), 'invalid_value BODHI_KEEP_ALIVE_SECS');
  assert.equal(codeOf('BODHI_KEEP_ALIVE_SECS', 100_000), 'invalid_value BODHI_KEEP_ALIVE_SECS');
  assert.equal(codeOf('BODHI_KEEP_ALIVE_SECS', null), 'invalid_value BODHI_KEEP_ALIVE_SECS');
  assert.equal(codeOf('BODHI_ALLOWED_HUBS', ['http://hub.example.com']), 'invalid_value BODHI_ALLOWED_HUBS');
  for (const key of ['BODHI_NOPE', 'constructor', '__proto__', '']) assert.equal(codeOf(key, 1), 'not_found ');
});
