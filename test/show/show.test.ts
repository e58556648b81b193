import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setHost } from '../../src/show/host.ts';
import { show } from '../../src/show/show.ts';
import { table } from '../../src/show/table.ts';

const root = join(import.meta.dirname, '../..');

describe('show', () => {
  after(() => setHost(undefined));

  it('hands picture and text to the kernel at once', () => {
    const shown: Readonly<Record<string, string>>[] = [];
    setHost({ display: (bundle) => shown.push(bundle), onInterrupt: () => () => {} });
    show(table([{ cores: 2 }]));
    show({ plain: 1 });
    show('words');
    assert.deepEqual(Object.keys(shown[0]!), ['text/html', 'text/plain']);
    assert.deepEqual(shown[1], { 'text/plain': '{ plain: 1 }' });
    assert.deepEqual(shown[2], { 'text/plain': 'words' });
  });

  it('refuses a promise, which would show nothing of use', () => {
    assert.throws(() => show(Promise.resolve(1)), /show\(await …\)/);
  });

  it('prints text in a terminal', () => {
    const script = `import { show, table } from ${JSON.stringify(join(root, 'src/index.ts'))};
      show(table([{ cores: 2 }])); show([1]);`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.equal(out, 'cores\n─────\n    2\n[ 1 ]\n');
  });

  it('reaches plain tslab’s own writer, with the text twin', () => {
    const script = `const jupyter = require('tslab/dist/jupyter.js');
      const sent = [];
      jupyter.lastWriteDisplayData = (message, update) => sent.push([Object.keys(message.data), message.transient, update]);
      const { show, table, progress } = require(${JSON.stringify(join(root, 'src/index.ts'))});
      show(table([{ cores: 2 }]));
      const bar = progress(1); bar.tick(); bar.close();
      console.log(JSON.stringify(sent));`;
    const out = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', cwd: root });
    const [shown, first, last] = JSON.parse(out) as [string[], { display_id?: string }, boolean][];
    assert.deepEqual(shown, [['text/html', 'text/plain'], {}, false]);
    assert.deepEqual([first![2], last![2]], [false, true]);
    assert.ok(first![1].display_id);
    assert.equal(first![1].display_id, last![1].display_id);
  });
});

describe('the library', () => {
  it('loads in a cell’s require without the heavy packages', () => {
    const script = `const loaded = [];
      require('node:module').registerHooks({ resolve: (name, context, next) => { loaded.push(name); return next(name, context); } });
      require(${JSON.stringify(join(root, 'src/index.ts'))});
      console.log(loaded.filter((name) => !/^(node:|[./])/.test(name)).join(' '), loaded.length > 10);`;
    const out = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', cwd: root });
    assert.match(out, /true\n$/);
    assert.doesNotMatch(out, /vega|piscina|tinypool|undici|bullmq/);
  });
});
