import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { isAppError } from '@sangha/errors';
import { newUlid, parseOrgId } from '@sangha/identity';
import { createKeyring, keyVersionOf, newPlatformKeyText, open, parsePlatformKeys, Secret, seal } from '@sangha/secrets';

const keyringOf = (setting: string, cacheSize = 100) =>
  createKeyring({ platformKeys: parsePlatformKeys(new Secret(setting)), cacheSize });
const newOrgId = () => parseOrgId(newUlid());
const place = { table: 'remote_model', column: 'api_key', rowId: 'r1' };
const canary = 'sk-canary-7f3a9c';
const unreadable = (error: unknown) => isAppError(error) && error.code === 'internal' && error.cause instanceof Error;

function fixture() {
  const keyring = keyringOf(`current:${newPlatformKeyText()}`);
  const orgId = newOrgId();
  const wrapped = keyring.newDataKey(orgId);
  const orgKey = keyring.unwrap(orgId, wrapped);
  return { keyring, orgId, wrapped, orgKey, sealed: seal(orgKey, place, new Secret(canary)) };
}

suite('a sealed secret', () => {
  test('opens where it was sealed, and nothing of it is visible before', () => {
    const { orgKey, sealed } = fixture();
    assert.equal(open(orgKey, place, sealed).reveal(), canary);
    assert.match(sealed, /^s1\.1\.[\w-]+$/);
    assert.notEqual(seal(orgKey, place, new Secret(canary)), sealed);
    for (const text of ['', 'ünïcode \u{1f511}', 'x'.repeat(100_000)])
      assert.equal(open(orgKey, place, seal(orgKey, place, new Secret(text))).reveal(), text);
  });

  test('does not open in another row, column, table or organisation', () => {
    const { keyring, orgKey, sealed } = fixture();
    for (const moved of [
      { rowId: 'r2' },
      { column: 'note' },
      { table: 'toolset' },
      { table: 'remote_model","api_key', column: '' },
    ])
      assert.throws(() => open(orgKey, { ...place, ...moved }, sealed), unreadable, JSON.stringify(moved));
    const other = newOrgId();
    assert.throws(() => open(keyring.unwrap(other, keyring.newDataKey(other)), place, sealed), unreadable);
  });

  test('does not open with a part moved across the border between two names', () => {
    const { orgKey } = fixture();
    const sealed = seal(orgKey, { table: 'a', column: 'b|c', rowId: 'd' }, new Secret(canary));
    assert.throws(() => open(orgKey, { table: 'a|b', column: 'c', rowId: 'd' }, sealed), unreadable);
  });

  test('does not open with any bit changed, cut off, or in another format', () => {
    const { orgKey, sealed } = fixture();
    const bytes = Buffer.from(sealed.slice('s1.1.'.length), 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      assert.throws(() => open(orgKey, place, `s1.1.${changed.toString('base64url')}`), unreadable);
    }
    for (const broken of [sealed.slice(0, -4), 's1.1.', 's1.1.AAAA', 's2.1.AAAA', 's1.0.AAAA', canary, ''])
      assert.throws(() => open(orgKey, place, broken), unreadable);
  });

  test('says which data key it needs', () => {
    const { keyring, orgId, orgKey, sealed } = fixture();
    const second = keyring.unwrap(orgId, keyring.newDataKey(orgId, 2));
    assert.equal(keyVersionOf(sealed), 1);
    assert.throws(() => open(second, place, sealed), unreadable);
    const resealed = seal(second, place, open(orgKey, place, sealed));
    assert.equal(keyVersionOf(resealed), 2);
    assert.equal(open(second, place, resealed).reveal(), canary);
    assert.throws(() => open(second, place, resealed.replace('s1.2.', 's1.1.')), unreadable);
  });
});

suite('a wrapped data key', () => {
  test('belongs to one organisation, one version and one platform key', () => {
    const { keyring, orgId, wrapped } = fixture();
    assert.equal(keyring.unwrap(orgId, Buffer.from(wrapped)).version, 1);
    assert.match(wrapped, /^w1\.1\.current\./);
    assert.throws(() => keyring.unwrap(newOrgId(), wrapped), unreadable);
    assert.throws(() => keyring.unwrap(orgId, wrapped.replace('w1.1.', 'w1.2.')), unreadable);
    assert.throws(() => keyring.unwrap(orgId, `${wrapped.slice(0, -2)}AA`), unreadable);
    assert.throws(() => keyring.unwrap(orgId, 'nonsense'), unreadable);
    assert.throws(() => keyringOf(`current:${newPlatformKeyText()}`).unwrap(orgId, wrapped), unreadable, 'same id, another key');
  });

  test('survives the rotation of the platform key; the old key is needed until it is wrapped again', () => {
    const [oldKey, newKey] = [newPlatformKeyText(), newPlatformKeyText()];
    const before = keyringOf(oldKey);
    const orgId = newOrgId();
    const wrapped = before.newDataKey(orgId);
    const sealed = seal(before.unwrap(orgId, wrapped), place, new Secret(canary));

    const during = keyringOf(`${newKey},${oldKey}`);
    assert.equal(during.needsRewrap(wrapped), true);
    assert.equal(open(during.unwrap(orgId, wrapped), place, sealed).reveal(), canary);
    const rewrapped = during.rewrap(orgId, wrapped);
    assert.equal(during.needsRewrap(rewrapped), false);

    const after = keyringOf(newKey);
    assert.equal(open(after.unwrap(orgId, rewrapped), place, sealed).reveal(), canary);
    assert.throws(() => after.unwrap(orgId, wrapped), /wrapped by the platform key "[0-9a-f]{12}", which is not configured/);
    assert.throws(() => during.rewrap(newOrgId(), wrapped), unreadable);
  });

  test('is kept in memory, but not without bound', () => {
    const keyring = keyringOf(newPlatformKeyText(), 2);
    const orgs = [1, 2, 3].map(() => newOrgId());
    const wrapped = orgs.map((orgId) => keyring.newDataKey(orgId));
    const unwrap = (index: number) => keyring.unwrap(orgs[index] ?? newOrgId(), wrapped[index] ?? '');
    const first = unwrap(0);
    assert.equal(unwrap(0), first);
    unwrap(1);
    unwrap(2);
    assert.notEqual(unwrap(0), first);
  });
});

test('a secret is never printed, serialised or joined into a text', () => {
  const secret = new Secret(canary);
  const nested = { deep: { list: [secret], map: new Map([['key', secret]]) }, error: new Error('x', { cause: secret }) };
  const printed = [
    `${secret}`,
    String(secret),
    secret.toString(),
    JSON.stringify({ secret }),
    JSON.stringify(nested),
    inspect(nested, { depth: 9, showHidden: true, getters: true }),
    inspect(structuredClone({ secret: { ...secret } })),
    Object.values(secret).join(),
    [secret].join(),
  ];
  for (const text of printed) assert.equal(text.includes(canary), false, text);
  assert.equal(JSON.stringify({ secret }), '{"secret":"[secret]"}');
  assert.equal(secret.reveal(), canary);
});

test('an unwrapped key is never printed', () => {
  const { orgKey } = fixture();
  const printed = `${inspect(orgKey, { depth: 9, showHidden: true })} ${JSON.stringify(orgKey)}`;
  assert.deepEqual(JSON.parse(JSON.stringify(orgKey)), { orgId: orgKey.orgId, version: 1 });
  assert.doesNotMatch(printed, /KeyObject|#key/);
});
