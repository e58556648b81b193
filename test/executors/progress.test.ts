import assert from 'node:assert/strict';
import { withExecutor } from '../../src/executors/executor.ts';
import { AsyncExecutor } from '../../src/executors/executors.ts';
import { type Host, host, setHost } from '../../src/show/host.ts';

describe('the progress bar of map', () => {
  it('is shown under the cell, updated in place, and says at its end that all is done', async () => {
    const before = host();
    const shown: { text: string; id: string | undefined; update: boolean | undefined }[] = [];
    const fake: Host = {
      display: (bundle, options) =>
        shown.push({ text: bundle['text/plain']!, id: options?.id, update: options?.update }),
      onInterrupt: () => () => {},
    };
    setHost(fake);
    try {
      await withExecutor(new AsyncExecutor(), async (executor) => {
        await executor.map((x: number) => x, [1, 2, 3], { progress: 'pages' });
      });
    } finally {
      setHost(before);
    }
    assert.match(shown.at(-1)!.text, /pages.*3 of 3/);
    assert.equal(new Set(shown.map(({ id }) => id)).size, 1);
    assert.deepEqual(
      shown.map(({ update }) => update),
      shown.map((_, index) => index > 0),
    );
  });
});
