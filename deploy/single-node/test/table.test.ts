import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from '../src/table.ts';

test('a table lines up its columns, numbers to the right', () => {
  const text = table([
    ['NAME', '>SIZE', 'LICENCE'],
    ['a-long-name', '1.2 GB', 'mit'],
    ['b', '900 kB', ''],
  ]);
  assert.equal(text, ['NAME           SIZE  LICENCE', 'a-long-name  1.2 GB  mit', 'b            900 kB'].join('\n'));
});

test('a table of nothing is its heading', () => {
  assert.equal(table([['NAME', '>SIZE']]), 'NAME  SIZE');
});

test('a table stays aligned where names have characters beyond the basic plane', () => {
  const [, first = '', second = ''] = table([
    ['NAME', 'KIND'],
    ['🦙', 'x'],
    ['four', 'x'],
  ]).split('\n');
  assert.equal([...first].indexOf('x'), [...second].indexOf('x'));
});
