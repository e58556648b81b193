import assert from 'node:assert/strict';
import { countries } from '../../src/countries/data.ts';

describe('the countries', () => {
  it('are 238, each with a page of its own', () => {
    assert.equal(countries.length, 238);
    assert.equal(new Set(countries.map(({ page }) => page.toLowerCase())).size, 238);
    assert.ok(countries.every(({ name, capital }) => name !== '' && capital !== ''));
  });

  it('have pages with blanks, accents, apostrophes and letters that are not Latin', () => {
    const pages = countries.map(({ page }) => page);
    for (const page of ['Costa_Rica', "Ivory_Coast_(Côte_d'Ivoire)", 'Japan_(日本)', 'Egypt_(مصر)', 'Germany']) {
      assert.ok(pages.includes(page), page);
    }
    assert.ok(pages.every((page) => !/[\p{C}/\\ ]/u.test(page)));
  });
});
