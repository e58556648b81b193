import assert from 'node:assert/strict';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../src/course/environment.ts';
import { differences, findings } from '../../src/course/judge.ts';
import type { Notebook, Output } from '../../src/course/notebook.ts';
import { Outputs } from '../../src/course/outputs.ts';
import { notebook } from './fixtures.ts';

const stdout = (text: string): Output => ({ output_type: 'stream', name: 'stdout', text });

function showing(outputs: Output[], source = 'f()', ...tags: string[]): Notebook {
  const shown = notebook([source, ...tags]);
  Object.assign(shown.cells[0]!, { outputs, execution_count: 1 });
  return shown;
}

describe('what must not be committed', () => {
  it('is found in every kind of output', () => {
    const unwanted: [string, RegExp][] = [
      [join(root, 'src/index.ts'), /a path of this machine/],
      [join(tmpdir(), 'x1y2'), /a path of this machine/],
      [join(homedir(), '.cache'), /a path/],
      ['/home/jane/course', /a path of a home folder/],
      ['file:///opt/x.js', /a path as an address/],
      ['(node:4711) [DEP0040] DeprecationWarning: punycode', /a warning/],
      ['ExperimentalWarning: SQLite', /a warning/],
      ['2026-11-22T00:20:20.085Z', /a time of day/],
      ['Sun Nov 22 2026 00:20:20 GMT+0000', /a time of day/],
    ];
    for (const [text, message] of unwanted) {
      const outputs: Output[] = [
        stdout(`so: ${text}`),
        { output_type: 'error', ename: 'E', evalue: text, traceback: [] },
        { output_type: 'error', ename: 'E', evalue: '', traceback: ['at', text] },
        { output_type: 'display_data', metadata: {}, data: { 'text/html': ['<p>', text] } },
        { output_type: 'display_data', metadata: {}, data: { 'application/json': { deep: [text] } } },
      ];
      for (const output of outputs) {
        const [found = 'nothing', ...more] = findings(showing([output]));
        assert.match(found, message);
        // In a folder of this user the same text is several of these things.
        assert.ok(
          [found, ...more].every((each) => each.startsWith('cell [1] shows ')),
          JSON.stringify([found, more]),
        );
      }
    }
  });

  it('is not seen in what is harmless or what the cell itself says', () => {
    const harmless = ['12:30 ms', '/dev/shm', 'v24.19.0', 'root cause', 'a warning', '3 / 4', 'http://127.0.0.1/'];
    assert.deepEqual(findings(showing(harmless.map(stdout))), []);
    assert.deepEqual(findings(showing([stdout('/home/jane/x')], "console.log('/home/jane/x')")), []);
  });
});

describe('stored and fresh outputs', () => {
  const agree = (before: Output[], now: Output[], ...tags: string[]) =>
    differences(showing(before, 'f()', ...tags), showing(now, 'f()', ...tags)).length === 0;

  it('agree when only numbers, units, bars and some words differ', () => {
    const before = 'one by one  206 ms ━━━━━━━━\nfive at once 1.2 s ██▌ 3 tasks\nsame result\nfaster';
    const now = 'one by one  1.1 s ━━\nfive at once 800 µs ████████ 1 task\nsame result\nslower';
    assert.ok(agree([stdout(before)], [stdout(now)]));
    const [verdict, other] = ['None of these lengths pays here.', 'Of these lengths, 3 ms is the first that pays.'];
    assert.ok(agree([stdout(verdict)], [stdout(other)]));
  });

  it('disagree when an output, a kind or most words are others', () => {
    assert.ok(!agree([stdout('a')], []));
    assert.ok(!agree([], [stdout('a')]));
    assert.ok(!agree([stdout('a')], [{ ...stdout('a'), name: 'stderr' }]));
    assert.ok(!agree([stdout('found 3 of 4')], [stdout('nothing was lost')]));
    assert.ok(!agree([stdout('42')], [stdout('undefined')]));
    const error: Output = { output_type: 'error', ename: 'RangeError', evalue: '', traceback: [] };
    assert.ok(!agree([error], [{ ...error, ename: 'TypeError' }]));
  });

  it('need only agree in kind under the tag `varies`', () => {
    assert.ok(agree([stdout('heads')], [stdout('tails')], 'varies'));
    assert.ok(!agree([stdout('heads')], [], 'varies'));
  });
});

describe('the outputs of a cell', () => {
  const collect = (...messages: [string, object][]) => {
    const outputs = new Outputs(new Map(), 7);
    for (const [msg_type, content] of messages) outputs.take({ header: { msg_type }, content });
    return outputs.outputs;
  };
  const print = (text: string, name = 'stdout'): [string, object] => ['stream', { name, text }];
  const display = (text: string, display_id?: string, type = 'display_data'): [string, object] => [
    type,
    { data: { 'text/plain': text }, metadata: {}, transient: display_id ? { display_id } : {} },
  ];

  it('join the text of one stream and keep the order of both', () => {
    const texts = collect(print('a'), print('b\n'), print('c', 'stderr'), print('d')).map(({ name, text }) => [
      name,
      text,
    ]);
    assert.deepEqual(texts, [
      ['stdout', 'ab\n'],
      ['stderr', 'c'],
      ['stdout', 'd'],
    ]);
  });

  it('let a carriage return overwrite the line, within one message and across several', () => {
    assert.equal(collect(print('10 %\r20 %\rdone\n'), print('x\r'), print('yz'))[0]?.text, 'done\nyz');
    assert.equal(collect(print('long line\rshort\nnext\r\nlast'))[0]?.text, 'shortline\nnext\nlast');
  });

  it('follow updates of a display, also from a later cell', () => {
    const displays = new Map();
    const [first, second] = [new Outputs(displays, 1), new Outputs(displays, 2)];
    const send = (to: Outputs, [msg_type, content]: [string, object]) => to.take({ header: { msg_type }, content });
    send(first, display('0 %', 'bar'));
    send(second, display('100 %', 'bar', 'update_display_data'));
    assert.deepEqual(first.outputs[0]?.data, { 'text/plain': '100 %' });
    assert.deepEqual(second.outputs, []);
  });

  it('are cleared at once, or by the next output', () => {
    assert.deepEqual(collect(print('a'), ['clear_output', { wait: false }]), []);
    assert.equal(collect(print('a'), ['clear_output', { wait: true }]).length, 1);
    assert.equal(collect(print('a'), ['clear_output', { wait: true }], print('b'))[0]?.text, 'b');
  });

  it('give a result the number of its cell, and leave out what is no output', () => {
    const [result, ...more] = collect(['status', {}], display('5', undefined, 'execute_result'), ['execute_input', {}]);
    assert.deepEqual(result, {
      output_type: 'execute_result',
      data: { 'text/plain': '5' },
      metadata: {},
      execution_count: 7,
    });
    assert.deepEqual(more, []);
  });
});
