export { type Cache, type CacheKey, type OrgKey, type PlatformKey, platformKey } from './cache.ts';
export { createMemoryCache, type MemoryCacheOptions } from './memory.ts';
