import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolveSetting } from '@sangha/config';
import { AppError, type ErrorCode } from '@sangha/errors';
import type { Role } from '@sangha/identity';
import { parsePage } from '@sangha/paging';
import { checkActOn, checkAdminRemains, checkAssign, parseMemberRole } from '../src/domain/members.ts';
import { nextStatus } from '../src/domain/organization.ts';
import { parseChange, settingView, withRows } from '../src/domain/settings.ts';
import { parseSlug } from '../src/domain/slug.ts';
import { parseEmail, parseText } from '../src/domain/text.ts';
import { checkToken, parseExpiry, parseTokenGrants, parseTokenScope } from '../src/domain/tokens.ts';
import { dayOf, isWholeDays, parseSpan, parseUsageEvent } from '../src/domain/usage.ts';

const refusedAs = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;

describe('a slug', () => {
  for (const slug of ['a', 'acme', 'acme-2', 'default', 'x'.repeat(63)]) {
    it(`may be "${slug.slice(0, 20)}"`, () => assert.equal(parseSlug(slug), slug));
  }
  for (const slug of [
    '',
    '-a',
    'a-',
    'a--b',
    'xn--80ak6aa92e',
    'Acme',
    'a.b',
    'a_b',
    'ä',
    'a b',
    'x'.repeat(64),
    'www',
    'admin',
    'api',
    "a'; --",
  ]) {
    it(`may not be ${JSON.stringify(slug.slice(0, 20))}`, () => assert.throws(() => parseSlug(slug), refusedAs('invalid_value')));
  }
});

describe('a name', () => {
  it('is trimmed', () => assert.equal(parseText('  Acme ', 'name', 1, 10), 'Acme'));
  it('is not empty', () => assert.throws(() => parseText('   ', 'name', 1, 10), refusedAs('missing_field')));
  it('has no characters that hide', () => {
    for (const text of ['a\u0000', 'a\nb', 'a\u202eb', 'a\u200bb', '\u2066a'])
      assert.throws(() => parseText(text, 'name', 1, 10), refusedAs('invalid_value'));
  });
  it('is bounded', () => assert.throws(() => parseText('x'.repeat(11), 'name', 1, 10), refusedAs('invalid_value')));
  it('an e-mail address may be missing, not wrong', () => {
    assert.equal(parseEmail(''), null);
    assert.equal(parseEmail(' a@b.example '), 'a@b.example');
    for (const text of ['a', '@', 'a@b@c', 'a b@c', `${'x'.repeat(300)}@b`])
      assert.throws(() => parseEmail(text), refusedAs('invalid_value'));
  });
});

describe('roles', () => {
  const ranked: Role[] = ['resource_user', 'resource_power_user', 'resource_manager', 'resource_admin'];
  const standing = (role: Role) => ({ userId: role, role });
  it('nobody acts on someone above them, and nobody gives a role above their own', () => {
    for (const [low, actor] of ranked.entries()) {
      for (const [high, other] of ranked.entries()) {
        const [act, assign] = [() => checkActOn(standing(actor), standing(other)), () => checkAssign(standing(actor), other)];
        if (high > low) {
          assert.throws(act, refusedAs('insufficient_role'));
          assert.throws(assign, refusedAs('insufficient_role'));
        } else {
          act();
          assign();
        }
      }
    }
  });
  it('the last admin stays admin', () => {
    assert.throws(() => checkAdminRemains(standing('resource_admin'), undefined, 1), refusedAs('last_admin'));
    assert.throws(() => checkAdminRemains(standing('resource_admin'), 'resource_manager', 1), refusedAs('last_admin'));
    checkAdminRemains(standing('resource_admin'), 'resource_admin', 1);
    checkAdminRemains(standing('resource_admin'), undefined, 2);
    checkAdminRemains(standing('resource_user'), undefined, 1);
  });
  it('a member is no guest and nothing invented', () => {
    for (const text of ['resource_guest', 'admin', '', 'scope_token_user', '__proto__'])
      assert.throws(() => parseMemberRole(text), refusedAs('invalid_value'));
  });
});

