import assert from 'node:assert/strict';
import { Notebook } from './cells.ts';

interface Refused {
  readonly names: string[];
  readonly message: string;
}

/** For a `describe`: a notebook that all its tests use, and what they do with it. */
export function inCells() {
  let notebook: Notebook;
  before(async () => {
    notebook = await Notebook.open();
  });
  after(() => notebook?.close());
  const cell = (code: string) => notebook.cell(code);
  /** What the call gives here; a thread and a process must give the same. */
  const everywhere = async (fn: string, ...args: string[]) => {
    const all = (await cell(`tell(await everywhere(${[fn, ...args].join()}));`)) as unknown[];
    const [here, thread, process] = all;
    assert.deepEqual(thread, here);
    assert.deepEqual(process, here);
    return here;
  };
  /** Why the function cannot travel, or its arguments. */
  const refused = async (expression: string) => (await cell(`tell(await refused(${expression}));`)) as Refused;
  return { cell, everywhere, refused };
}
