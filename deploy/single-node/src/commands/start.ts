import { existsSync, renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expandHome } from '@sangha/config';
import { AppError } from '@sangha/errors';
import { type Life, run } from '@sangha/lifecycle';
import { createLogger } from '@sangha/telemetry';
import { pino } from 'pino';
import type { Connection } from '../api-client.ts';
import { type FirstRun, firstRun, readFirstRun } from '../first-run.ts';
import { freePort } from '../free-port.ts';
import { type Home, openHome } from '../home.ts';
import { createNode } from '../main.ts';
import { createModelLoader, type ModelLoader } from '../model-loader.ts';
import { readNodeConfig } from '../node-config.ts';
import { type NodeKeys, readNodeKeys } from '../node-keys.ts';
import { showProgress } from '../progress.ts';
import { getSampleModel } from '../sample-model.ts';
import { streamHello } from '../stream-hello.ts';
import { createTerminal, type Terminal } from '../terminal.ts';

export interface StartOptions {
  home: string;
  json?: boolean;
  model?: string;
  host?: string;
  port?: number;
  /** `false` with --no-sample. */
  sample: boolean;
}

/** More than any part gives to what still runs; a person who won't wait for an answer presses Ctrl-C again. */
export const closeTimeoutMs = 45_000;

/** `sangha start`: serves until Ctrl-C or SIGTERM. */
export async function start(options: StartOptions): Promise<void> {
  await run('sangha', (life) => startNode(life, options), { closeTimeoutMs });
}

async function startNode(life: Life, options: StartOptions): Promise<void> {
  const terminal = createTerminal(options.json ?? false);
  const startedAt = Number(process.env.SANGHA_STARTED_AT ?? performance.timeOrigin);
  if (options.model !== undefined && !existsSync(options.model))
    throw new AppError('not_found', `There is no file ${options.model}. Check the path after --model.`);
  const home = openHome(expandHome(options.home));
  life.defer('data folder', () => home.close());

  const { values, warnings, layers } = readNodeConfig(options, home.settingsFile, process.env);
  const log = createLogger({ service: 'sangha', level: values.BODHI_LOG_LEVEL, destination: openLog(home.logs) });
  for (const warning of warnings) terminal.say(`Note: ${warning}`);
  const keys = readNodeKeys(home.keys, values.BODHI_ENCRYPTION_KEY);

  const port = values.BODHI_PORT || (await freePort(values.BODHI_HOST));
  const node = await createNode({
    home,
    port,
    platformKey: keys.platformKey,
    operatorKey: keys.operatorKey,
    layers,
    values,
    log,
    defer: life.defer,
  });
  const { url } = await node.gateway.listen({ host: values.BODHI_HOST, port });
  const { admin, written } = await firstRun(node, home, url);

  terminal.say(`Sangha listens on ${url} (data in ${home.root}), ready after ${seconds(startedAt)}.`);
  if (written) introduce(terminal, written, keys, home.firstRunFile);

  const loader = createModelLoader(node, admin);
  const model = await chooseModel(options, loader, home, terminal, life.signal);
  const token = written?.api_token ?? readFirstRun(home.firstRunFile)?.api_token;
  if (model && written && token) await hello(terminal, { url, token }, model, life.signal);
  ending(terminal, url, token, model?.name, home.firstRunFile);
  if (options.json)
    terminal.answer(
      { url, model: model?.name ?? null, first_run: home.firstRunFile, ready_after_ms: Date.now() - startedAt },
      '',
    );
}

type SampleOutcome = { name: string; remark?: string } | undefined;

async function chooseModel(
  options: StartOptions,
  loader: ModelLoader,
  home: Home,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<SampleOutcome> {
  if (options.model !== undefined) return { name: await importNamed(loader, options.model, terminal) };
  const known = await loader.firstName();
  if (known !== undefined) return { name: known };
  if (!options.sample) {
    terminal.say('There is no model yet. Fetch one: npm run sangha -- pull Qwen/Qwen3-0.6B-GGUF:Q8_0');
    return undefined;
  }
  return getSampleModel({ ...loader, folder: home.models, say: terminal.say, quiet: terminal.json, signal });
}

async function importNamed(loader: ModelLoader, path: string, terminal: Terminal): Promise<string> {
  const progress = showProgress(basename(path), { unit: 'bytes', quiet: terminal.json });
  try {
    return await loader.importFile(path, (done, total) => progress.update(done, total));
  } finally {
    progress.stop();
  }
}

function introduce(terminal: Terminal, written: FirstRun, keys: NodeKeys, file: string): void {
  terminal.say();
  terminal.say('First start. These are shown once:');
  terminal.say(`  organisation  ${written.org}   admin  ${written.admin}`);
  terminal.say(`  API token     ${written.api_token}`);
  terminal.say(`  operator key  ${keys.operatorKey}`);
  terminal.say(
    `The token is also in ${file}, the operator key in ${keys.files.operatorKey}. ${keys.files.platformKey} opens every stored secret: keep a copy of it somewhere safe.`,
  );
  terminal.say();
}

async function hello(
  terminal: Terminal,
  connection: Connection,
  { name, remark }: { name: string; remark?: string },
  signal: AbortSignal,
): Promise<void> {
  terminal.say(`Asking ${name} to say hello.${remark ? ` ${remark}` : ''}`);
  const pieces = await streamHello(connection, name, terminal.json ? () => {} : terminal.write, signal).catch(
    (error: unknown) => {
      if (!signal.aborted) terminal.say(`(it did not answer: ${error instanceof Error ? error.message : error})`);
      return 0;
    },
  );
  terminal.say();
  terminal.say(`(streamed in ${pieces} pieces)`);
}

function ending(
  terminal: Terminal,
  url: string,
  token: string | undefined,
  model: string | undefined,
  firstRunFile: string,
): void {
  const secret = token ?? `$TOKEN`;
  terminal.say();
  terminal.say(
    token ? 'Try it:' : `Try it (the API token was printed on the first start and is not in ${firstRunFile} any more):`,
  );
  terminal.say(
    `  curl -N ${url}/v1/chat/completions -H 'authorization: Bearer ${secret}' -H 'content-type: application/json' \\`,
  );
  terminal.say(
    `    -d '${JSON.stringify({ model: model ?? 'MODEL', stream: true, max_tokens: 64, messages: [{ role: 'user', content: 'Say hello.' }] })}'`,
  );
  terminal.say('Ctrl-C stops it.');
}

/** The log of a node is a file: the terminal is for its person. One older file is kept. */
function openLog(folder: string) {
  const file = join(folder, 'sangha.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
  return pino.destination({ dest: file, mkdir: true, mode: 0o600, sync: true });
}
const MAX_LOG_BYTES = 20_000_000;

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;