describe('an API token', () => {
  const now = new Date('2026-06-01T00:00:00Z');
  const stored = {
    role: 'resource_admin',
    scope: 'scope_token_power_user',
    status: 'active',
    grants: '{"version":"1"}',
    expires_ms: null,
  };

  it('can do no more than its owner', () => {
    assert.equal(parseTokenScope('scope_token_power_user', 'resource_power_user'), 'scope_token_power_user');
    assert.throws(() => parseTokenScope('scope_token_power_user', 'resource_user'), refusedAs('insufficient_scope'));
    for (const text of ['scope_token_admin', 'scope_user_user', 'resource_admin', ''])
      assert.throws(() => parseTokenScope(text, 'resource_admin'), refusedAs('invalid_value'));
  });
  it('allows nothing unless it says so', () => {
    assert.deepEqual(JSON.parse(parseTokenGrants('')), {
      version: '1',
      models_list: false,
      models: { type: 'specific', ids: [] },
      toolsets_list: false,
      toolsets: { type: 'specific', ids: [] },
    });
    assert.throws(() => parseTokenGrants('{}'), refusedAs('invalid_value'));
    assert.throws(() => parseTokenGrants('{"version":"1","model":{"type":"all"}}'), refusedAs('invalid_value'));
  });
  it('expires in the future or never', () => {
    assert.equal(parseExpiry('', now), null);
    assert.equal(parseExpiry('2026-06-01T00:00:01Z', now)?.getTime(), now.getTime() + 1000);
    for (const text of ['2026-06-01T00:00:00Z', '2020-01-01T00:00:00Z', 'tomorrow', '2026-13-01T00:00:00Z', '2027', '1e99'])
      assert.throws(() => parseExpiry(text, now), refusedAs('invalid_value'));
  });
  it('has its scope as long as its owner stands that high', () => {
    assert.equal(checkToken(stored, now.getTime()), 'scope_token_power_user');
    assert.equal(checkToken({ ...stored, role: 'resource_user' }, now.getTime()), 'scope_token_user');
    assert.equal(checkToken({ ...stored, scope: 'scope_token_user' }, now.getTime()), 'scope_token_user');
  });
  it('ends when it expires, is switched off, is malformed or its owner has no role', () => {
    const at = now.getTime();
    assert.throws(() => checkToken(undefined, at), refusedAs('token_invalid'));
    assert.throws(() => checkToken({ ...stored, status: 'inactive' }, at), refusedAs('token_revoked'));
    assert.throws(() => checkToken({ ...stored, expires_ms: at }, at), refusedAs('token_expired'));
    checkToken({ ...stored, expires_ms: at + 1 }, at);
    for (const grants of ['', '{', 'null', '[]', '{"version":"2"}', '{"version":"1","models":"all"}'])
      assert.throws(() => checkToken({ ...stored, grants }, at), refusedAs('token_invalid'));
    assert.throws(() => checkToken({ ...stored, role: 'resource_guest' }, at), refusedAs('token_invalid'));
  });
});

