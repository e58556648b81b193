import assert from 'node:assert/strict';
import { sameProgram } from '../../src/exercises/source.ts';

const compile = (source: string) => new Function(`return ${source}`)() as () => unknown;
const given = 'async function mine(pool, items) { return pool.map(work, items, { chunksize: 1 }); }';

const same: Record<string, string> = {
  itself: given,
  'other spacing and a comment': `async function mine(pool, items) {
    // your turn
    return pool.map(work, items, {
      chunksize: 1,
    });
  }`,
  'as a cell compiles it':
    'async function mine(pool, items) { return pool.map((0, exports.work), items, { chunksize: 1 }); }',
  'as a cell compiles an import':
    'async function mine(pool, items) { return pool.map(interleaved_1.work, items, { chunksize: 1 }); }',
};

const different: Record<string, string> = {
  'another number': given.replace('1 }', '16 }'),
  'another name': given.replace('work', 'play'),
  'another method': given.replace('map', 'submit'),
  'not async': given.replace('async ', ''),
  'one call more': given.replace('return', 'await pool.warmUp(); return'),
  'another text': given.replace('1 }', '"one" }'),
};

describe('whether an answer is still the given function', () => {
  for (const [name, source] of Object.entries(same)) {
    it(`is so: ${name}`, async () => assert.equal(await sameProgram(compile(given), compile(source)), true));
  }
  for (const [name, source] of Object.entries(different)) {
    it(`is not so: ${name}`, async () => assert.equal(await sameProgram(compile(given), compile(source)), false));
  }

  it('reads methods, classes, regular expressions and templates', async () => {
    const methods = {
      one: { a: (x: string) => /a[/]b/.test(`${x}/`) },
      other: { a: (x: string) => /a[/]c/.test(`${x}/`) },
    };
    assert.equal(await sameProgram(methods.one.a as never, methods.one.a as never), true);
    assert.equal(await sameProgram(methods.one.a as never, methods.other.a as never), false);
    const shorthand = {
      run() {
        return 1;
      },
    };
    assert.equal(await sameProgram(shorthand.run, shorthand.run), true);
  });
});
