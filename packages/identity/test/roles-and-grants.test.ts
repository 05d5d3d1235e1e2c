import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@sangha/errors';
import {
  allowsModel,
  allowsModelsList,
  isRole,
  isScope,
  lowerRole,
  noGrants,
  parseGrants,
  roleAtLeast,
  roles,
  scopeRole,
} from '../src/index.ts';

const refusal = (param: string) => (error: unknown) =>
  isAppError(error) && error.code === 'invalid_value' && error.param === param;

test('every role contains the ones before it and no other', () => {
  for (const [rank, role] of roles.entries()) {
    for (const [leastRank, least] of roles.entries()) {
      assert.equal(roleAtLeast(role, least), rank >= leastRank, `${role} ≥ ${least}`);
      assert.equal(lowerRole(role, least), roles[Math.min(rank, leastRank)]);
    }
  }
});

test('a scope never stands for managing an organisation', () => {
  assert.equal(scopeRole('scope_token_user'), 'resource_user');
  assert.equal(scopeRole('scope_user_user'), 'resource_user');
  assert.equal(scopeRole('scope_token_power_user'), 'resource_power_user');
  assert.equal(scopeRole('scope_user_power_user'), 'resource_power_user');
});

test('names inherited from Object are neither roles nor scopes', () => {
  for (const name of ['constructor', '__proto__', 'toString', '', 'RESOURCE_ADMIN', 'resource_admin ']) {
    assert.equal(isRole(name) || isScope(name), false, name);
  }
});

test('grants that say nothing deny everything', () => {
  assert.deepEqual(parseGrants('{"version":"1"}'), noGrants);
  assert.equal(allowsModel(noGrants, ['a']), false);
  assert.equal(allowsModelsList(noGrants), false);
});

test('a model is allowed by any of the ids that name it', () => {
  const grants = parseGrants('{"version":"1","models_list":true,"models":{"type":"specific","ids":["a","b"]}}');
  assert.equal(allowsModel(grants, ['x', 'b']), true);
  assert.equal(allowsModel(grants, ['x', 'B']), false);
  assert.equal(allowsModel(grants, []), false);
  assert.equal(allowsModelsList(grants), true);
  assert.equal(allowsModel(parseGrants('{"version":"1","models":{"type":"all"}}'), ['x']), true);
});

test('without grants the role alone decides', () => {
  assert.equal(allowsModel(undefined, ['x']), true);
  assert.equal(allowsModelsList(undefined), true);
});

test('grants survive being written and read again', () => {
  const text =
    '{"version":"1","models_list":true,"models":{"type":"specific","ids":["a"]},"toolsets_list":false,"toolsets":{"type":"all"}}';
  assert.equal(JSON.stringify(parseGrants(text)), text);
});

test('malformed grants are refused at the field that is wrong', () => {
  for (const [text, param] of [
    ['', 'grants'],
    ['null', 'grants'],
    ['[]', 'grants'],
    ['"all"', 'grants'],
    ['{}', 'grants.version'],
    ['{"version":1}', 'grants.version'],
    ['{"version":"2"}', 'grants.version'],
    ['{"version":"1","model":{"type":"all"}}', 'grants'],
    ['{"version":"1","models_list":"true"}', 'grants.models_list'],
    ['{"version":"1","models_list":null}', 'grants.models_list'],
    ['{"version":"1","models":"all"}', 'grants.models'],
    ['{"version":"1","models":{"type":"ALL"}}', 'grants.models.type'],
    ['{"version":"1","models":{"type":"all","ids":["a"]}}', 'grants.models.type'],
    ['{"version":"1","models":{"type":"specific"}}', 'grants.models.ids'],
    ['{"version":"1","models":{"type":"specific","ids":["a",1]}}', 'grants.models.ids'],
    ['{"version":"1","models":{"type":"specific","ids":[""]}}', 'grants.models.ids'],
    ['{"version":"1","toolsets":{"type":"specific","ids":"a"}}', 'grants.toolsets.ids'],
    [`{"version":"1","models":{"type":"specific","ids":["${'a'.repeat(17_000)}"]}}`, 'grants'],
  ] as const) {
    assert.throws(() => parseGrants(text), refusal(param), text.slice(0, 80));
  }
});
