import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeTimeoutMs } from '../src/commands/start.ts';
import { gatewayConfigOf, readNodeConfig, runnerConfigOf } from '../src/node-config.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test('nothing is closed by force while it lets running answers end: a stop in the middle of a stream is no failure', (t) => {
  const home = temporaryFolder(t);
  const { values } = readNodeConfig({ home }, `${home}/settings.yaml`, {});
  const moreForLastWords = 5_000;
  assert.ok(closeTimeoutMs >= gatewayConfigOf(values, 'sangha_operator_'.padEnd(60, 'x')).closeGraceMs + moreForLastWords);
  const { closeGraceMs, engineStopMs } = runnerConfigOf(values);
  assert.ok(closeTimeoutMs >= closeGraceMs + engineStopMs + moreForLastWords);
});
