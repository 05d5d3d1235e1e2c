import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orgContext } from '@sangha/testkit/contexts';
import { orgScope } from '../src/index.ts';

test('a scope is one statement, for this transaction only, with its values bound', () => {
  const context = orgContext({ userId: "o'brien" });
  assert.deepEqual(orgScope(context), {
    name: 'sangha_org_scope',
    text: "select set_config('app.org_id', $1, true), set_config('app.user_id', $2, true)",
    values: [context.orgId, "o'brien"],
  });
});
