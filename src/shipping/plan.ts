import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { Builder, type Written, writeGraph } from './build.ts';
import type { AnyFunction, Shipment, Target } from './contract.ts';
import { Encoder } from './encode.ts';
import { broughtBy } from './identity.ts';
import { surroundingsOf } from './inspect.ts';
import { isConstant, meaningOf } from './names.ts';
import type { Contents, Parcel } from './parcel.ts';
import { isSameData } from './plain.ts';
import { refusalError } from './refusal.ts';
import { nameOf, ownKeys } from './shape.ts';
import type { Graph, WireNode } from './wire.ts';

/** A shipment that was made, and what tells whether it still holds. */
interface Plan {
  readonly shipment: Shipment;
  readonly builder: Builder;
}

const plans: Readonly<Record<Target, WeakMap<AnyFunction, Plan>>> = {
  thread: new WeakMap(),
  process: new WeakMap(),
  remote: new WeakMap(),
};

let version = 0;
const manyLooks = 16;

/** See `shipFunction` in `index.ts`. */
export function plan(fn: AnyFunction, to: Target): Shipment {
  const name = nameOf(fn) || 'anonymous';
  const brought = broughtBy.get(fn);
  if (brought) return brought;
  const known = plans[to].get(fn);
  if (known && isUnchanged(known, to)) return known.shipment;

  const builder = new Builder(to);
  const root = builder.add(fn, { step: name });
  if (builder.refusals.length > 0) throw refusalError(name, to, builder.refusals);
  const bytes = serialize(builder.parcel());
  const id = createHash('sha1').update(serialize(root)).update(bytes).digest('base64url');
  // The one that was sent before is as good, and no worker need get it again.
  const shipment =
    known?.shipment.id === id ? known.shipment : { id, name, definitions: contentsOf(builder, root, bytes) };
  plans[to].set(fn, { shipment, builder });
  return shipment;
}

function contentsOf({ to, shared }: Builder, root: WireNode, bytes: Uint8Array): Contents {
  version += 1;
  const size = bytes.byteLength;
  if (to === 'thread') {
    // Not the builder's own, which would go on changing with what it was made from.
    const parcel = deserialize(bytes) as Parcel;
    const hasData = parcel.groups.length > 0 || parcel.definitions.some(({ properties }) => properties);
    if (!hasData) return { root, version, parcel, size, shared };
  }
  return { root, version, parcel: bytes, size, shared };
}

/** True when building the parcel again would give the same: a few looks at variables where no objects are captured. */
function isUnchanged(plan: Plan, to: Target): boolean {
  const { checks } = plan.builder;
  for (const { of, name, value } of checks.members) {
    if (!Object.is((of as Record<string, unknown>)[name], value)) return false;
  }
  for (const one of checks.unknown) {
    const { fn, values } = one;
    if (values.size === 0) continue;
    const at = surroundingsOf(fn);
    one.looks += 1;
    // Asking whether a variable ever changes takes as long as some hundred looks at it: worth it for many calls.
    if (one.looks === manyLooks) for (const name of values.keys()) if (isConstant(name, at)) values.delete(name);
    for (const [name, value] of values) {
      const meaning = meaningOf(name, at);
      if (meaning.kind !== 'value' || !Object.is(meaning.value, value)) return false;
    }
  }
  for (const { fn, keys } of checks.owners) {
    const now = ownKeys(fn);
    if (now.length !== keys.length || now.some((key, place) => key !== keys[place])) return false;
  }
  return checks.captured.every((written) => isSame(plan.builder, to, written));
}

/** True when data is what it was when it was written down: by a look at it, or by writing it down again. */
function isSame(builder: Builder, to: Target, written: Written): boolean {
  const values = written.values();
  written.copy ??= plainValues(deserialize(written.bytes) as Graph);
  if (written.copy.length > 0 && isSameData(values, written.copy)) return true;
  let changed = false;
  const change = (): undefined => {
    changed = true;
  };
  const shared = new Map(builder.shared);
  const callable = (fn: AnyFunction): WireNode => builder.nodeOf(fn) ?? ['plain', change()];
  const graph = writeGraph(new Encoder({ to, shared, callable, refuse: change }), values);
  return !changed && shared.size === builder.shared.size && serialize(graph).equals(written.bytes);
}

/** The values of a graph that are primitives or plain data; none if there are others. */
function plainValues({ nodes, roots }: Graph): readonly unknown[] {
  const isPlain = nodes.every(([kind]) => kind === 'plain');
  return isPlain ? roots.map((wire) => (Array.isArray(wire) ? nodes[wire[0] as number]?.[1] : wire)) : [];
}
