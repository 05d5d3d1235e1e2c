import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, publicUrl, readConfig, required, settings } from '../src/index.ts';

test('a value comes from the strongest layer that says something, and its source is named', () => {
  const { BODHI_PORT, BODHI_HOST, BODHI_LOG_LEVEL, BODHI_AUTH_REALM, BODHI_KEEP_ALIVE_SECS } = settings;
  const { values, sources } = readConfig(
    { BODHI_PORT, BODHI_HOST, BODHI_LOG_LEVEL, BODHI_AUTH_REALM, BODHI_KEEP_ALIVE_SECS },
    {
      system: { BODHI_PORT: 1 },
      commandLine: { BODHI_PORT: '2', BODHI_HOST: '10.0.0.2' },
      environment: { BODHI_PORT: '3', BODHI_HOST: '10.0.0.3', BODHI_LOG_LEVEL: 'warn' },
      file: { BODHI_PORT: 4, BODHI_HOST: '10.0.0.4', BODHI_LOG_LEVEL: 'error', BODHI_AUTH_REALM: 'acme' },
    },
  );
  assert.deepEqual(values, {
    BODHI_PORT: 1,
    BODHI_HOST: '10.0.0.2',
    BODHI_LOG_LEVEL: 'warn',
    BODHI_AUTH_REALM: 'acme',
    BODHI_KEEP_ALIVE_SECS: 300,
  });
  assert.deepEqual(sources, {
    BODHI_PORT: 'system',
    BODHI_HOST: 'command_line',
    BODHI_LOG_LEVEL: 'environment',
    BODHI_AUTH_REALM: 'file',
    BODHI_KEEP_ALIVE_SECS: 'default',
  });
});

test('every problem is listed at once with its name, its source and an example', () => {
  const error = problemsOf(() =>
    readConfig(
      { ...settings, BODHI_DATABASE_URL: required(settings.BODHI_DATABASE_URL) },
      {
        commandLine: { BODHI_METRICS_PORT: '99999' },
        environment: { BODHI_PORT: 'http', BODHI_CANONICAL_REDIRECT: 'perhaps' },
        file: { BODHI_LOG_LEVEL: 'loud', BODHI_TRUSTED_PROXIES: ['0.0.0.0/0'] },
      },
    ),
  );
  assert.equal(error.code, 'invalid_value');
  assert.deepEqual(error.problems.map(({ key, source }) => `${key} ${source}`).sort(), [
    'BODHI_CANONICAL_REDIRECT environment',
    'BODHI_DATABASE_URL undefined',
    'BODHI_LOG_LEVEL file',
    'BODHI_METRICS_PORT command_line',
    'BODHI_PORT environment',
    'BODHI_TRUSTED_PROXIES file',
  ]);
  for (const line of [
    'BODHI_PORT (environment) must be a whole number from 0 to 65535, not "http". Example: BODHI_PORT=1135',
    'BODHI_METRICS_PORT (command line) must be a whole number from 0 to 65535, not "99999". Example: --metrics-port 1135',
    'BODHI_LOG_LEVEL (settings.yaml) must be one of fatal, error, warn, info, debug, trace, silent, not "loud". Example: BODHI_LOG_LEVEL: fatal',
  ]) {
    assert.ok(error.message.includes(line), `${line}\nis not in\n${error.message}`);
  }
  assert.match(error.message, /BODHI_DATABASE_URL is missing: The database of a cluster\./);
});

test('a secret that is wrong is named and not shown', () => {
  for (const [key, value] of Object.entries({
    BODHI_ENCRYPTION_KEY: 'CANARY',
    BODHI_DATABASE_URL: 'mysql://a:CANARY@b/c',
    BODHI_HUB_TOKEN: `CANARY${'x'.repeat(2000)}`,
  })) {
    const error = problemsOf(() => readConfig(settings, { environment: { [key]: value } }));
    assert.match(error.message, new RegExp(key));
    assert.doesNotMatch(JSON.stringify(error.problems) + error.message + error.stack, /CANARY/);
  }
});

test('keys of the wrong length, of one letter, and placeholders do not encrypt anything', () => {
  for (const key of [
    'short',
    'a'.repeat(64),
    'changeme-changeme-changeme-changeme',
    'your-encryption-key-goes-here-1234',
    'CHANGE_ME_0123456789abcdefghijklmnop',
  ]) {
    assert.throws(() => readConfig(settings, { environment: { BODHI_ENCRYPTION_KEY: key } }), ConfigError, key);
  }
  const good = 'q7Lr2dP0xZ9vKfT1mWc8nYb3sJh6uGe5aRiOoQpXzVk=';
  assert.equal(readConfig(settings, { environment: { BODHI_ENCRYPTION_KEY: good } }).values.BODHI_ENCRYPTION_KEY, good);
});

