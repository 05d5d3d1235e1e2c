import assert from 'node:assert/strict';
import test from 'node:test';
import { violations } from '../check-architecture.ts';

const refused: [what: string, path: string, source: string][] = [
  ['a service that opens a database', 'services/model-catalog/src/app.ts', `import { openSqlite } from '@sangha/database';`],
  ['a service that imports a driver', 'services/model-catalog/src/repository.ts', `import pg from 'pg';`],
  [
    'a service that imports another by package name',
    'services/model-catalog/src/app.ts',
    `import { x } from '@sangha/tenant-registry';`,
  ],
  [
    'a service that imports another by path',
    'services/model-catalog/src/app.ts',
    `import { x } from '../../tenant-registry/src/app.ts';`,
  ],
  ['a package that imports a service', 'packages/rpc/src/serve.ts', `import { x } from '@sangha/auth-gateway';`],
  ['a domain rule with I/O', 'services/model-catalog/src/domain/names.ts', `import { readFile } from 'node:fs/promises';`],
];
for (const [what, path, source] of refused) {
  test(`the architecture check refuses ${what}`, () => assert.equal(violations(path, source).length, 1));
}

test('the architecture check accepts a composition root that chooses engines', () => {
  assert.deepEqual(violations('services/model-catalog/src/main.ts', `import { openPostgres } from '@sangha/database';`), []);
  assert.deepEqual(
    violations(
      'deploy/single-node/src/main.ts',
      `import { openSqlite } from '@sangha/database'; import { createAuthGateway } from '@sangha/auth-gateway';`,
    ),
    [],
  );
});
