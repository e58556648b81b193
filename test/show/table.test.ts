import assert from 'node:assert/strict';
import { displaySymbol } from '../../src/show/display.ts';
import { table, textWidth } from '../../src/show/table.ts';

describe('a table', () => {
  const rows = [
    { engine: 'threads', ms: 182.44, note: 'é' },
    { engine: '프로세스', ms: 1900, note: '<b> & "c"' },
  ];

  it('is a real table with caption and header cells', () => {
    const html = table(rows, { caption: 'Two <engines>' })[displaySymbol]()['text/html']!;
    assert.match(html, /<table><caption>Two &#60;engines&#62;<\/caption>/);
    assert.match(html, /<th scope="col">engine<\/th><th scope="col" class="il-right">ms<\/th>/);
    assert.match(html, /<th scope="row">threads<\/th><td class="il-right">182<\/td>/);
    assert.match(html, /<td>&#60;b&#62; &#38; &#34;c&#34;<\/td>/);
  });

  it('has a text twin whose columns stand under each other, wide letters too', () => {
    const lines = String(table(rows, { caption: 'Two' })).split('\n');
    assert.deepEqual(lines, [
      'Two',
      'engine       ms  note',
      '────────  ─────  ─────────',
      'threads     182  é',
      '프로세스  1,900  <b> & "c"',
    ]);
  });

  it('takes columns by name or with title, unit, side and format', () => {
    const text = String(
      table(rows, {
        columns: [
          'engine',
          { key: 'ms', title: 'time', unit: 's', align: 'left', format: (ms) => `${Number(ms) / 1000}` },
        ],
      }),
    );
    assert.match(text, /^engine {4}time \(s\)\n/);
    assert.match(text, /threads {3}0\.18244\n/);
  });

  it('shows anything in a cell, briefly', () => {
    const text = String(table([{ name: 'a', value: { deep: { deeper: { deepest: 1 } } }, none: undefined, big: 10n }]));
    assert.match(text, /a +\{ deep: \{ deeper: \[Object\] \} \} +10n/);
  });

  it('is empty with columns, and refuses to be without', () => {
    assert.match(String(table([], { columns: ['a'] })), /^a\n─$/);
    assert.throws(() => table([]), /needs a row/);
  });

  it('puts what stands in brackets below its figure', () => {
    const html = table([{ name: 'a', time: '182 ms (175–190)' }])[displaySymbol]()['text/html']!;
    assert.match(html, /182 ms <small>\(175–190\)<\/small>/);
  });
});

describe('the width of a text', () => {
  it('counts wide letters twice and marks not at all', () => {
    assert.deepEqual(['abc', '한국', 'é', '日本語', ''].map(textWidth), [3, 4, 1, 6, 0]);
  });
});