describe('settings', () => {
  const none = withRows({}, { organization: {}, platform: {} });
  it('come from the organisation before the platform, and from the environment before both', () => {
    const rows = { organization: { BODHI_KEEP_ALIVE_SECS: 60 }, platform: { BODHI_KEEP_ALIVE_SECS: 120 } };
    assert.deepEqual(pick(withRows({}, rows)), { value: '60', source: 'organization', editable: true });
    assert.deepEqual(pick(withRows({}, { ...rows, organization: {} })), { value: '120', source: 'file', editable: true });
    assert.deepEqual(pick(withRows({ environment: { BODHI_KEEP_ALIVE_SECS: '5' } }, rows)), {
      value: '5',
      source: 'environment',
      editable: false,
    });
    assert.deepEqual(pick(none), { value: '300', source: 'default', editable: true });
  });
  it('show a secret as set or not set', () => {
    const set = withRows({}, { organization: { BODHI_HUB_TOKEN: 'hf_secret' }, platform: {} });
    assert.equal(settingView(resolveSetting('BODHI_HUB_TOKEN', set)).value, '"********"');
    assert.equal(settingView(resolveSetting('BODHI_HUB_TOKEN', none)).value, 'null');
  });
  it('refuse what is unknown, pinned, the process’s own, of the wrong type or out of range', () => {
    const change =
      (key: string, json: string, layers = none, owner: 'organization' | 'platform' = 'organization') =>
      () =>
        parseChange(key, json, owner, layers);
    assert.throws(change('NO_SUCH', '1'), refusedAs('not_found'));
    assert.throws(change('__proto__', '1'), refusedAs('not_found'));
    assert.throws(change('BODHI_PORT', '80'), refusedAs('setting_not_editable'));
    assert.throws(
      change(
        'BODHI_KEEP_ALIVE_SECS',
        '1',
        withRows({ environment: { BODHI_KEEP_ALIVE_SECS: '5' } }, { organization: {}, platform: {} }),
      ),
      refusedAs('setting_not_editable'),
    );
    for (const json of ['"60"', '-1', '1.5', '1e9', 'null', '{}', '[60]'])
      assert.throws(change('BODHI_KEEP_ALIVE_SECS', json), refusedAs('invalid_value'));
    assert.throws(change('BODHI_KEEP_ALIVE_SECS', '60 '.repeat(2)), refusedAs('invalid_json'));
    assert.throws(change('BODHI_HUB_TOKEN', '"hf_x"', none, 'platform'), refusedAs('setting_not_editable'));
    assert.deepEqual(change('BODHI_KEEP_ALIVE_SECS', '60')(), { key: 'BODHI_KEEP_ALIVE_SECS', value: 60 });
  });
  const pick = (layers: Parameters<typeof resolveSetting>[1]) => {
    const { value, source, editable } = settingView(resolveSetting('BODHI_KEEP_ALIVE_SECS', layers));
    return { value, source, editable };
  };
});

describe('usage', () => {
  it('is asked for by a span of at most 400 days', () => {
    const span = parseSpan({ from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' });
    assert.ok(isWholeDays(span));
    assert.ok(!isWholeDays(parseSpan({ from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00.001Z' })));
    assert.ok(!isWholeDays(parseSpan({ from: '2026-01-01T00:00:00+02:00', to: '2026-01-02T00:00:00+02:00' })));
    for (const [from, to] of [
      ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
      ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
      ['2024-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
      ['', ''],
      ['2026-01-01', '2026-01-02'],
    ] as const) {
      assert.throws(() => parseSpan({ from, to }), refusedAs('invalid_value'));
    }
  });
  it('belongs to the UTC day it happened on', () => assert.equal(dayOf(new Date('2026-01-01T23:30:00-02:00')), '2026-01-02'));
  const event = {
    orgId: 'A',
    userId: 'u',
    tokenId: '',
    requestId: 'r',
    model: 'm',
    source: 'local',
    promptTokens: 1,
    completionTokens: 2,
    cachedTokens: 0,
    outcome: 'completed',
    at: '2026-01-01T00:00:00Z',
  };
  it('of another organisation than its subject’s is refused', () =>
    assert.throws(() => parseUsageEvent(event, 'B'), refusedAs('invalid_value')));
  it('without a request id or with impossible counts is refused', () => {
    assert.throws(() => parseUsageEvent({ ...event, requestId: '' }, 'A'), refusedAs('missing_field'));
    assert.throws(() => parseUsageEvent({ ...event, promptTokens: 2 ** 40 }, 'A'), refusedAs('invalid_value'));
  });
});

describe('an organisation', () => {
  it('that is deleted stays deleted', () => {
    assert.equal(nextStatus('active', 'suspended'), 'suspended');
    assert.equal(nextStatus('suspended', 'active'), 'active');
    assert.throws(() => nextStatus('deleted', 'active'), refusedAs('wrong_state'));
    assert.throws(() => nextStatus('active', 'gone'), refusedAs('invalid_value'));
  });
});

describe('a page', () => {
  it('has 30 rows unless asked, and at most 100', () => {
    assert.deepEqual(parsePage({ page: 0, pageSize: 0 }), { page: 1, pageSize: 30 });
    assert.deepEqual(parsePage({ page: 4_294_967_295, pageSize: 4_294_967_295 }), { page: 1_000_000, pageSize: 100 });
  });
});
