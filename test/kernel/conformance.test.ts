import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './client.ts';
import { jupyterFolders, python } from './server.ts';

describe('the kernel passes what applies of jupyter_kernel_test', function () {
  this.timeout(60_000);

  it('all but the pager, which TypeScript does not have', async () => {
    const folders = jupyterFolders();
    try {
      const { stderr } = await promisify(execFile)(python(), [join(import.meta.dirname, 'conformance.py'), '-v'], {
        cwd: root,
        env: { ...process.env, ...folders.env },
        timeout: 50_000,
      });
      assert.match(stderr, /^OK \(skipped=1\)$/m, stderr);
      assert.match(stderr, /test_pager .* skipped/);
    } finally {
      folders.remove();
    }
  });
});
