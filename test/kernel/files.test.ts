import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KernelClient } from './client.ts';

describe('files that change while a kernel runs', function () {
  this.timeout(120_000);
  const parent = mkdtempSync(join(tmpdir(), 'kernel-files-'));
  const folder = join(parent, 'home', 'course'); // the compiler does not watch what lies near the root
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const build = (declarations: string) => {
    write('package/dist/index.d.ts', "export * from './deep/known.js';");
    write('package/dist/index.js', 'exports.known = 1;');
    write('package/dist/deep/known.d.ts', declarations);
  };
  let kernel: KernelClient;

  before(async () => {
    write('package/package.json', '{ "name": "changing", "main": "dist/index.js", "types": "dist/index.d.ts" }');
    build('export const known: 1;');
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync('../package', join(folder, 'node_modules/changing'));
    kernel = await KernelClient.start({ cwd: folder });
  });
  after(async () => {
    await kernel.close();
    rmSync(parent, { recursive: true });
  });

  it('are no error of a cell that uses them: a package is built anew', async () => {
    const first = await kernel.execute(`import { known } from 'changing'; console.log(known)`);
    assert.equal(first.reply.status, 'ok', JSON.stringify(first.reply));
    const busy = kernel.execute(`
      const { existsSync } = require('node:fs');
      while (!existsSync('all-written')) await new Promise((r) => setTimeout(r, 5));
      await new Promise((r) => setTimeout(r, 300)) // the system tells of a change some time later`);
    for (let round = 0; round < 5; round += 1) {
      rmSync(join(folder, 'package/dist'), { recursive: true });
      build(`export const known: 1; export const more${round}: ${round};`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    write('all-written', '');
    assert.equal((await busy).reply.status, 'ok');
    // Not what is new in it: its code is loaded once, so until a restart the old types are as good.
    const next = await kernel.execute(`import { known as again } from 'changing'; const checked: 1 = again; checked`);
    assert.equal(next.reply.status, 'ok', JSON.stringify(next.reply));
    assert.deepEqual(
      kernel.iopub.filter(({ header }) => header.msg_type === 'error').map(({ content }) => content.evalue),
      [],
    );
  });
});
