/**
 * Makes of a generator function what `async` makes of a function: each `yield` waits for a promise as `await` does.
 * It takes the same turns: what waits beside it goes on in the same order as beside the async function.
 *
 * What a `yield` gives has the type that is written there, as nobody can know it: `const page: string = yield read(url)`.
 *
 * @returns a function that starts the generator and gives a promise for what it returns, rejected by what it throws
 * @example
 * const total = fromGenerator(function* (urls: string[]) {
 *   let bytes = 0;
 *   for (const url of urls) {
 *     const page: string = yield read(url);
 *     bytes += page.length;
 *   }
 *   return bytes;
 * });
 * await total(['/1', '/2']);
 */
export function fromGenerator<This, Args extends unknown[], Returned>(
  fn: (this: This, ...args: Args) => Generator<unknown, Returned, never>,
): (this: This, ...args: Args) => Promise<Awaited<Returned>> {
  return function (this: This, ...args: Args) {
    return new Promise((resolve, reject) => {
      const generator = fn.apply(this, args) as Generator<unknown, Returned, unknown>;
      const take = (step: IteratorResult<unknown, Returned>): void => {
        if (step.done) resolve(step.value as Awaited<Returned>);
        else Promise.resolve(step.value).then(goOn, fail);
      };
      const goOn = (value: unknown): void => attempt(() => take(generator.next(value)));
      const fail = (error: unknown): void => attempt(() => take(generator.throw(error)));
      const attempt = (step: () => void): void => {
        try {
          step();
        } catch (error) {
          reject(error);
        }
      };
      goOn(undefined);
    });
  };
}
