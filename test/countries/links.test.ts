import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileName, fileNames } from '../../src/countries/file-name.ts';
import { countryLinks } from '../../src/countries/links.ts';

const base = 'https://example.org/wiki/';

function row(href: string, flag = '<span class="flagicon"></span>'): string {
  return `<table><tr><td>${flag}<a href="${href}">x</a></td></tr></table>`;
}

describe('countryLinks', () => {
  it('takes the links beside flags, and no others', async () => {
    const html = `${row('/a')}${row('/b', '')}<p><span class="flagicon"></span><a href="/c">c</a></p>`;
    assert.deepEqual(await countryLinks(html, base), ['https://example.org/a']);
  });

  it('resolves them against the page, each once and without its fragment', async () => {
    const html = ['Peru', './Peru#History', '../up', '?q=1', '//other.org/x', 'HTTPS://EXAMPLE.org/wiki/Peru'].map(
      (href) => row(href),
    );
    assert.deepEqual(await countryLinks(html.join(''), base), [
      `${base}Peru`,
      'https://example.org/up',
      `${base}?q=1`,
      'https://other.org/x',
    ]);
  });

  it('leaves out what is no page of the web', async () => {
    const html = ['mailto:a@b.c', 'javascript:alert(1)', 'file:///etc/passwd', 'http://[', 'data:,x'].map((href) =>
      row(href),
    );
    assert.deepEqual(await countryLinks(`${html.join('')}<td><i class="flagicon"></i><a>no</a></td>`, base), []);
  });

  it('reads entities, and follows another selector', async () => {
    assert.deepEqual(await countryLinks(row('C&ocirc;te?a=1&amp;b=2'), base), [`${base}C%C3%B4te?a=1&b=2`]);
    assert.deepEqual(await countryLinks('<a class=x href=y>', base, 'a.x'), [`${base}y`]);
  });

  it('names a base that is no address', async () => {
    await assert.rejects(countryLinks('', 'here'), /'here'/);
  });
});

describe('fileName', () => {
  const named = (path: string) => fileName(`http://host/${path}`);

  it('is the last part of the path, decoded', () => {
    assert.equal(named('wiki/Peru'), 'Peru.html');
    assert.equal(named('wiki/Peru/'), 'Peru.html');
    assert.equal(named('wiki/Peru#History'), 'Peru.html');
    assert.equal(named("wiki/C%C3%B4te_d'Ivoire"), "Côte_d'Ivoire.html");
    assert.equal(named('wiki/%E6%97%A5%E6%9C%AC'), '日本.html');
    assert.equal(named('wiki/a%20b'), 'a b.html');
    assert.equal(named(''), 'index.html');
  });

  it('is one safe name whatever the address says', () => {
    const tricks = [
      '..%2F..%2Fetc%2Fpasswd',
      '%2e%2e',
      '.',
      '%00',
      'a%00b',
      '.hidden',
      '.crawl.jsonl',
      '~root',
      'CON',
      'nul.txt',
    ];
    const more = [
      '%E0%A4%A',
      '%FF',
      'a%5Cb',
      'x.',
      '%20',
      '%E2%80%AEgpj',
      'a%0Ab',
      `${'長'.repeat(300)}`,
      'a'.repeat(5000),
    ];
    for (const trick of [...tricks, ...more]) assertSafe(named(`x/${trick}`));
  });

  it('is one safe name for any path', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.string({ unit: 'grapheme' }), (path, text) => {
        assertSafe(named(path.slice(1)));
        assertSafe(named(encodeURIComponent(text)));
      }),
    );
  });

  it('has two names for two addresses that would have one after they were made safe', () => {
    const alike = [
      ['a%2Fb', 'a_b'],
      ['p?id=1', 'p?id=2'],
      ['p', 'p?id=1'],
      ['%ff', '%fe'],
      [`${'a'.repeat(300)}1`, `${'a'.repeat(300)}2`],
    ];
    for (const [one, other] of alike) assert.notEqual(named(one!), named(other!));
  });
});

describe('fileNames', () => {
  it('gives two links that end alike two names, in whatever order', () => {
    const links = [
      'http://h/europe/Georgia',
      'http://h/america/Georgia',
      'http://h/Peru',
      'http://h/peru',
      'http://g/Chad',
    ];
    const names = fileNames(links);
    const folded = [...names.values()].map((name) => name.toLowerCase());
    assert.equal(new Set(folded).size, links.length);
    assert.equal(names.get('http://g/Chad'), 'Chad.html');
    const turned = fileNames(links.toReversed());
    for (const link of links) assert.equal(turned.get(link), names.get(link));
    for (const name of folded) assertSafe(name);
  });
});

function assertSafe(name: string): void {
  assert.match(name, /^[^.~/\\\p{Cc}][^/\\\p{Cc}\p{Cf}:*?"<>|]*\.html$/u, JSON.stringify(name));
  assert.ok(Buffer.byteLength(name) <= 255, `${name.length}`);
}
