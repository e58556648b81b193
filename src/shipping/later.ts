import { createRequire } from 'node:module';
import { extname } from 'node:path';

const load = createRequire(import.meta.url);
let half: typeof import('./outgoing.ts') | undefined;

/** The half of shipping that sends, loaded at its first use: it would add a third to the start of a worker. */
export function outgoing(): typeof import('./outgoing.ts') {
  half ??= load(`./outgoing${extname(import.meta.filename)}`) as typeof import('./outgoing.ts');
  return half;
}
