import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parsePlatformKeys, Secret } from '@sangha/secrets';
import { readNodeKeys } from '../src/node-keys.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test("a node's keys are made once, strong, and for the owner only", (t) => {
  const folder = temporaryFolder(t);
  const made = readNodeKeys(folder, undefined);
  parsePlatformKeys(new Secret(made.platformKey)); // refuses what can be guessed
  assert.match(made.operatorKey, /^sangha_operator_[\w-]{43}$/);
  for (const file of Object.values(made.files)) assert.equal(statSync(file).mode & 0o777, 0o600, file);
  assert.deepEqual(readNodeKeys(folder, undefined), made);
});

test('no two nodes share a key', (t) => {
  const [one, other] = [readNodeKeys(temporaryFolder(t), undefined), readNodeKeys(temporaryFolder(t), undefined)];
  assert.notEqual(one.platformKey, other.platformKey);
  assert.notEqual(one.operatorKey, other.operatorKey);
});

test('a key from BODHI_ENCRYPTION_KEY is used and never written down', (t) => {
  const folder = temporaryFolder(t);
  const configured = 'kept-elsewhere-3f1c9a7e5b2d8406-by-the-operator';
  assert.equal(readNodeKeys(folder, configured).platformKey, configured);
  assert.ok(!existsSync(join(folder, 'platform.key')));
  for (const name of readdirSync(folder)) assert.ok(!readFileSync(join(folder, name), 'utf8').includes(configured), name);
});

test('a key from BODHI_ENCRYPTION_KEY wins over the one that was kept, which stays', (t) => {
  const folder = temporaryFolder(t);
  const kept = readNodeKeys(folder, undefined).platformKey;
  assert.equal(readNodeKeys(folder, 'another one').platformKey, 'another one');
  assert.equal(readNodeKeys(folder, undefined).platformKey, kept);
});

test('an emptied key file is refused and not replaced: what it opened would be lost', (t) => {
  const folder = temporaryFolder(t);
  const { files } = readNodeKeys(folder, undefined);
  for (const file of Object.values(files)) {
    const kept = readFileSync(file, 'utf8');
    writeFileSync(file, '\n');
    assert.throws(() => readNodeKeys(folder, undefined), { code: 'invalid_value', message: new RegExp(`${file} is empty`) });
    writeFileSync(file, kept);
  }
});
