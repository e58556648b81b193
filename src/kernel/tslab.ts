import { createRequire } from 'node:module';

/**
 * The parts of tslab that the kernel stands on. They are CommonJS and loaded here, after the socket thread has been
 * started: reading the TypeScript compiler takes a few hundred milliseconds.
 */
const require = createRequire(import.meta.url);

type TypeScript = typeof import('@tslab/typescript-for-tslab');

/** The compiler that tslab carries. */
export const ts = createRequire(require.resolve('tslab'))('@tslab/typescript-for-tslab') as TypeScript;

export const { createConverter } = require('tslab/dist/converter.js') as typeof import('tslab/dist/converter.js');
export const { createExecutor } = require('tslab/dist/executor.js') as typeof import('tslab/dist/executor.js');

/** Kept whole: `display` of tslab writes through its property `lastWriteDisplayData`. */
export const jupyter = require('tslab/dist/jupyter.js') as {
  -readonly [name in keyof typeof import('tslab/dist/jupyter.js')]: typeof import('tslab/dist/jupyter.js')[name];
};
