import { extname } from 'node:path';

// Not by import, which would make Node load all that the module could offer, at the start of every worker.
const load = process.getBuiltinModule('node:module').createRequire(import.meta.url);
let half: typeof import('./outgoing.ts') | undefined;

/** The half of shipping that sends, loaded at its first use: it would add a third to the start of a worker. */
export function outgoing(): typeof import('./outgoing.ts') {
  half ??= load(`./outgoing${extname(import.meta.filename)}`) as typeof import('./outgoing.ts');
  return half;
}
