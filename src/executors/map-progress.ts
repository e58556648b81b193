import { Progress } from '../show/progress.ts';

/** What `map` does with its progress: draws a bar (under a given label), or calls a function. */
export type ProgressOption = boolean | string | ((done: number, total: number | undefined) => void);

/** Tells how far a map has come; `close` once it is over. */
export interface Teller {
  tell(done: number): void;
  close(): void;
}

/** The teller that an option of `map` asks for, if any. */
export function tellerFor(
  option: ProgressOption | undefined,
  total: number | undefined,
  name: string,
): Teller | undefined {
  if (option === undefined || option === false) return undefined;
  if (typeof option === 'function') return { tell: (done) => option(done, total), close: () => {} };
  const bar = new Progress(total, option === true ? name : option);
  return { tell: (done) => bar.tick(done - bar.done), close: () => bar.close() };
}
