import { extname } from 'node:path';

let half: typeof import('./outgoing.ts') | undefined;

/** The half of shipping that sends, loaded at its first use: it would add a third to the start of a worker. */
export function outgoing(): typeof import('./outgoing.ts') {
  if (half === undefined) {
    const load = process.getBuiltinModule('node:module').createRequire(import.meta.url);
    half = load(`./outgoing${extname(import.meta.filename)}`) as typeof import('./outgoing.ts');
  }
  return half;
}
