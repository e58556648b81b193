/** Objects by name, each for as long as somebody else has it. */
export class WeakValues<T extends object> {
  readonly #refs = new Map<string, WeakRef<T>>();
  readonly #gone = new FinalizationRegistry<string>((name) => {
    // Another may have the name by now.
    if (this.get(name) === undefined) this.#refs.delete(name);
  });

  get(name: string): T | undefined {
    return this.#refs.get(name)?.deref();
  }

  set(name: string, value: T): void {
    this.#refs.set(name, new WeakRef(value));
    this.#gone.register(value, name);
  }
}
