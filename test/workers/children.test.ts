import assert from 'node:assert/strict';
import { childOptions } from '../../src/workers/children.ts';

describe('the options a child process inherits', () => {
  it('are all but those of the main script, above all the script itself', () => {
    for (const script of [
      ['-e', 'main()'],
      ['-p', 'main()'],
      ['--eval', 'main()'],
      ['--print=main()'],
      ['--input-type=module', '-e', 'main()'],
      ['--input-type', 'module', '-e', 'main()'],
      ['--inspect=9229'],
      ['--inspect-brk'],
      ['--test', '--watch'],
    ]) {
      assert.deepEqual(childOptions(['--expose-gc', ...script, '--max-old-space-size=64']), [
        '--expose-gc',
        '--max-old-space-size=64',
      ]);
    }
    assert.deepEqual(childOptions([]), []);
  });
});
