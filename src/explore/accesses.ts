import { types } from 'node:util';

/** Objects that were made on the way have no place of their own: all of them are one location, which is safe. */
const elsewhere = -1;

/** What one step read and wrote, as locations. */
export class Footprint {
  readonly #reads = new Set<string>();
  readonly #writes = new Set<string>();
  /** Whether it touched nothing, but for looking up a model: a place that holds one is hardly ever written. */
  empty = true;

  note(location: string, write: boolean, lookUp = false): void {
    (write ? this.#writes : this.#reads).add(location);
    if (!lookUp) this.empty = false;
  }

  /** Takes in all that another one has. */
  add(other: Footprint): void {
    for (const one of other.#reads) this.#reads.add(one);
    for (const one of other.#writes) this.#writes.add(one);
  }

  /** Whether the two steps give the same in either order: neither writes what the other reads or writes. */
  independentOf(other: Footprint): boolean {
    return this.#apart(other) && other.#apart(this);
  }

  #apart(other: Footprint): boolean {
    for (const one of this.#writes) if (other.#writes.has(one) || other.#reads.has(one)) return false;
    return true;
  }
}

/** Where accesses are noted just now; nobody listens when it is undefined. */
export const tape: { on: Footprint | undefined } = { on: undefined };

/** Models note their own accesses; `place` is set when a state is observed. */
export abstract class Noted {
  /** Not enumerable: it is no part of the state. */
  #place = elsewhere;

  /** @internal */
  static put(model: Noted, place: number): void {
    model.#place = place;
  }

  protected touch(write: boolean): void {
    tape.on?.note(`${this.#place}`, write);
  }
}

/** A state whose accesses are noted on the tape. */
export interface Observed<S> {
  readonly state: S;
  /** Where the state holds what cannot be watched, such as a Map: then no two steps may be called independent. */
  readonly opaque: () => string | undefined;
}

/**
 * Watches plain objects, arrays, typed arrays and models. Objects are known by their place in a walk through the
 * initial state, which is the same for each interleaving; those made later are one location together.
 */
export function observed<S extends object>(state: S): Observed<S> {
  const places = new Map<object, number>();
  const proxies = new Map<object, object>();
  const raw = new WeakMap<object, object>();
  /** Models, and what holds one. */
  const keepers = new Set<unknown>();
  let opaque: string | undefined;

  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || places.has(value)) return;
    // Two views of one buffer are one place.
    const memory = types.isTypedArray(value) ? value.buffer : value;
    const place = places.get(memory) ?? places.size;
    places.set(memory, place);
    places.set(value, place);
    if (value instanceof Noted) {
      keepers.add(value);
      Noted.put(value, place);
      return;
    }
    if (!watchable(value)) {
      opaque ??= `${path} is a ${value.constructor?.name ?? 'foreign object'}`;
      return;
    }
    if (ArrayBuffer.isView(value)) return;
    for (const [name, one] of Object.entries(value)) {
      walk(one, `${path}.${name}`);
      if (keepers.has(one)) keepers.add(value);
    }
  };

  const wrap = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || value instanceof Noted) return value;
    const known = proxies.get(value);
    if (known) return known;
    if (!watchable(value)) {
      opaque ??= `the state came to hold a ${value.constructor?.name ?? 'foreign object'}`;
      return value;
    }
    const proxy = watch(value);
    proxies.set(value, proxy);
    raw.set(proxy, value);
    return proxy;
  };

  const bare = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? (raw.get(value) ?? value) : value;

  const watch = (target: object): object => {
    const place = places.get(target) ?? elsewhere;
    const at = (name: PropertyKey) => (place === elsewhere ? `${place}` : `${place}.${String(name)}`);
    const note = (name: PropertyKey, write: boolean) => tape.on?.note(at(name), write);
    const typed = ArrayBuffer.isView(target);
    return new Proxy(target, {
      get(_, name, receiver) {
        const value: unknown = Reflect.get(target, name, typed ? target : receiver);
        if (typeof value === 'function' && !Object.hasOwn(target, name)) {
          if (!typed) return value; // a method of Array goes through this proxy itself
          note('*', true);
          return value.bind(target);
        }
        if (typeof value === 'function') opaque ??= `the state holds a function, ${String(name)}`;
        tape.on?.note(at(typed ? '*' : name), false, keepers.has(value));
        const wrapped = wrap(value);
        if (wrapped === value || !Object.isFrozen(target)) return wrapped;
        // A proxy must give what a frozen object holds, and nothing in its place.
        opaque ??= `the state holds a frozen object with another in it, ${String(name)}`;
        return value;
      },
      set(_, name, value) {
        const fresh = !Object.hasOwn(target, name);
        // An array's length goes with its places.
        if (fresh || (Array.isArray(target) && name === 'length')) {
          note('*keys', true);
          if (Array.isArray(target)) note('length', true);
        }
        if (Array.isArray(target) && name === 'length') {
          for (let index = Number(value); index < target.length; index++) note(`${index}`, true);
        }
        note(typed ? '*' : name, true);
        return Reflect.set(target, name, bare(value));
      },
      has(_, name) {
        note(name, false);
        return Reflect.has(target, name);
      },
      deleteProperty(_, name) {
        note('*keys', true);
        note(name, true);
        return Reflect.deleteProperty(target, name);
      },
      defineProperty(_, name, descriptor) {
        note('*keys', true);
        note(name, true);
        return Reflect.defineProperty(target, name, { ...descriptor, value: bare(descriptor.value) });
      },
      ownKeys() {
        note('*keys', false);
        return Reflect.ownKeys(target);
      },
      getOwnPropertyDescriptor(_, name) {
        note(name, false);
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    });
  };

  walk(state, 'the state');
  return { state: wrap(state) as S, opaque: () => opaque };
}

/** Plain objects, arrays and typed arrays: all that is done to them goes through traps. */
function watchable(value: object): boolean {
  if (Array.isArray(value) || types.isTypedArray(value)) return true;
  const above: unknown = Object.getPrototypeOf(value);
  if (above !== null && Object.getPrototypeOf(above) !== null) return false;
  return !Object.values(Object.getOwnPropertyDescriptors(value)).some((field) => field.get || field.set);
}
