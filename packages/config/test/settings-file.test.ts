import assert from 'node:assert/strict';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isAppError } from '@sangha/errors';
import { expandHome, readSettingsFile, writeSetting } from '../src/index.ts';

test('a file that is not there, or empty, says nothing', (t) => {
  const file = settingsFile(t);
  assert.deepEqual(readSettingsFile(file), {});
  writeFileSync(file, '# only a remark\n');
  assert.deepEqual(readSettingsFile(file), {});
});

test('values keep their types', (t) => {
  const file = settingsFile(t, 'BODHI_PORT: 80\nBODHI_TRUSTED_PROXIES: [10.0.0.1]\nBODHI_CANONICAL_REDIRECT: false\n');
  assert.deepEqual(readSettingsFile(file), {
    BODHI_PORT: 80,
    BODHI_TRUSTED_PROXIES: ['10.0.0.1'],
    BODHI_CANONICAL_REDIRECT: false,
  });
});

test('a file that is no list of settings is refused with its line and without its content', (t) => {
  const cases: [string, RegExp][] = [
    ['BODHI_PORT: 80\nHF_TOKEN: "CANARY\n', /line \d+ is not YAML/],
    ['HF_TOKEN: CANARY\nHF_TOKEN: CANARY2\n', /line 2 is not YAML \(duplicate key\)/],
    ['- CANARY\n', /not a list of `KEY: value`/],
    ['CANARY\n', /not a list of `KEY: value`/],
    ['a: &CANARY [1]\nb: *CANARY\n', /aliases/],
    [`HF_TOKEN: ${'CANARY'.repeat(200_000)}\n`, /larger than 1 MiB/],
  ];
  for (const [content, expected] of cases) {
    const file = settingsFile(t, content);
    assert.throws(
      () => readSettingsFile(file),
      (error) =>
        isAppError(error) && expected.test(error.message) && error.message.includes(file) && !error.message.includes('CANARY'),
      expected.source,
    );
    assert.throws(() => writeSetting(file, 'BODHI_PORT', 1), 'and is not overwritten');
    assert.equal(readFileSync(file, 'utf8'), content);
  }
});

test('a written key keeps the remarks and the order of the others, and only the owner reads the file', (t) => {
  const file = settingsFile(t, '# our house\nBODHI_HOST: a # here\nBODHI_PORT: 80\n');
  writeSetting(file, 'BODHI_PORT', 8080);
  writeSetting(file, 'BODHI_TRUSTED_PROXIES', ['10.0.0.1']);
  writeSetting(file, 'BODHI_HOST', 'b');
  assert.equal(
    readFileSync(file, 'utf8'),
    '# our house\nBODHI_HOST: b # here\nBODHI_PORT: 8080\nBODHI_TRUSTED_PROXIES:\n  - 10.0.0.1\n',
  );
  writeSetting(file, 'BODHI_PORT', undefined);
  assert.deepEqual(readSettingsFile(file), { BODHI_HOST: 'b', BODHI_TRUSTED_PROXIES: ['10.0.0.1'] });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(file, '..')), ['settings.yaml'], 'nothing is left behind');
});

test('the first key makes the file', (t) => {
  const file = settingsFile(t);
  writeSetting(file, 'BODHI_PORT', 80);
  assert.equal(readFileSync(file, 'utf8'), 'BODHI_PORT: 80\n');
});

test('writing through a link changes the file it points at', (t) => {
  const file = settingsFile(t, 'BODHI_PORT: 80\n');
  const link = join(file, '..', 'link.yaml');
  symlinkSync(file, link);
  writeSetting(link, 'BODHI_PORT', 81);
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.deepEqual(readSettingsFile(file), { BODHI_PORT: 81 });
});

test('a home folder is expanded only where it is meant', () => {
  assert.equal(expandHome('~/a', '/home/x'), '/home/x/a');
  assert.equal(expandHome('~', '/home/x'), '/home/x');
  assert.equal(expandHome('/a/~/b', '/home/x'), '/a/~/b');
  assert.equal(expandHome('~other/a', '/home/x'), '~other/a');
});

function settingsFile(t: TestContext, content?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sangha-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'settings.yaml');
  if (content !== undefined) writeFileSync(file, content);
  return file;
}
