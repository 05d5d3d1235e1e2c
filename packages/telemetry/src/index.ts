export { createLogger, type Logger, type LoggerOptions, type LogLevel, logLevels, withRequest } from './logger.ts';
export { counter, createMetrics, gauge, histogram, type Labels, type LabelValues, type Registry } from './metrics.ts';
export { redact } from './redact.ts';
export { span } from './span.ts';
