import assert from 'node:assert/strict';
import { bytes, digits, duration, durations, percent, plain, ratio, spread, times } from '../../src/show/format.ts';

describe('numbers', () => {
  const cases: [string, string][] = [
    [plain(10_000), '10,000'],
    [plain(2), '2'],
    [plain(2.5), '2.50'],
    [digits(1234.5), '1,235'],
    [digits(999.7), '1,000'],
    [digits(0.00045), '0.000450'],
    [digits(0.00004), '4.00e-5'],
    [digits(0), '0'],
    [digits(-12.345), '-12.3'],
    [digits(Number.NaN), '–'],
    [digits(Number.POSITIVE_INFINITY), '∞'],
    [duration(0), '0 ms'],
    [duration(0.0123), '12.3 µs'],
    [duration(182.44), '182 ms'],
    [duration(1170), '1.17 s'],
    [durations({ median: 182, least: 175, most: 1900 }), '182 ms (175–1,900)'],
    [durations({ median: 1500, least: 1400, most: 1600 }), '1.50 s (1.40–1.60)'],
    [bytes(120), '120 B'],
    [bytes(10_600_000), '10.6 MB'],
    [bytes(1000), '1.00 kB'],
    [ratio(0.976), '0.98'],
    [ratio(14.83), '14.8'],
    [ratio(0.0004), '0.000400'],
    [times(1.76), '1.76 ×'],
    [times(1.71, 1.8), '1.71–1.80 ×'],
    [spread(1.801, 1.802), '1.80'],
    [percent(0.873), '87 %'],
    [percent(Number.NaN), '–'],
  ];
  for (const [written, expected] of cases) it(expected, () => assert.equal(written, expected));
});
