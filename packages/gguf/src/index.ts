export type { Capability } from './capabilities.ts';
export { estimateMemory, type KvType, type MemoryEstimate, type MemoryQuestion } from './estimate-memory.ts';
export { type EffectiveTemplate, effectiveTemplate } from './family-template.ts';
export type { GgufMetadata, Pooling } from './metadata.ts';
export { type GgufSource, preflight, readGguf } from './read-gguf.ts';
export type { GgufLimits } from './read-header.ts';
