export { type BlobStore, type BlobStoreOptions, createBlobStore } from './blob-store.ts';
export { type HashOptions, hashFile } from './hash-file.ts';
export { resolveInside } from './resolve-inside.ts';