test('text is read as what the setting is', () => {
  const read = (environment: Record<string, string>) => readConfig(settings, { environment }).values;
  for (const yes of ['true', 'TRUE', '1']) assert.equal(read({ BODHI_CANONICAL_REDIRECT: yes }).BODHI_CANONICAL_REDIRECT, true);
  for (const no of ['false', '0']) assert.equal(read({ BODHI_CANONICAL_REDIRECT: no }).BODHI_CANONICAL_REDIRECT, false);
  assert.deepEqual(read({ BODHI_TRUSTED_PROXIES: '10.0.0.0/8, ::1 ,' }).BODHI_TRUSTED_PROXIES, ['10.0.0.0/8', '::1']);
  assert.equal(read({ BODHI_PORT: ' 80 ' }).BODHI_PORT, 80);
});

test('values that only look right are refused', () => {
  const wrong: Record<string, unknown[]> = {
    BODHI_PORT: ['0x50', '1e3', '80.5', '-1', '65536', ' 8 0', true, [80], {}],
    BODHI_CANONICAL_REDIRECT: ['yes!', 2, []],
    BODHI_HOST: ['a b', 'http://a', 'a:80', '-a', 'a/b', 'a@b'],
    BODHI_AUTH_URL: ['login.example.com', 'javascript:alert(1)', 'https://a/?x=1', 'https://a/#x', 'file:///etc/passwd'],
    BODHI_TRUSTED_PROXIES: ['::/0', '0.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0', 'proxy', '10.0.0.0/', ['10.0.0.1', 5]],
    BODHI_KEEP_ALIVE_SECS: ['-1', '86401', 'NaN', 'Infinity'],
  };
  for (const [key, values] of Object.entries(wrong)) {
    for (const value of values) {
      const error = problemsOf(() => readConfig(settings, { file: { [key]: value } }), `${key} ${JSON.stringify(value)}`);
      assert.deepEqual(
        error.problems.map((problem) => problem.key),
        [key],
      );
    }
  }
});

test('an empty variable is not set', () => {
  const { values, sources } = readConfig(settings, {
    environment: { BODHI_PORT: '', BODHI_AUTH_URL: '' },
    file: { BODHI_HOST: null },
  });
  assert.equal(values.BODHI_PORT, 1135);
  assert.equal(values.BODHI_AUTH_URL, undefined);
  assert.equal(sources.BODHI_HOST, 'default');
});

test('a name that nobody reads is a warning with the one that was meant', () => {
  const { warnings } = readConfig(
    { BODHI_PORT: settings.BODHI_PORT },
    {
      environment: { BODHI_PROT: '80', BODHI_HOST: 'a', PATH: '/bin', BODHI_TEST_DATABASE_URL: 'x', BODHI_QQQQQQQQ: 'CANARY' },
      file: { BODHI_LOGLEVEL: 'info', colour: 'red' },
    },
  );
  assert.deepEqual(warnings, [
    'BODHI_PROT (environment) is not a setting and is ignored; did you mean BODHI_PORT?',
    'BODHI_QQQQQQQQ (environment) is not a setting and is ignored.',
    'BODHI_LOGLEVEL (settings.yaml) is not a setting and is ignored; did you mean BODHI_LOG_LEVEL?',
    'colour (settings.yaml) is not a setting and is ignored.',
  ]);
});

test('nobody changes a configuration after it was read', () => {
  const config = readConfig(settings, { environment: { BODHI_TRUSTED_PROXIES: '10.0.0.1' } });
  assert.throws(() => Object.assign(config.values, { BODHI_PORT: 1 }), TypeError);
  assert.throws(() => (config.values.BODHI_TRUSTED_PROXIES as string[]).push('0.0.0.0/0'), TypeError);
  assert.throws(() => ((config.sources as Record<string, string>).BODHI_PORT = 'x'), TypeError);
  assert.ok(Object.isFrozen(readConfig(settings, {}).values.BODHI_TRUSTED_PROXIES), 'defaults too');
});

test('names of the prototype are not settings', () => {
  const definition = { constructor: settings.BODHI_AUTH_REALM };
  assert.equal(readConfig(definition, { environment: {} }).values.constructor, 'sangha');
});

test('every default is a value that the setting itself accepts, and every example too', () => {
  for (const [key, setting] of Object.entries(settings)) {
    if (setting.default !== undefined) assert.ok(setting.schema.safeParse(setting.default).success, key);
    if (key !== 'BODHI_ENCRYPTION_KEY') assert.ok(setting.schema.safeParse(setting.fromText(setting.example)).success, key);
    assert.ok(setting.description.endsWith('.'), key);
  }
});

test('the public address leaves out what is usual', () => {
  const direct = readConfig(settings, {}).values;
  assert.equal(publicUrl(direct), 'http://127.0.0.1:1135');
  const proxied = readConfig(settings, {
    environment: { BODHI_PUBLIC_SCHEME: 'https', BODHI_PUBLIC_HOST: 'llm.example.com', BODHI_PUBLIC_PORT: '443' },
  }).values;
  assert.equal(publicUrl(proxied), 'https://llm.example.com');
  assert.equal(publicUrl(readConfig(settings, { environment: { BODHI_HOST: '::1', BODHI_PORT: '80' } }).values), 'http://[::1]');
});

function problemsOf(read: () => unknown, what?: string): ConfigError {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw assert.fail(`was accepted: ${what}`);
}
