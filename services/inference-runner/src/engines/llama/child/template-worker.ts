import { parentPort } from 'node:worker_threads';
import { Template } from '@huggingface/jinja';

/** Renders chat templates apart from the engine's event loop: a template is a stranger's program and may never end. */
let cached: { source: string; template: Template } | undefined;

parentPort?.on('message', ({ id, source, values }: { id: number; source: string; values: Record<string, unknown> }) => {
  try {
    if (cached?.source !== source) cached = { source, template: new Template(source) };
    parentPort?.postMessage({ id, text: cached.template.render(values) });
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
