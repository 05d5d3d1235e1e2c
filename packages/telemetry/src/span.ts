import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { redact } from './redact.ts';

/**
 * Runs `work` inside a span that ends when it settles; a failure is recorded and thrown on. Costs next to nothing unless
 * the process installed an OpenTelemetry SDK. Never put content (prompts, answers) into attributes.
 */
export function span<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return trace.getTracer('sangha').startActiveSpan(name, { attributes: redactAttributes(attributes) }, async (active) => {
    try {
      return await work(active);
    } catch (error) {
      const { name: type, message } = error instanceof Error ? error : new Error(String(error));
      active.recordException({ name: type, message: redact(message) });
      active.setStatus({ code: SpanStatusCode.ERROR, message: redact(message) });
      throw error;
    } finally {
      active.end();
    }
  });
}

const redactAttributes = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, typeof value === 'string' ? redact(value) : value]));
