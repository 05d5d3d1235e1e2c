import { defineConfig } from 'prisma/config';

// `generate` never runs the schema engine; naming a file that exists stops its download.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
process.env.CHECKPOINT_DISABLE ??= '1';

export default defineConfig({ schema: '.' });
