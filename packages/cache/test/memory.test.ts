import { createMemoryCache } from '../src/index.ts';
import { cacheContract, type Thing } from './contract.ts';

cacheContract('memory', (options) => createMemoryCache<Thing>(options));
