import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { type Displayable, displaySymbol } from './display.ts';
import { host } from './host.ts';

type Bundle = Readonly<Record<string, string>>;
type TslabWriter = (message: { data: Bundle; metadata: object; transient: object }, update?: boolean) => void;

/**
 * Shows a value now, in the middle of a cell; the last expression of a cell shows itself without it.
 *
 * Tables, charts, timelines and results come with their picture in a notebook and as text in a terminal; any other
 * value is printed as `console.log` does.
 *
 * @throws TypeError when given a promise: `show(await …)`
 * @example
 * show(table([{ cores: 2 }]));
 * console.log('after the table');
 */
export function show(value: unknown): void {
  if (value instanceof Promise) throw new TypeError('show() was given a promise. Wait for it: show(await …).');
  display(isDisplayable(value) ? value[displaySymbol]() : { 'text/plain': print(value) });
}

function print(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value);
}

function isDisplayable(value: unknown): value is Displayable {
  return typeof value === 'object' && value !== null && displaySymbol in value;
}

/** Shows one bundle wherever this code runs; with `id`, a later call with `update` replaces it where that is possible. */
export function display(bundle: Bundle, options: { id?: string; update?: boolean } = {}): void {
  const kernel = host();
  const tslab = kernel ? undefined : tslabWriter();
  if (kernel) kernel.display(bundle, options);
  else if (tslab) {
    const transient = options.id === undefined ? {} : { display_id: options.id };
    tslab({ data: bundle, metadata: {}, transient }, options.update ?? false);
  } else console.log(bundle['text/plain']);
}

/** Whether somebody is there who can see a picture: our kernel, or plain tslab. */
export function showsPictures(): boolean {
  return host() !== undefined || tslabWriter() !== undefined;
}

/**
 * How plain tslab shows a bundle. Its public `display` sends one MIME type at a time, so that the text twin would be
 * lost; the function below it takes all. It is looked for among the modules already loaded: outside tslab there is none.
 */
function tslabWriter(): TslabWriter | undefined {
  const loaded = createRequire(import.meta.url).cache;
  for (const [path, module] of Object.entries(loaded)) {
    if (!/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(path)) continue;
    const write: unknown = module?.exports?.lastWriteDisplayData;
    if (typeof write === 'function') return write as TslabWriter;
  }
  return undefined;
}
