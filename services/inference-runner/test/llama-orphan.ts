import { createLogger } from '@sangha/telemetry';
import { createLlamaEngines } from '../src/engines/llama/index.ts';
import { tinySpec } from './llama-fixture.ts';

/** A parent to be killed: opens an engine on the model that it is given, says the engine's process id, and waits. */
const [modelPath = ''] = process.argv.slice(2);
await createLlamaEngines({
  log: createLogger({ level: 'silent', service: 'test' }),
  onProcess: ({ pid }) => console.log(pid),
}).open({ ...tinySpec, modelPath, sha256: '0'.repeat(64) }, { signal: new AbortController().signal, onProgress: () => {} });
console.log('ready');
setInterval(() => {}, 1_000);
