export { createLlamaEngines, type LlamaEnginesDeps } from './llama-engines.ts';
