import { type Runtime, Session } from 'node:inspector';

/** One scope that a function closes over; its variables are the properties of `variables`, read through when asked. */
export interface Scope {
  readonly kind: 'Block' | 'Catch' | 'Closure' | 'Eval' | 'Global' | 'Module' | 'Script' | 'With Block';
  /** The name of the function whose scope it is, if it has one. */
  readonly owner: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Where a function stands and what it closes over, from the innermost scope to the outermost. */
export interface Surroundings {
  /** The engine's number of the script. */
  readonly script: string;
  /** Line and column in the script, from 0. */
  readonly line: number;
  readonly column: number;
  readonly scopes: readonly Scope[];
}

/*
 * The language gives no way to read the variables that a function closes over, but the engine's inspector does, also
 * from the thread itself and without a debugger: 0.1 ms a function. Thus the values are the right ones even where two
 * variables share a name, and a name that was redefined in a later cell keeps the value that its function sees.
 */

const handover = Symbol.for('interleaved.inspected');
const group = 'interleaved';
let session: Session | undefined;

/** The inspector's session of this thread, opened at first use; it keeps nothing alive. */
function open(): Session {
  if (session === undefined) {
    session = new Session();
    session.connect();
  }
  return session;
}

/** Asks the inspector of this thread; the answer is there on return. */
export function ask<T>(method: string, params: object = {}): T {
  let answer: T | undefined;
  let failure: Error | null = null;
  open().post(method as 'Runtime.evaluate', params as Runtime.EvaluateParameterType, (error, result) => {
    failure = error;
    answer = result as T;
  });
  if (failure !== null) throw failure;
  return answer as T;
}

/** Hears what the inspector reports while `work` runs. */
export function listen<T>(event: string, hear: (params: T) => void, work: () => void): void {
  const listener = (message: { params: T }): void => hear(message.params);
  open().on(event, listener);
  try {
    work();
  } finally {
    open().off(event, listener);
  }
}

/** The inspector's view of an object of ours. */
function propertiesOf(object: object): Runtime.GetPropertiesReturnType {
  const place = globalThis as { [handover]?: unknown };
  place[handover] = object;
  const found = ask<Runtime.EvaluateReturnType>('Runtime.evaluate', {
    expression: 'globalThis[Symbol.for("interleaved.inspected")]',
    objectGroup: group,
    silent: true,
  });
  delete place[handover];
  return ask('Runtime.getProperties', { objectId: found.result.objectId, ownProperties: true });
}

/** The very values that the inspector's descriptions stand for. */
function valuesOf(remote: readonly Runtime.RemoteObject[]): unknown[] {
  const place = globalThis as { [handover]?: unknown };
  let values: unknown[] = [];
  place[handover] = (all: unknown[]): void => {
    values = all;
  };
  const keeper = ask<Runtime.EvaluateReturnType>('Runtime.evaluate', { expression: 'globalThis', objectGroup: group });
  ask('Runtime.callFunctionOn', {
    objectId: keeper.result.objectId,
    functionDeclaration: 'function (...all) { this[Symbol.for("interleaved.inspected")](all); }',
    arguments: remote.map(({ objectId, unserializableValue, value }) =>
      objectId !== undefined
        ? { objectId }
        : unserializableValue !== undefined
          ? { unserializableValue }
          : value === undefined
            ? {}
            : { value },
    ),
    silent: true,
  });
  delete place[handover];
  return values;
}

/** Where a function or class of this thread stands and what it closes over. */
export function surroundingsOf(fn: object): Surroundings {
  try {
    const internal = propertiesOf(fn).internalProperties ?? [];
    const location = internal.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value;
    const list = internal.find(({ name }) => name === '[[Scopes]]')?.value;
    const [scopes] = (list ? valuesOf([list]) : []) as ArrayLike<{ description: string; object: object }>[];
    return {
      script: String(location?.scriptId ?? ''),
      line: Number(location?.lineNumber ?? 0),
      column: Number(location?.columnNumber ?? 0),
      scopes: Array.from(scopes ?? [], ({ description, object }) => {
        const [, kind, owner] = /^([\w ]+?)(?: \((.*)\))?$/s.exec(description) ?? [];
        return { kind: kind as Scope['kind'], owner: owner ?? '', variables: object as Record<string, unknown> };
      }),
    };
  } finally {
    ask('Runtime.releaseObjectGroup', { objectGroup: group });
  }
}

/** The private fields of an instance, those of the base class first; the order within a class is that of the source. */
export function privateFieldsOf(instance: object): { name: string; value: unknown }[] {
  try {
    const found = propertiesOf(instance) as {
      privateProperties?: Pick<Runtime.PropertyDescriptor, 'name' | 'value'>[];
    };
    const fields = (found.privateProperties ?? []).filter(({ value }) => value !== undefined);
    const values = valuesOf(fields.map(({ value }) => value as Runtime.RemoteObject));
    return fields.map(({ name }, index) => ({ name, value: values[index] }));
  } finally {
    ask('Runtime.releaseObjectGroup', { objectGroup: group });
  }
}
