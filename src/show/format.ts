/**
 * Numbers as the course writes them: three significant digits, a unit, and a spread as `1.71–1.80`.
 *
 * Measured times are never more exact than that, and a reader compares short numbers sooner than long ones.
 */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Three significant digits; whole numbers in full, with commas. */
export function plain(value: number): string {
  return Number.isInteger(value) ? grouped.format(value) : digits(value);
}

/** Three significant digits, also of a whole number: `2.00`. From 1,000 on, the nearest whole number. */
export function digits(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 999.5) return grouped.format(value);
  if (size < 1e-4) return value.toExponential(2);
  const text = value.toPrecision(3);
  return text.includes('e') ? String(Number(text)) : text;
}

interface Scale {
  readonly unit: string;
  readonly factor: number;
}

function timeScale(ms: number): Scale {
  const size = Math.abs(ms);
  if (size > 0 && size < 1) return { unit: 'µs', factor: 1000 };
  return size < 1000 ? { unit: 'ms', factor: 1 } : { unit: 's', factor: 1e-3 };
}

/** A time given in ms, in µs, ms or s. */
export function duration(ms: number): string {
  const { unit, factor } = timeScale(ms);
  return `${digits(ms * factor)} ${unit}`;
}

/** A time with its spread, all in one unit: `182 ms (175–190)`. */
export function durations({ median, least, most }: { median: number; least: number; most: number }): string {
  const { unit, factor } = timeScale(median);
  return `${digits(median * factor)} ${unit} (${spread(least * factor, most * factor)})`;
}

/** A size given in bytes: B, kB, MB or GB, by thousands. */
export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let step = 0;
  let rest = size;
  while (Math.abs(rest) >= 1000 && step < units.length - 1) {
    rest /= 1000;
    step += 1;
  }
  return `${step === 0 ? plain(rest) : digits(rest)} ${units[step]}`;
}

/** A ratio to compare with others: two decimals below 10, three digits above. */
export function ratio(value: number): string {
  return Math.abs(value) < 9.995 && Math.abs(value) >= 0.005 ? value.toFixed(2) : digits(value);
}

/** How many times: `1.76 ×`, or with a spread `1.71–1.80 ×`. */
export function times(least: number, most = least): string {
  return `${spread(least, most, ratio)} ×`;
}

/** A share as a percentage: `0.873` is `87 %`. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : '–';
}

/** From least to most: `1.71–1.80`; one number when both look the same. */
export function spread(least: number, most: number, write = digits): string {
  const [from, to] = [write(least), write(most)];
  return from === to ? from : `${from}–${to}`;
}
